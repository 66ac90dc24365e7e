"""定名单: who is due for a benefit on a day, written down with the reasons, so that no later change rewrites it."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.care.models import Criterion, ListEntry, ListSnapshot
from members.care.selectors.evaluation import codes_of
from members.care.selectors.lists import eligible, version_on
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def fix_list(
    criterion: Criterion,
    *,
    organisation: Organisation,
    on: date,
    purpose: str,
    left_out: Mapping[int, str] | None = None,
    seen: int | None = None,
    by: User,
) -> ListSnapshot:
    """Fix the list of an organisation and all below it for a day. `left_out`: member → why somebody who fits is not given it.

    `seen` is how many the page showed: where the list has changed since, whoever fixes it looks again.
    """
    held = Criterion.objects.select_for_update(of=("self",)).get(pk=criterion.pk)  # two lists of one benefit, one after the other
    version = version_on(held, on)
    if version is None:
        raise DomainError("这一天没有施行的条件，先施行一版。", field="on")
    if not purpose.strip():
        raise DomainError("写明名单用来做什么。", field="purpose")
    if ListSnapshot.objects.filter(version=version, organisation=organisation, on=on).exists():
        raise DomainError(f"{organisation.short_name}按 {on:%Y-%m-%d} 已经定过名单。", field="on")
    people = list(eligible(version, on=on, within=organisation).values_list("pk", "branch_id").order_by("pk"))
    if not people:
        raise DomainError("这一天名单上没有人，不用定。")
    if seen is not None and seen != len(people):
        raise DomainError(f"名单刚才变了：现在 {len(people)} 人，先前看到 {seen} 人，看过再定。")
    omitted = dict(left_out or {})
    if unknown := omitted.keys() - {pk for pk, _ in people}:
        raise DomainError(f"有 {len(unknown)} 人不在名单上，不用写缘由。")
    if not set(omitted.values()) <= set(ListEntry.LeftOut.values):
        raise DomainError("选不列入的缘由。")
    codes = codes_of(version.node, [pk for pk, _ in people], on=on)
    given = len(people) - len(omitted)
    snapshot = ListSnapshot.objects.create(
        version=version, organisation=organisation, on=on, purpose=purpose.strip(), people=given, fixed_by=by
    )
    ListEntry.objects.bulk_create(
        (
            ListEntry(snapshot=snapshot, member_id=pk, organisation_id=branch, reasons=codes[pk], left_out=omitted.get(pk, ""))
            for pk, branch in people
        ),
        batch_size=1000,
    )
    audit.record(
        "care.list.fixed",
        snapshot,
        by=by,
        path=organisation.path,
        organisation=organisation.code,
        day=on,
        people=given,
        left_out=len(omitted),
    )
    return snapshot
