"""What can be wrong with a member's file or a branch's roster, as data: one condition each, asked by the count and by the rows.

A condition speaks of Member (or of Organisation, for branches) and is given the day and the county's parameters. What the
database refuses anyway (a full member without a day, a mobile one without a destination) needs no finding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from django.db.models import Count, F, FloatField, Func, IntegerField, Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import GreaterThan, In, LessThan
from django.utils import timezone

from branches.models import Organisation
from members import parameters
from members.models import Member, MemberClass, Office, RosterCheck, Suspension
from members.rules.ages import years_before
from members.rules.quality import LONGEST_PROBATION, LOST_MONTHS, PROBATION_SINCE, SUSPENDED_YEARS, check_period
from members.selectors.completeness import GAPS
from partyportal.core.days import months_after
from partyportal.core.parameters import values_on


class Kind(StrEnum):
    INCOMPLETE = "incomplete"
    CONTRADICTORY = "contradictory"
    STALE = "stale"
    NOTE = "note"
    BRANCH = "branch"


KINDS = (
    (Kind.INCOMPLETE, "不完整", "国家采集表上要填、档案里还空着的"),
    (Kind.CONTRADICTORY, "互相矛盾", "几处资料对不上，必有一处不对"),
    (Kind.STALE, "久未处理", "放着没有核对或没有下文的"),
    (Kind.NOTE, "留意", "不一定错，看一眼就行"),
    (Kind.BRANCH, "支部", "按支部查的"),
)


@dataclass(frozen=True)
class Asked:
    """The day, and the county's numbers on it."""

    today: date
    values: dict[str, int]

    def __getitem__(self, parameter: parameters.Parameter) -> int:
        return self.values[parameter.key]

    @property
    def period(self) -> tuple[date, date]:
        return check_period(self.today, self[parameters.ROSTER_CHECK_MONTHS])

    @property
    def stale_before(self) -> date:
        return months_after(self.today, -self[parameters.STALE_MONTHS])


