"""Files that look like one person's, in a whole subtree at once; what was decided about them."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, QuerySet

from branches.access import paths_for
from branches.models import Organisation
from members.models import Affiliation, Fact, Member, Merge, NotSame
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.rules.duplicates import WORDS, Known, likeness
from members.rules.identity import mask_id_number
from partyportal.core.masks import mask_phone

# Candidates by hash joins on plain columns: one name, and one birth or all of the number but the birth (a slip lies in one part
# only). Only they are decrypted and put to the rule. A 15-place number has its birth elsewhere, so it meets its like by the birth.
_CANDIDATES = """
WITH here AS (
    SELECT m.id, m.name, m.birth_on, left(m.id_masked, 6) AS area, left(right(m.id_masked, 4), 3) AS sequence
    FROM members_member m JOIN branches_organisation o ON o.id = m.branch_id
    WHERE m.merged_into_id IS NULL AND o.path LIKE ANY (%(allowed)s) AND o.path LIKE %(within)s
), pairs AS (
    SELECT a.id AS first, b.id AS second FROM here a JOIN here b ON b.name = a.name AND b.birth_on = a.birth_on AND b.id > a.id
    UNION
    SELECT a.id, b.id FROM here a JOIN here b ON b.name = a.name AND b.area = a.area AND b.sequence = a.sequence AND b.id > a.id
)
SELECT first, second FROM pairs p
WHERE NOT EXISTS (
    SELECT FROM members_notsame n WHERE n.first_id = p.first AND n.second_id = p.second AND n.withdrawn_at IS NULL
)
"""


@dataclass(frozen=True)
class Pair:
    """Two files that look alike, and why; `kept` is the one proposed to stay."""

    kept: Member
    gone: Member
    why: str

    @property
    def words(self) -> str:
        return WORDS[self.why]


def pairs(user, *, within: Organisation | None = None, text: str = "") -> list[Pair]:
    """Every pair of files on both of which the user may decide, by name. Three statements for any number of members."""
    allowed = paths_for(user, "member.merge")
    if not allowed:
        return []
    with connection.cursor() as cursor:
        asked = {"allowed": [path + "%" for path in allowed], "within": (within.path if within else "/") + "%"}
        cursor.execute(_CANDIDATES, asked)
        found = cursor.fetchall()
    ids = {pk for pair in found for pk in pair}
    people = Member.objects.filter(pk__in=ids).select_related("branch__parent", "user").in_bulk()
    told = ((people[first], people[second]) for first, second in found)
    alike = [Pair(*in_order(one, other), why) for one, other in told if (why := why_alike(one, other))]
    if text := text.strip():
        held = set(Member.objects.filter(pk__in=ids).matching(text).values_list("pk", flat=True))
        alike = [pair for pair in alike if {pair.kept.pk, pair.gone.pk} & held]
    return sorted(alike, key=lambda pair: (pair.kept.pinyin, pair.kept.pk, pair.gone.pk))


def why_alike(one: Member, other: Member) -> str | None:
    """Why the two look like one person, by the rule; None if they do not."""
    return likeness(_known(one), _known(other))


def _known(member: Member) -> Known:
    return Known(
        name=member.name,
        id_number=member.id_number,
        birth_on=member.birth_on,
        sex=member.sex,
        phone=member.mobile_phone or member.landline,
    )


def in_order(one: Member, other: Member) -> tuple[Member, Member]:
    """Which file to propose to keep: the one at home, then the one with a login, then the older entry."""
    rank = {member: (member.left_on is not None, member.user_id is None, member.pk) for member in (one, other)}
    return (one, other) if rank[one] <= rank[other] else (other, one)


def facts_of(listed: list[Pair]) -> dict[int, int]:
    """How many facts each of these files holds, by member: what would go over. One query."""
    ids = [member.pk for pair in listed for member in (pair.kept, pair.gone)]
    rows = Fact.objects.standing().filter(member__in=ids).order_by().values_list("member").annotate(many=Count("pk"))
    return dict.fromkeys(ids, 0) | dict(rows)


def not_same(user) -> QuerySet[NotSame]:
    """The pairs somebody said are two persons, latest first."""
    rows = NotSame.objects.where(user, "member.merge").standing()
    return rows.select_related("first__branch", "second__branch", "decided_by").order_by("-decided_at", "-id")


def merges(user) -> QuerySet[Merge]:
    """The merges the user may take back or has in sight for that, latest first."""
    rows = Merge.objects.where(user, "member.merge")
    return rows.select_related("kept__branch", "gone__branch", "merged_by", "reversed_by").order_by("-merged_at", "-id")


@dataclass(frozen=True)
class Difference:
    """A field in which two files differ, as it is shown; `only_gone` where the kept file says nothing and the other does."""

    name: str
    label: str
    kept: str
    gone: str
    only_gone: bool


# What is chosen together: the number says birth and sex, a 转正 day belongs to its category.
TOGETHER: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("姓名", ("name", "pinyin", "initials")),
    "id_number": ("公民身份号码", ("id_number", "id_masked", "id_index", "id_tail_index", "sex", "birth_on")),
    "ethnicity": ("民族", ("ethnicity",)),
    "education": ("学历", ("education",)),
    "category": ("人员类别、入党和转正日期", ("category", "joined_on", "full_on")),
    "post": ("工作岗位", ("post",)),
    "mobile_phone": ("手机号码", ("mobile_phone",)),
    "landline": ("固定电话", ("landline",)),
    "address": ("家庭住址", ("address",)),
    "is_mobile": ("流动党员和外出流向", ("is_mobile", "destination")),
    "is_lost": ("失联和失去联系日期", ("is_lost", "lost_on")),
}


def differences(kept: Member, gone: Member) -> list[Difference]:
    """The fields in which the files differ, as they are shown; numbers and phones masked."""
    rows = []
    for name, (label, fields) in TOGETHER.items():
        if any(getattr(kept, field) != getattr(gone, field) for field in fields if not field.endswith("_index")):
            blank = len(fields) == 1 and not getattr(kept, name)
            rows.append(Difference(name, label, _shown(kept, name), _shown(gone, name), only_gone=blank))
    return rows


@dataclass(frozen=True)
class Holding:
    """What of two files goes together without a choice, side by side."""

    label: str
    kept: str
    gone: str


def holdings(kept: Member, gone: Member) -> list[Holding]:
    """Where each belongs, what is on record, whose login: what to look at before saying which file stays."""
    facts = facts_of([Pair(kept, gone, "")])
    homes = {
        row.member_id: row for row in Affiliation.objects.filter(member__in=(kept, gone)).select_related("organisation").order_by("start")
    }
    told = {"组织关系": lambda m: _home(homes.get(m.pk)), "记实": lambda m: f"{facts[m.pk]:,} 条"}
    if kept.user or gone.user:
        told["账号"] = lambda m: m.user.username if m.user else "没有"
    return [Holding(label, say(kept), say(gone)) for label, say in told.items()]


def _home(row: Affiliation | None) -> str:
    """The last branch, since when, until when."""
    if row is None:
        return "没有"
    since = f"{row.organisation.short_name}，{row.start} 起"
    return since if row.end is None else f"{since}，{row.end} {row.get_end_reason_display()}"


def _shown(member: Member, name: str) -> str:
    if name == "id_number":
        return mask_id_number(member.id_number)
    if name in {"mobile_phone", "landline"}:
        return mask_phone(getattr(member, name)) or "没有"
    if name == "ethnicity":
        return ETHNICITIES.get(member.ethnicity, member.ethnicity)
    if name == "education":
        return EDUCATIONS.get(member.education, "") or "没有填"
    if name == "category":
        full = f"，转正 {member.full_on}" if member.full_on else ""
        return f"{member.get_category_display()}，入党 {member.joined_on}{full}"
    if name == "is_mobile":
        return f"流动，{member.destination}" if member.is_mobile else "不流动"
    if name == "is_lost":
        return f"失联，{member.lost_on}" if member.is_lost else "没有失联"
    return str(getattr(member, name)) or "没有填"


# The end of a membership by death or decision: a file that goes on beside it is no second entry of the same person's.
FINAL = frozenset(
    {
        Affiliation.EndReason.DIED,
        Affiliation.EndReason.REMOVED,
        Affiliation.EndReason.EXPELLED,
        Affiliation.EndReason.WITHDREW,
        Affiliation.EndReason.CANCELLED,
    }
)


def contradiction(kept: Member, gone: Member, *, today: date) -> str:
    """Why the two cannot be merged as they stand, or "": one has ended for good and the other goes on."""
    last = {m: m.affiliations.order_by("-start").first() for m in (kept, gone)}
    for one, other in ((kept, gone), (gone, kept)):
        ended = last[one] is not None and last[one].end_reason in FINAL and last[one].end <= today
        goes_on = last[other] is not None and (last[other].end is None or (ended and last[other].end > last[one].end))
        if ended and goes_on:
            return f"一份档案已经{last[one].get_end_reason_display()}，另一份还在{last[other].organisation.short_name}。先核实，两份一致了再合并。"
    return ""
