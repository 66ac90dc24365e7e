"""党员职业: what kind of work a free text of 工作岗位 names, in the eight kinds the national bulletin counts. Pure.

The national form's four-digit post codes are not public, so a post is told from the words in it; the first kind whose word
stands in the text is taken, and a text none of them fits is 其他.
"""

# code, label, the words that tell it; in the order they are asked
OCCUPATIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("retired", "离退休人员", ("离退休", "离休", "退休")),
    ("student", "学生", ("学生", "在读")),
    ("farmer", "农牧渔民", ("农民", "农牧渔", "牧民", "渔民", "务农", "村民", "种植", "养殖", "村干部")),
    ("official", "党政机关工作人员", ("公务员", "机关", "党政", "民警", "法官", "检察官")),
    ("technician", "专业技术人员", ("专业技术", "教师", "教授", "医生", "医师", "护士", "工程师", "技术员", "会计", "律师", "农艺师")),
    ("manager", "企事业单位管理人员", ("管理", "经理", "厂长", "董事", "企业主", "校长", "院长")),
    ("worker", "工人", ("工人", "职工", "操作工", "司机", "务工")),
)
OTHER, UNKNOWN = ("other", "其他职业人员"), ("none", "没有填")
