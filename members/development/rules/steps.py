"""The twenty-five steps as the 细则 of 2026 has them, each with its article, and what the one of 2014 asked otherwise. Pure data."""

from dataclasses import KW_ONLY, dataclass, replace


@dataclass(frozen=True)
class Decider:
    """Who decides a step: its name on the page, whether it is a superior committee's act, and whether that must hold the power of approval."""

    label: str
    superior: bool = False
    needs_power: bool = False


APPLICANT = Decider("本人")
BRANCH = Decider("党支部")
BRANCH_COMMITTEE = Decider("支委会（没有支委会的由支部大会）")
ASSEMBLY = Decider("支部大会")
COMMITTEE = Decider("上级党委", superior=True)
APPROVER = Decider("有审批权限的党委", superior=True, needs_power=True)

# What must lie in the file, by code: the six of Art36 and what the steps themselves ask for.
MATERIALS = {
    "application": "入党申请书",
    "recommendation": "党员推荐（群团推优）材料",
    "activist_form": "入党积极分子考察登记表",
    "opinions": "党小组、培养联系人、党员和群众意见",
    "publicity": "公示材料",
    "review": "政治审查结论",
    "joint_review": "县级联审意见",
    "training": "集中培训结业材料",
    "prereview": "预审意见",
    "volunteer_form": "入党志愿书",
    "probation_form": "预备党员考察登记表",
    "full_application": "转正申请书",
}


@dataclass(frozen=True)
class Step:
    """One of the twenty-five: what it is called, who decides, from which steps its days are counted, and what must be there."""

    code: str
    name: str
    article: str
    decider: Decider
    rule: str  # what the article asks, as the page says it
    _: KW_ONLY
    after: tuple[str, ...] = ()  # not before the days of these
    minimum: int = 0  # months after `since`, at least
    maximum: int = 0  # months after `since`, at most; 0: no number
    longest: int = 0  # months with a special reason; later the resolution has lapsed
    since: str = ""
    materials: tuple[str, ...] = ()
    vote: bool = False  # secret ballot of the 支部大会 (Art19–20)
    ripens: bool = False  # waits for the person, not for an office: nobody is pressed
    stage: int = 0  # of five
    number: int = 0  # of twenty-five, through all stages


def _numbered(*stages: list[Step]) -> tuple[Step, ...]:
    """The steps of all stages, each told its stage and its number by where it stands."""
    placed = [(stage, step) for stage, steps in enumerate(stages, 1) for step in steps]
    return tuple(replace(step, stage=stage, number=number) for number, (stage, step) in enumerate(placed, 1))


