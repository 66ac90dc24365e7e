"""The twenty-five steps as the 细则 of 2026 has them, each with its article, and what the one of 2014 asked otherwise. Pure data."""

from dataclasses import dataclass


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


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the twenty-five: what it is called, who decides, from which steps its days are counted, and what must be there."""

    number: int
    code: str
    stage: int
    name: str
    article: str
    rule: str  # what the article asks, as the page says it
    decider: Decider
    after: tuple[str, ...]  # not before the days of these
    minimum: int = 0  # months after `since`, at least
    maximum: int = 0  # months after `since`, at most; 0: no number
    longest: int = 0  # months with a special reason; later the resolution has lapsed
    since: str = ""
    materials: tuple[str, ...] = ()
    vote: bool = False  # secret ballot of the 支部大会 (Art19–20)
    ripens: bool = False  # waits for the person, not for an office: nobody is pressed


STEPS_2026 = (
    Step(
        number=1,
        code="apply",
        stage=1,
        name="递交入党申请书",
        article="第五、六条",
        rule="年满十八岁，向工作、学习所在单位党组织提出；没有的向居住地党组织提出",
        decider=APPLICANT,
        after=(),
        materials=("application",),
    ),
    Step(
        number=2,
        code="talk",
        stage=1,
        name="派人谈话",
        article="第七条",
        rule="收到申请书后一个月内派人谈话",
        decider=BRANCH,
        after=("apply",),
        maximum=1,
        since="apply",
    ),
    Step(
        number=3,
        code="activist",
        stage=2,
        name="确定入党积极分子",
        article="第八条",
        rule="党员推荐、群团推优产生人选，支委会研究决定",
        decider=BRANCH_COMMITTEE,
        after=("talk",),
        materials=("recommendation",),
        ripens=True,
    ),
    Step(
        number=4,
        code="activist_filed",
        stage=2,
        name="报上级党委备案",
        article="第八条",
        rule="确定为入党积极分子后，报上级党委备案",
        decider=COMMITTEE,
        after=("activist",),
    ),
    Step(
        number=5,
        code="contacts",
        stage=2,
        name="指定培养联系人",
        article="第九条",
        rule="指定一至两名正式党员作培养联系人",
        decider=BRANCH,
        after=("activist",),
    ),
    Step(
        number=6,
        code="cultivate",
        stage=2,
        name="培养教育考察",
        article="第十至十二条",
        rule="支部每半年考察一次，培养教育一年以上",
        decider=BRANCH,
        after=("contacts",),
        minimum=12,
        since="activist",
        materials=("activist_form",),
        ripens=True,
    ),
    Step(
        number=7,
        code="candidate",
        stage=3,
        name="确定发展对象",
        article="第十三条",
        rule="培养教育考察一年以上，听取各方面意见，支委会讨论",
        decider=BRANCH_COMMITTEE,
        after=("cultivate",),
        minimum=12,
        since="activist",
        materials=("opinions",),
        ripens=True,
    ),
    Step(
        number=8,
        code="candidate_agreed",
        stage=3,
        name="上级党委同意并公示",
        article="第十三条",
        rule="上级党委同意后公示，不少于五个工作日；流动人员在流出地、流入地都公示",
        decider=COMMITTEE,
        after=("candidate",),
    ),
    Step(
        number=9,
        code="introducers",
        stage=3,
        name="确定入党介绍人",
        article="第十四条",
        rule="两名正式党员；受警告、严重警告、撤职处分在影响期内和留党察看的不能当",
        decider=BRANCH,
        after=("candidate_agreed",),
    ),
    Step(
        number=10,
        code="review",
        stage=3,
        name="政治审查",
        article="第十六条",
        rule="形成结论性材料，县级联审；没有政审或不合格的不能发展",
        decider=BRANCH,
        after=("candidate_agreed",),
        materials=("review", "joint_review"),
    ),
    Step(
        number=11,
        code="training",
        stage=3,
        name="短期集中培训",
        article="第十七条",
        rule="一般不少于三天或者二十四个学时，可以视频培训",
        decider=COMMITTEE,
        after=("candidate_agreed",),
        materials=("training",),
    ),
    Step(
        number=12,
        code="branch_review",
        stage=4,
        name="支委会审查",
        article="第十八条",
        rule="支委会严格审查，集体讨论认为合格",
        decider=BRANCH_COMMITTEE,
        after=("introducers", "review", "training"),
    ),
    Step(
        number=13,
        code="prereview",
        stage=4,
        name="上级党委预审",
        article="第十八条",
        rule="党委审查后书面通知支部，发入党志愿书；三个月内将离开的不办",
        decider=APPROVER,
        after=("branch_review",),
        materials=("prereview",),
    ),
    Step(
        number=14,
        code="volunteer_form",
        stage=4,
        name="填写入党志愿书",
        article="第十八条",
        rule="预审合格后由本人填写",
        decider=APPLICANT,
        after=("prereview",),
        materials=("volunteer_form",),
    ),
    Step(
        number=15,
        code="assembly",
        stage=4,
        name="支部大会讨论接收",
        article="第十九、二十条",
        rule="预审后一个月内开会；到会超过应到会有表决权人数的半数，无记名投票，赞成超过半数通过",
        decider=ASSEMBLY,
        after=("volunteer_form",),
        maximum=1,
        since="prereview",
        vote=True,
    ),
    Step(
        number=16,
        code="party_talk",
        stage=4,
        name="党委派人谈话",
        article="第二十三条",
        rule="审批前指派党委委员或者组织员谈话",
        decider=APPROVER,
        after=("assembly",),
    ),
    Step(
        number=17,
        code="approval",
        stage=4,
        name="党委审批",
        article="第二十二、二十四、二十五条",
        rule="支部大会后三个月内审批，特殊情况不超过六个月；党总支不能审批",
        decider=APPROVER,
        after=("party_talk",),
        maximum=3,
        longest=6,
        since="assembly",
    ),
    Step(
        number=18,
        code="refiled",
        stage=4,
        name="报上级组织部门备案",
        article="第二十五条",
        rule="审批后报上级党委组织部门备案",
        decider=APPROVER,
        after=("approval",),
    ),
    Step(
        number=19,
        code="placed",
        stage=5,
        name="编入党支部和党小组",
        article="第二十八条",
        rule="及时编入党支部和党小组，继续教育考察",
        decider=BRANCH,
        after=("approval",),
    ),
    Step(
        number=20,
        code="oath",
        stage=5,
        name="入党宣誓",
        article="第二十九条",
        rule="面向党旗宣誓，一般在批准后一个月内",
        decider=BRANCH,
        after=("approval",),
        maximum=1,
        since="approval",
    ),
    Step(
        number=21,
        code="observe",
        stage=5,
        name="继续教育考察",
        article="第三十条",
        rule="通过组织生活、听本人汇报、个别谈心、集中培训等教育考察",
        decider=BRANCH,
        after=("approval",),
        materials=("probation_form",),
        ripens=True,
    ),
    Step(
        number=22,
        code="full_application",
        stage=5,
        name="提出转正申请",
        article="第三十二条",
        rule="预备期满，由本人书面提出",
        decider=APPLICANT,
        after=("approval",),
        materials=("full_application",),
        ripens=True,
    ),
    Step(
        number=23,
        code="full_assembly",
        stage=5,
        name="支部大会讨论转正",
        article="第三十一、三十二条",
        rule="预备期一年，从支部大会通过之日算起；可延长一次，六个月至一年",
        decider=ASSEMBLY,
        after=("full_application",),
        vote=True,
    ),
    Step(
        number=24,
        code="full_approval",
        stage=5,
        name="上级党委审批",
        article="第三十三条",
        rule="支部大会后三个月内审批",
        decider=APPROVER,
        after=("full_assembly",),
        maximum=3,
        since="full_assembly",
    ),
    Step(
        number=25,
        code="filed",
        stage=5,
        name="材料归档",
        article="第三十六条",
        rule="志愿书、申请书、两张考察登记表、政审材料、转正申请书存入档案",
        decider=BRANCH,
        after=("full_approval",),
        materials=("volunteer_form", "application", "activist_form", "probation_form", "review", "full_application"),
    ),
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
