"""The code lists of the national form: a cell may hold the code, the list's name or the everyday name. Pure.

Decided here:
- A code that Excel made a number (1 or 1.0 for 01) is the code.
- A general word takes the general code (本科 → 20 大学本科), a precise one the precise code (硕士研究生毕业 → 14).
- 人员类别 of the roster is 正式 or 预备. 党员 alone could be either and is refused, as are 群众, 积极分子, 发展对象.
- 性别 0 未知 and 9 未说明 are of the code list, but no member has them: they are refused, a blank is not.
- 党籍状态 has no public code list, so it takes names only: guessing that 1 is 正常 could restore a suspended member.
- 是/否: words, Y/N, true/false, 1/0 and the ticks people type. A column that is blank says nothing.
"""

from collections.abc import Callable, Mapping

from partyportal.core.cells import Unreadable, squeeze

# GB/T 3304-1991.
ETHNICITIES = dict(
    pair.split(":")
    for pair in [
        "01:汉族",
        "02:蒙古族",
        "03:回族",
        "04:藏族",
        "05:维吾尔族",
        "06:苗族",
        "07:彝族",
        "08:壮族",
        "09:布依族",
        "10:朝鲜族",
        "11:满族",
        "12:侗族",
        "13:瑶族",
        "14:白族",
        "15:土家族",
        "16:哈尼族",
        "17:哈萨克族",
        "18:傣族",
        "19:黎族",
        "20:傈僳族",
        "21:佤族",
        "22:畲族",
        "23:高山族",
        "24:拉祜族",
        "25:水族",
        "26:东乡族",
        "27:纳西族",
        "28:景颇族",
        "29:柯尔克孜族",
        "30:土族",
        "31:达斡尔族",
        "32:仫佬族",
        "33:羌族",
        "34:布朗族",
        "35:撒拉族",
        "36:毛南族",
        "37:仡佬族",
        "38:锡伯族",
        "39:阿昌族",
        "40:普米族",
        "41:塔吉克族",
        "42:怒族",
        "43:乌孜别克族",
        "44:俄罗斯族",
        "45:鄂温克族",
        "46:德昂族",
        "47:保安族",
        "48:裕固族",
        "49:京族",
        "50:塔塔尔族",
        "51:独龙族",
        "52:鄂伦春族",
        "53:赫哲族",
        "54:门巴族",
        "55:珞巴族",
        "56:基诺族",
        "97:其他",
        "98:外国血统中国籍人士",
    ]
)
_EVERYDAY_ETHNICITIES = {
    "维族": "05", "维": "05", "蒙族": "02", "蒙": "02", "朝族": "10", "布衣族": "09", "僳僳族": "20", "傈傈族": "20", "柯族": "29", "毛难族": "36",
    "崩龙族": "46", "其它": "97", "其他民族": "97", "穿青人": "97", "穿青": "97", "革家人": "97", "未识别民族": "97", "外国血统": "98", "外国血统中国籍": "98",
}  # fmt: skip

# GB/T 4658-2006, shown with the everyday name where there is one.
EDUCATIONS = dict(
    pair.split(":")
    for pair in [
        "10:研究生",
        "11:博士研究生",
        "12:博士研究生结业",
        "13:博士研究生肄业",
        "14:硕士研究生",
        "15:硕士研究生结业",
        "16:硕士研究生肄业",
        "17:研究生班",
        "18:研究生班结业",
        "19:研究生班肄业",
        "20:大学本科",
        "21:大学本科毕业",
        "22:大学本科结业",
        "23:大学本科肄业",
        "28:大学普通班",
        "30:大学专科",
        "31:大学专科毕业",
        "32:大学专科结业",
        "33:大学专科肄业",
        "40:中等职业教育",
        "41:中专",
        "42:中专结业",
        "43:中专肄业",
        "44:职业高中",
        "45:职业高中结业",
        "46:职业高中肄业",
        "47:技工学校",
        "48:技工学校结业",
        "49:技工学校肄业",
        "60:高中",
        "61:高中毕业",
        "62:高中结业",
        "63:高中肄业",
        "70:初中",
        "71:初中毕业",
        "73:初中肄业",
        "80:小学",
        "81:小学毕业",
        "83:小学肄业",
        "90:其他",
    ]
)
_EVERYDAY_EDUCATIONS = {
    "研究生教育": "10", "研究生毕业": "10", "研究生学历": "10", "研究生及以上": "10", "博士": "11", "博士研究生毕业": "11", "博士生": "11", "硕士": "14",
    "硕士研究生毕业": "14", "硕士生": "14", "研究生班毕业": "17", "大学本科教育": "20", "大学本科及以上": "20", "本科": "20", "大学": "20", "大本": "20",
    "大学学历": "20", "本科学历": "20", "本科毕业": "21", "本科结业": "22", "本科肄业": "23", "大学毕业": "21", "大学普通班毕业": "28",
    "大学专科教育": "30", "专科教育": "30", "专科": "30", "大专": "30", "大专学历": "30", "高职": "30", "高等职业教育": "30", "大学专科和专科学校": "30",
    "大专毕业": "31", "专科毕业": "31", "大专结业": "32", "专科结业": "32", "大专肄业": "33", "专科肄业": "33", "中职": "40",
    "中等职业": "40", "中等专业学校": "41", "中等专科": "41", "中等专科毕业": "41", "中专毕业": "41", "中专中技": "40", "中专/中技": "40", "中师": "41", "中等师范": "41",
    "中等专科结业": "42", "中等专科肄业": "43", "职高": "44", "职业高中毕业": "44", "技校": "47", "中技": "47", "技工学校毕业": "47", "技工": "47", "普通高级中学教育": "60",
    "普通高中": "60", "高级中学": "60", "普通高中毕业": "61", "普通高中结业": "62", "普通高中肄业": "63", "初级中学教育": "70", "初级中学": "70", "初中及以下": "70",
    "初级中学毕业": "71", "初级中学肄业": "73", "小学教育": "80", "其它": "90", "文盲": "90", "半文盲": "90", "文盲或半文盲": "90", "文盲半文盲": "90",
}  # fmt: skip
# How somebody studied is no other 学历: 函授本科, 党校大专.
_WAYS = ("全日制", "在职", "函授", "自考", "成人", "电大", "夜大", "党校", "中央党校", "省委党校")
_EVERYDAY_EDUCATIONS |= {
    way + name: _EVERYDAY_EDUCATIONS.get(name, "10") for way in _WAYS for name in ("研究生", "本科", "大学", "大专", "专科")
}

