"""The demo's people in need: conditions of every kind recorded, some to be asked again, some over, a list fixed, and a draft of the county's own.

Set-based: what proves each is sealed as the service seals it, the audit rows are those it leaves.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from branches.models import Organisation
from members.care.models import Condition, ConditionReview, Criterion
from members.care.rules import conditions as kinds
from members.care.services import criteria
from members.care.services.snapshots import fix_list
from members.models import Member
from partyportal.core import audit, crypto, personkeys
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import SHOWCASE, TOWNSHIP

# kind, one in how many, how old at least, what proves it
SORTS = (
    (kinds.HARDSHIP, 40, 45, "低保户，一家三口，两人没有劳动能力"),
    (kinds.ILLNESS, 60, 40, "县医院诊断，住院后在家休养"),
    (kinds.BEREAVED, 120, 50, "老伴上月去世，子女在外"),
    (kinds.DISABLED, 90, 30, "残疾证二级"),
    (kinds.NO_PENSION, 15, 75, "一直务农，没有退休金"),
    (kinds.RETIRED_CADRE, 14, 62, "县直单位退休"),
    (kinds.DUTY_DISABLED, 400, 35, "防汛抢险时受伤，有认定书"),
)
SINCE = (12, 40, 120, 200, 300, 350, 380, 420)  # days ago
LATELY = (1, 3, 4, 5, 6, 9)  # of what somebody must call about within the week: few are late


def record_some(*, today: date, random: Random) -> int:
    """Record what a county knows of its people; returns how many conditions stand."""
    users = {
        user.username: user for user in User.objects.filter(username__in=("secretary", "deputy", "department", "department2", "committee"))
    }
    shown = Organisation.objects.get(code=SHOWCASE)
    own = {user.pk for user in users.values()}
    people = [one for one in Member.objects.at_home().select_related("branch").defer("id_number").order_by("pk") if one.user_id not in own]
    rows, words = [], []
    for at, person in enumerate(people):
        for kind, one_in, oldest, proof in SORTS:
            here = person.branch_id == shown.pk
            if today.year - person.birth_on.year < oldest or random.random() > (3 if here else 1) / one_in:
                continue
            start = today - timedelta(days=random.choice(LATELY if kind in (kinds.ILLNESS, kinds.BEREAVED) else SINCE))
            by = users["secretary"] if here else users["department"]
            rows.append(_condition(person, kind, start, by, over=at % 17 == 0, today=today))
            words.append(proof)
    keys = personkeys.keys_of({row.member.uid for row in rows})
    for row, proof in zip(rows, words, strict=True):
        row.proof, row.sealed_for = crypto.encrypt_with(keys[row.member.uid], proof.encode()), row.member.uid
    Condition.objects.bulk_create(rows, batch_size=1000)
    asked = [row for row in rows if row.end is None and row.kind not in kinds.LASTING and (today - row.start).days > 400]
    ConditionReview.objects.bulk_create(
        [ConditionReview(condition=row, day=today - timedelta(days=30), by=row.recorded_by) for row in asked[::2]], batch_size=1000
    )
    for by in {row.recorded_by for row in rows}:
        audit.record_many("care.condition.recorded", [_told(row) for row in rows if row.recorded_by == by], by=by)
    _fix_and_draft(users, today=today)
    return len(rows)


def _condition(person: Member, kind: str, start: date, by: User, *, over: bool, today: date) -> Condition:
    at = timezone.make_aware(datetime.combine(min(start + timedelta(days=2), today), time(10, 0)))
    ended = {"end": today - timedelta(days=3), "end_reason": "better", "ended_by": by, "ended_at": timezone.now()} if over else {}
    return Condition(member=person, kind=kind, start=start, recorded_by=by, recorded_at=min(at, timezone.now()), **ended)


def _told(row: Condition) -> dict:
    return {
        "target_kind": Condition._meta.label_lower,
        "target_uid": row.uid,
        "path": row.member.branch.path,
        "subject": row.member.uid,
        "data": {"day": row.start, "files": 0},
    }


def _fix_and_draft(users: dict[str, User], *, today: date) -> None:
    """The township fixed its list for the last 春节, and the county is at a new version of 80 岁以上."""
    township = Organisation.objects.get(code=TOWNSHIP)
    fix_list(
        Criterion.objects.get(code="eighty"),
        organisation=township,
        on=today - timedelta(days=20),
        purpose=f"{today.year} 年高龄老党员慰问",
        by=users["committee"],
    )
    draft = criteria.begin_draft(Criterion.objects.get(code="sixty-forty"), by=users["department2"])
    line = {"leaf": "age", "at_least": 65, "on": "today"}
    criteria.put_line(draft, at="0", leaf=line, is_new=False, revision=draft.revision, by=users["department2"])
