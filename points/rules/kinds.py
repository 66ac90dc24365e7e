"""The catalogue of 记实 kinds: which facts the portal leaves by itself, in which unit, and what is entered by hand.

The one place: the editor offers these, validation measures by them, a test compares them with what the apps write. A kind
that begins with `manual.` is filed by one person and confirmed by another; a county may add its own.
"""

from dataclasses import dataclass

from members.rules.appraisals import APPRAISAL
from members.rules.appraisals import GRADES as APPRAISAL_GRADES

MANUAL = "manual."
# What a quarter or a year opens with (points.services.openings).
BASE, YEAR_BASE, LAST_YEAR = "scheme.base", "scheme.year", "scheme.last_year"


@dataclass(frozen=True, kw_only=True)
class FactKind:
    """One kind of fact. `grades` are (code, name) it is known to carry; `a_year` is how many units a year there are at most, if that is fixed."""

    code: str
    label: str
    unit: str
    origin: str
    grades: tuple[tuple[str, str], ...] = ()
    a_year: int | None = None
    by_hand: bool = False  # beside the `manual.` ones: a result the portal knows by its own word, which no room leaves yet


_SCHEME, _MEETINGS, _BY_HAND = "积分办法", "组织生活", "人工认定"

CATALOGUE = (
    FactKind(code=BASE, label="季度基础分", unit="季", origin=_SCHEME, a_year=4),
    FactKind(code=YEAR_BASE, label="年度基础分", unit="年", origin=_SCHEME, a_year=1),
    FactKind(code=LAST_YEAR, label="上年得分结转", unit="分", origin=_SCHEME),
    FactKind(code="meeting.theme_day", label="参加主题党日", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.assembly", label="参加党员大会", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.committee", label="参加支委会", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.group", label="参加党小组会", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.lecture", label="参加党课", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.life_meeting", label="参加组织生活会", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.appraisal", label="参加民主评议", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.absent", label="无故缺席", unit="次", origin=_MEETINGS),
    FactKind(code="meeting.late", label="开会迟到", unit="次", origin=_MEETINGS),
    FactKind(code="study.hours", label="集中学习", unit="学时", origin="学习"),
    FactKind(code="dues.paid", label="交纳党费", unit="月", origin="党费"),
    FactKind(code="dues.arrears", label="欠交党费", unit="月", origin="党费"),
    FactKind(code="outreach.visit", label="派驻工作一次", unit="次", origin="三员与网格"),
    FactKind(code="care.visit", label="走访慰问、结对帮扶一户", unit="次", origin="关怀帮扶"),
    FactKind(code="honour.county", label="受到县级表彰", unit="次", origin="评比表彰"),
    FactKind(code="honour.committee", label="受到党委（党工委）表彰", unit="次", origin="评比表彰"),
    FactKind(code="honour.branch", label="受到总支、支部表彰", unit="次", origin="评比表彰"),
    FactKind(code="manual.test", label="政策测试合格", unit="次", origin=_BY_HAND),
    FactKind(code="manual.task", label="完成支部交办的任务", unit="项", origin=_BY_HAND),
    FactKind(code="manual.volunteer", label="志愿服务", unit="小时", origin=_BY_HAND),
    FactKind(code="manual.labour", label="参加义务劳动", unit="次", origin=_BY_HAND),
    FactKind(code="manual.no_labour", label="缺义务劳动", unit="次", origin=_BY_HAND),
    FactKind(code="manual.mediation", label="调解矛盾纠纷", unit="件", origin=_BY_HAND),
    FactKind(code="manual.publicity", label="宣传政策", unit="次", origin=_BY_HAND),
    FactKind(code="manual.industry", label="带头发展产业", unit="户", origin=_BY_HAND),
    FactKind(code="manual.campaign", label="参加重点工作", unit="项", origin=_BY_HAND),
    FactKind(code="manual.pledge", label="兑现公开承诺", unit="项", origin=_BY_HAND),
    FactKind(code="manual.report", label="流动党员主动联系支部", unit="次", origin=_BY_HAND),
    FactKind(code="manual.commendation", label="受到表彰", unit="次", origin=_BY_HAND),
    FactKind(code="manual.letter", label="收到表扬", unit="封", origin=_BY_HAND),
    FactKind(code="manual.flood", label="防汛抢险", unit="次", origin=_BY_HAND),
    FactKind(code="manual.flood_refused", label="防汛抢险不服从安排", unit="次", origin=_BY_HAND),
    FactKind(code="manual.stability", label="化解信访、维护稳定", unit="件", origin=_BY_HAND),
    FactKind(code=APPRAISAL, label="民主评议结果", unit="次", origin=_BY_HAND, grades=APPRAISAL_GRADES, a_year=1, by_hand=True),
    FactKind(code="manual.late", label="迟到早退", unit="次", origin=_BY_HAND),
    FactKind(code="manual.illegal_building", label="违法建筑逾期不拆", unit="处", origin=_BY_HAND),
    FactKind(code="manual.unlawful", label="违法违纪", unit="次", origin=_BY_HAND),
    FactKind(code="manual.veto", label="一票否决", unit="次", origin=_BY_HAND),
)

BY_CODE = {kind.code: kind for kind in CATALOGUE}


def is_known(code: str) -> bool:
    """Whether some fact can ever be of this kind: the portal leaves it, or somebody enters it by hand."""
    return code in BY_CODE or code.startswith(MANUAL)


def is_by_hand(code: str) -> bool:
    """Whether one person files it and another confirms it."""
    return code.startswith(MANUAL) or (code in BY_CODE and BY_CODE[code].by_hand)


def grades_of(code: str) -> dict[str, str]:
    """The grades a fact of this kind is known to carry, code → name; a county's own kinds take theirs from their items."""
    return dict(BY_CODE[code].grades) if code in BY_CODE else {}


def label_of(code: str) -> str:
    """What the kind is called; a county's own by-hand kind is called by its item."""
    return BY_CODE[code].label if code in BY_CODE else ""