SEXES = {"1": "男", "2": "女"}
_EVERYDAY_SEXES = {
    "男性": "1",
    "女性": "2",
    "M": "1",
    "F": "2",
    "MALE": "1",
    "FEMALE": "2",
    "1男": "1",
    "2女": "2",
    "1男性": "1",
    "2女性": "2",
}

FULL, PROBATIONARY = "full", "probationary"
CATEGORIES = {FULL: "正式党员", PROBATIONARY: "预备党员"}
_EVERYDAY_CATEGORIES = {
    "1": FULL, "01": FULL, "正式": FULL, "中共党员": FULL, "中共正式党员": FULL, "中国共产党党员": FULL, "中国共产党正式党员": FULL, "2": PROBATIONARY, "02": PROBATIONARY,
    "预备": PROBATIONARY, "中共预备党员": PROBATIONARY, "中国共产党预备党员": PROBATIONARY,
}  # fmt: skip

NORMAL, SUSPENDED = "normal", "suspended"
STANDINGS = {NORMAL: "正常", SUSPENDED: "停止党籍"}
_EVERYDAY_STANDINGS = {"正常党籍": NORMAL, "党籍正常": NORMAL, "停止": SUSPENDED, "已停止党籍": SUSPENDED, "党籍停止": SUSPENDED}

_YES_NO = dict.fromkeys(("是", "Y", "YES", "TRUE", "T", "1", "√", "✓", "✔", "☑", "对"), True) | dict.fromkeys(
    ("否", "不是", "非", "N", "NO", "FALSE", "F", "0", "×", "X", "✗", "✘", "错"), False
)


def _reader(answers: Mapping[str, object], message: str) -> Callable[[object], object]:
    def read(raw: object) -> object:
        said = squeeze(raw).upper().removesuffix(".0")
        if not said:
            return None
        return answers.get(said, Unreadable("unknown_choice", message))

    return read


def _coded(names: Mapping[str, str], everyday: Mapping[str, str]) -> dict[str, str]:
    """Every way to say a code of two digits: 01, 1, the list's name, the everyday name, and both at once (01汉族)."""
    answers = {}
    for code, name in names.items():
        answers |= dict.fromkeys((code, code.lstrip("0"), name, code + name, f"{code}-{name}", f"{code}.{name}"), code)
    return answers | everyday


def _ethnicity_answers() -> dict[str, str]:
    short = {name.removesuffix("族"): code for code, name in ETHNICITIES.items() if name.endswith("族")}
    return short | _coded(ETHNICITIES, _EVERYDAY_ETHNICITIES)


read_sex = _reader(_coded(SEXES, _EVERYDAY_SEXES), "填 男 或 女")
read_ethnicity = _reader(_ethnicity_answers(), "不在国家民族名单里，写全名，如 汉族、回族、藏族")
read_education = _reader(_coded(EDUCATIONS, _EVERYDAY_EDUCATIONS), "没有这个学历，填 研究生、大学本科、大学专科、中专、高中、初中 或 小学")
read_category = _reader({name: code for code, name in CATEGORIES.items()} | _EVERYDAY_CATEGORIES, "只收党员，填 正式党员 或 预备党员")
read_standing = _reader({name: code for code, name in STANDINGS.items()} | _EVERYDAY_STANDINGS, "填 正常 或 停止党籍")
read_yes_no = _reader(_YES_NO, "填 是 或 否")