STEPS_2026 = _numbered(
    [
        Step(
            "apply",
            "递交入党申请书",
            "第五、六条",
            APPLICANT,
            "年满十八岁，向工作、学习所在单位党组织提出；没有的向居住地党组织提出",
            materials=("application",),
        ),
        Step("talk", "派人谈话", "第七条", BRANCH, "收到申请书后一个月内派人谈话", after=("apply",), maximum=1, since="apply"),
    ],
    [
        Step(
            "activist",
            "确定入党积极分子",
            "第八条",
            BRANCH_COMMITTEE,
            "党员推荐、群团推优产生人选，支委会研究决定",
            after=("talk",),
            materials=("recommendation",),
            ripens=True,
        ),
        Step("activist_filed", "报上级党委备案", "第八条", COMMITTEE, "确定为入党积极分子后，报上级党委备案", after=("activist",)),
        Step("contacts", "指定培养联系人", "第九条", BRANCH, "指定一至两名正式党员作培养联系人", after=("activist",)),
        Step(
            "cultivate",
            "培养教育考察",
            "第十至十二条",
            BRANCH,
            "支部每半年考察一次，培养教育一年以上",
            after=("contacts",),
            minimum=12,
            since="activist",
            materials=("activist_form",),
            ripens=True,
        ),
    ],
    [
        Step(
            "candidate",
            "确定发展对象",
            "第十三条",
            BRANCH_COMMITTEE,
            "培养教育考察一年以上，听取各方面意见，支委会讨论",
            after=("cultivate",),
            minimum=12,
            since="activist",
            materials=("opinions",),
            ripens=True,
        ),
        Step(
            "candidate_agreed",
            "上级党委同意并公示",
            "第十三条",
            COMMITTEE,
            "上级党委同意后公示，不少于五个工作日；流动人员在流出地、流入地都公示",
            after=("candidate",),
        ),
        Step(
            "introducers",
            "确定入党介绍人",
            "第十四条",
            BRANCH,
            "两名正式党员；受警告、严重警告、撤职处分在影响期内和留党察看的不能当",
            after=("candidate_agreed",),
        ),
        Step(
            "review",
            "政治审查",
            "第十六条",
            BRANCH,
            "形成结论性材料，县级联审；没有政审或不合格的不能发展",
            after=("candidate_agreed",),
            materials=("review", "joint_review"),
        ),
        Step(
            "training",
            "短期集中培训",
            "第十七条",
            COMMITTEE,
            "一般不少于三天或者二十四个学时，可以视频培训",
            after=("candidate_agreed",),
            materials=("training",),
        ),
    ],
    [
        Step(
            "branch_review",
            "支委会审查",
            "第十八条",
            BRANCH_COMMITTEE,
            "支委会严格审查，集体讨论认为合格",
            after=("introducers", "review", "training"),
        ),
        Step(
            "prereview",
            "上级党委预审",
            "第十八条",
            APPROVER,
            "党委审查后书面通知支部，发入党志愿书；三个月内将离开的不办",
            after=("branch_review",),
            materials=("prereview",),
        ),
        Step(
            "volunteer_form",
            "填写入党志愿书",
            "第十八条",
            APPLICANT,
            "预审合格后由本人填写",
            after=("prereview",),
            materials=("volunteer_form",),
        ),
        Step(
            "assembly",
            "支部大会讨论接收",
            "第十九、二十条",
            ASSEMBLY,
            "预审后一个月内开会；到会超过应到会有表决权人数的半数，无记名投票，赞成超过半数通过",
            after=("volunteer_form",),
            maximum=1,
            since="prereview",
            vote=True,
        ),
        Step("party_talk", "党委派人谈话", "第二十三条", APPROVER, "审批前指派党委委员或者组织员谈话", after=("assembly",)),
        Step(
            "approval",
            "党委审批",
            "第二十二、二十四、二十五条",
            APPROVER,
            "支部大会后三个月内审批，特殊情况不超过六个月；党总支不能审批",
            after=("party_talk",),
            maximum=3,
            longest=6,
            since="assembly",
        ),
        Step("refiled", "报上级组织部门备案", "第二十五条", APPROVER, "审批后报上级党委组织部门备案", after=("approval",)),
    ],
    [
        Step("placed", "编入党支部和党小组", "第二十八条", BRANCH, "及时编入党支部和党小组，继续教育考察", after=("approval",)),
        Step(
            "oath", "入党宣誓", "第二十九条", BRANCH, "面向党旗宣誓，一般在批准后一个月内", after=("approval",), maximum=1, since="approval"
        ),
        Step(
            "observe",
            "继续教育考察",
            "第三十条",
            BRANCH,
            "通过组织生活、听本人汇报、个别谈心、集中培训等教育考察",
            after=("approval",),
            materials=("probation_form",),
            ripens=True,
        ),
        Step(
            "full_application",
            "提出转正申请",
            "第三十二条",
            APPLICANT,
            "预备期满，由本人书面提出",
            after=("approval",),
            materials=("full_application",),
            ripens=True,
        ),
        Step(
            "full_assembly",
            "支部大会讨论转正",
            "第三十一、三十二条",
            ASSEMBLY,
            "预备期一年，从支部大会通过之日算起；可延长一次，六个月至一年",
            after=("full_application",),
            vote=True,
        ),
        Step(
            "full_approval",
            "上级党委审批",
            "第三十三条",
            APPROVER,
            "支部大会后三个月内审批",
            after=("full_assembly",),
            maximum=3,
            since="full_assembly",
        ),
        Step(
            "filed",
            "材料归档",
            "第三十六条",
            BRANCH,
            "志愿书、申请书、两张考察登记表、政审材料、转正申请书存入档案",
            after=("full_approval",),
            materials=("volunteer_form", "application", "activist_form", "probation_form", "review", "full_application"),
        ),
    ],
)

# What the 2014 text asks otherwise.
AS_IN_2014 = {
    "candidate_agreed": {"name": "报上级党委备案", "rule": "支委会讨论同意后，报上级党委备案"},
    "introducers": {"rule": "两名正式党员；受留党察看处分、没有恢复党员权利的不能当"},
    "review": {"rule": "形成结论性材料；没有政审或不合格的不能发展", "materials": ("review",)},
    "training": {"rule": "一般不少于三天或者二十四个学时"},
    "assembly": {"rule": "到会超过应到会有表决权人数的半数，无记名投票，赞成超过半数通过", "maximum": 0, "since": ""},
    "oath": {"rule": "面向党旗宣誓", "maximum": 0, "since": ""},
}