def asked_on(today: date) -> Asked:
    """The parameters of a day: one statement."""
    return Asked(today, values_on(today, parameters.QUALITY))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that can be wrong: why it matters and by which rule, what of the file shows it, and the condition."""

    code: str
    kind: Kind
    title: str
    why: str
    condition: Callable[[Asked], Q]
    shows: tuple[tuple[str, str], ...] = ()  # (label, attribute of the member)
    blocks: bool = False  # a branch cannot confirm its roster while one stands
    mend: str = "members:edit"  # the page where it is mended
    mend_asks: bool = False  # that page asks for the member in its query, not in its path
    verb: str = "member.edit"  # what it takes to mend it

    @property
    def of_branches(self) -> bool:
        return self.kind == Kind.BRANCH


def _years(later: str, earlier: str) -> Func:
    return Func(F(later), F(earlier), template="date_part('year', age(%(expressions)s))", output_field=FloatField())


def _days(later: str, earlier: str) -> Func:
    """Asked before an age: whole days cost a tenth of whole years, and few files come near."""
    return Func(F(later), F(earlier), arg_joiner=" - ", template="(%(expressions)s)", output_field=IntegerField())


def _months(later: str, earlier: str) -> Func:
    template = "(date_part('year', age(%(expressions)s)) * 12 + date_part('month', age(%(expressions)s)))"
    return Func(F(later), F(earlier), template=template, output_field=FloatField())


FULL, PROBATIONARY = Member.Category.FULL, Member.Category.PROBATIONARY
SUSPENDED = Member.Standing.SUSPENDED
_SEX_SIGN, EVEN, ODD = Substr("id_masked", 17, 1), list("02468"), list("13579")
_JOINED, _FULL_ON = ("入党", "joined_on"), ("转正", "full_on")
_WHY_GAP = {
    "学历": "年报表四按学历统计",
    "工作岗位": "年报按职业统计，分类也从这里来",
    "联系电话": "通知开会、催缴党费都靠它",
    "家庭住址": "走访慰问要用；采集表要求写到门牌",
}


def _of_branches_with(members: Q, **having) -> Q:
    """Branches whose members at home, of those meant, are as many as asked."""
    rows = Member.objects.at_home().filter(members).order_by().values("branch").annotate(n=Count("pk")).filter(**having)
    return Q(pk__in=rows.values("branch"))


def _class_disagrees(asked: Asked) -> Q:
    mobile = MemberClass.objects.on(asked.today).filter(name=MemberClass.Name.MOBILE).values("member")
    return Q(is_mobile=True) & ~Q(pk__in=mobile) | Q(is_mobile=False, pk__in=mobile)


def _away() -> QuerySet:
    """Who is registered as away now; `outflows` is the name mobility gave its way back, as in the selectors of the tree."""
    return Member.objects.filter(outflows__isnull=False, outflows__end=None).values("pk")


def _untouched(asked: Asked) -> Q:
    since = timezone.make_aware(datetime.combine(asked.stale_before, time()))
    looked_through = RosterCheck.objects.filter(checked_on__gte=asked.stale_before).values("organisation")
    return Q(updated_at__lt=since) & ~Q(branch__in=looked_through)


def _shared_phone(asked: Asked) -> Q:
    rows = Member.objects.at_home().exclude(mobile_phone="").order_by().values("mobile_phone").annotate(n=Count("pk"))
    return Q(mobile_phone__in=rows.filter(n__gt=asked[parameters.SHARED_PHONE]).values("mobile_phone"))


FINDINGS: tuple[Finding, ...] = (
    *(
        Finding(
            code=f"no_{code}",
            kind=Kind.INCOMPLETE,
            title=f"没有填{label}",
            why=_WHY_GAP[label],
            condition=lambda asked, gap=gap: gap,
        )
        for code, (label, gap) in zip(("education", "post", "phone", "address"), GAPS, strict=True)
    ),
    Finding(
        code="destination_vague",
        kind=Kind.INCOMPLETE,
        title="外出流向没有写到县",
        why="采集表要求写到县；流入地的党组织要靠它找人",
        condition=lambda asked: Q(is_mobile=True) & ~Q(destination__regex="[县区市旗]|国|香港|澳门|台湾"),
        shows=(("流向", "destination"),),
    ),
    Finding(
        code="sex_number",
        kind=Kind.CONTRADICTORY,
        title="性别与身份证号码不符",
        why="号码第 17 位单数为男、双数为女（GB 11643）",
        condition=lambda asked: Q(In(_SEX_SIGN, EVEN), sex="1") | Q(In(_SEX_SIGN, ODD), sex="2"),
        shows=(("性别", "get_sex_display"), ("号码", "id_masked")),
        blocks=True,
    ),
    Finding(
        code="too_young",
        kind=Kind.CONTRADICTORY,
        title="入党时不满十八岁",
        why="年满十八岁才能申请入党（发展党员工作细则第五条）",
        condition=lambda asked: Q(LessThan(_days("joined_on", "birth_on"), 6575)) & Q(LessThan(_years("joined_on", "birth_on"), 18.0)),
        shows=(("出生", "birth_on"), _JOINED),
        blocks=True,
    ),
    Finding(
        code="category_day",
        kind=Kind.CONTRADICTORY,
        title="预备党员却有已到的转正日期",
        why="人员类别和转正日期必有一处不对",
        condition=lambda asked: Q(category=PROBATIONARY, full_on__lte=asked.today),
        shows=(_FULL_ON,),
        blocks=True,
    ),
    Finding(
        code="full_ahead",
        kind=Kind.CONTRADICTORY,
        title="正式党员的转正日期还没有到",
        why="党龄从转正之日起算（发展党员工作细则第三十五条）",
        condition=lambda asked: Q(category=FULL, full_on__gt=asked.today),
        shows=(_FULL_ON,),
        blocks=True,
    ),
    Finding(
        code="probation_short",
        kind=Kind.CONTRADICTORY,
        title="预备期不满一年",
        why="预备期一年（发展党员工作细则第三十一条；1977年8月以前入党的不查）",
        condition=lambda asked: (
            Q(LessThan(_days("full_on", "joined_on"), 366))
            & Q(LessThan(_years("full_on", "joined_on"), 1.0))
            & Q(joined_on__gte=PROBATION_SINCE, category=FULL)
        ),
        shows=(_JOINED, _FULL_ON),
    ),
    Finding(
        code="probation_long",
        kind=Kind.CONTRADICTORY,
        title="预备期超过两年半",
        why="最多延长一年，转入的再推迟半年（发展党员工作细则第三十一条、第三十四条）",
        condition=lambda asked: (
            Q(GreaterThan(_days("full_on", "joined_on"), 900))
            & Q(GreaterThan(_months("full_on", "joined_on"), float(LONGEST_PROBATION)))
            & Q(joined_on__gte=PROBATION_SINCE)
        ),
        shows=(_JOINED, _FULL_ON),
    ),
    Finding(
        code="class_mobile",
        kind=Kind.CONTRADICTORY,
        title="分类与是否流动不一致",
        why="流动党员按流动分类计分、参加组织生活",
        condition=_class_disagrees,
        shows=(("流向", "destination"),),
    ),
    Finding(
        code="outflow_missing",
        kind=Kind.CONTRADICTORY,
        mend="mobility:outflow_new",
        mend_asks=True,
        verb="mobility.record",
        title="名册上是流动党员，没有流出登记",
        why="流出登记写明去向、联系人和联系记录；已经返乡的，把流动改成否",
        condition=lambda asked: Q(is_mobile=True, is_lost=False) & ~Q(pk__in=_away()),
        shows=(("流向", "destination"),),
    ),
    Finding(
        code="outflow_open",
        kind=Kind.CONTRADICTORY,
        mend="mobility:outflow_new",  # which leads to the registration that is open
        mend_asks=True,
        verb="mobility.record",
        title="流出登记没有结束，名册上不是流动党员",
        why="已经返乡的结束流出登记；还在外的，名册跟着登记走",
        condition=lambda asked: Q(is_mobile=False, pk__in=_away()),
        shows=(("流向", "destination"),),
    ),
    Finding(
        code="destination_kept",
        kind=Kind.CONTRADICTORY,
        title="不是流动党员却有外出流向",
        why="已经返乡的清掉流向；还在外的登记为流动党员",
        condition=lambda asked: Q(is_mobile=False) & ~Q(destination=""),
        shows=(("流向", "destination"),),
    ),
    Finding(
        code="stopped_unwritten",
        kind=Kind.CONTRADICTORY,
        mend="members:member",
        title="停止党籍没有决定记录",
        why="停止党籍要有党委决定的日期和文号（党员教育管理工作条例第二十四条）",
        condition=lambda asked: (
            Q(standing=SUSPENDED)
            & ~Q(pk__in=Suspension.objects.filter(end=None).exclude(reason=Suspension.Reason.RECORDED).values("member"))
        ),
    ),
    Finding(
        code="office_probationary",
        kind=Kind.CONTRADICTORY,
        mend="members:member",
        title="预备党员担任党内职务",
        why="预备党员没有被选举权（党章第七条）",
        condition=lambda asked: Q(category=PROBATIONARY, pk__in=Office.objects.on(asked.today).values("member")),
        shows=(_JOINED,),
    ),
    Finding(
        code="office_elsewhere",
        kind=Kind.CONTRADICTORY,
        mend="members:member",
        title="担任别的支部的职务",
        why="支委会由本支部党员选出，转走的职务应当终止",
        condition=lambda asked: Q(
            pk__in=Office.objects.on(asked.today)
            .filter(organisation__kind=Organisation.Kind.BRANCH)
            .exclude(organisation=F("member__branch"))
            .exclude(way=Office.Way.APPOINTED)
            .values("member")
        ),
    ),
    Finding(
        code="shared_phone",
        kind=Kind.NOTE,
        title="好几个人用同一个手机号",
        why="一家人共用的不用管；不是一家的，有的是错的",
        condition=_shared_phone,
        shows=(("手机", "phone_masked"),),
    ),
    Finding(
        code="untouched",
        kind=Kind.STALE,
        title="资料久未核对",
        why="这么久没有改动，支部也没有核对过名册",
        condition=_untouched,
        shows=(("最近改动", "updated_at"),),
    ),
    Finding(
        code="undecided",
        kind=Kind.STALE,
        mend="members:member",
        title="预备期满很久还没有结果",
        why="期满要及时讨论转正、延长或取消（发展党员工作细则第三十一条、第三十二条）",
        condition=lambda asked: Q(category=PROBATIONARY, joined_on__lt=months_after(asked.today, -12 - asked[parameters.UNDECIDED_MONTHS])),
        shows=(_JOINED,),
    ),
    Finding(
        code="lost_long",
        kind=Kind.STALE,
        mend="members:member",
        title="失联满六个月还没有处理",
        why="查找不到的停止党籍，找到的恢复联系（党员教育管理工作条例第二十四条）",
        condition=lambda asked: Q(is_lost=True, lost_on__lte=months_after(asked.today, -LOST_MONTHS)) & ~Q(standing=SUSPENDED),
        shows=(("失去联系", "lost_on"),),
    ),
    Finding(
        code="stopped_long",
        kind=Kind.STALE,
        mend="members:member",
        title="停止党籍满两年还没有结果",
        why="两年后确实无法取得联系的，按自行脱党予以除名（党员教育管理工作条例第二十四条）",
        condition=lambda asked: Q(
            pk__in=Suspension.objects.filter(end=None, start__lte=years_before(asked.today, SUSPENDED_YEARS)).values("member")
        ),
    ),
    Finding(
        code="branch_large",
        kind=Kind.BRANCH,
        title="党员人数偏多",
        why="党支部党员一般不超过五十人（支部工作条例）",
        condition=lambda asked: _of_branches_with(Q(), n__gt=asked[parameters.BRANCH_MOST]),
    ),
    Finding(
        code="branch_small",
        kind=Kind.BRANCH,
        title="正式党员不足",
        why="正式党员三人以上才成立党支部，不足的建联合党支部（支部工作条例）",
        condition=lambda asked: ~_of_branches_with(Q(category=FULL), n__gte=asked[parameters.BRANCH_LEAST]),
    ),
    Finding(
        code="unchecked",
        kind=Kind.BRANCH,
        title="本期名册还没有核对",
        why="支部每期把名册看一遍，没有错就点核对无误",
        condition=lambda asked: ~Q(pk__in=RosterCheck.objects.filter(start=asked.period[0]).values("organisation")),
    ),
)
FINDING = {finding.code: finding for finding in FINDINGS}
OF_MEMBERS = tuple(finding for finding in FINDINGS if not finding.of_branches)
OF_BRANCHES = tuple(finding for finding in FINDINGS if finding.of_branches)
