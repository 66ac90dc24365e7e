"""What is due to the families of members who died: three steps, by branch and committee."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.care.models import CondolenceStep
from partyportal.core.days import chinese_day
from partyportal.core.duties import Duty


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do: one statement."""
    paths = paths_for(user, "member.leave")
    return _duties(Q(organisation__path__in=paths) | Q(condolence__organisation__path__in=paths))


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What is owed for members of these branches, whoever owes it: one statement."""
    branches = [organisation.pk for organisation in organisations]
    return _duties(Q(condolence__organisation__in=branches)) if branches else []


def _duties(owed: Q) -> list[Duty]:
    rows = (
        CondolenceStep.objects.waiting()
        .filter(owed)
        .select_related("condolence__member", "condolence__organisation", "organisation")
        .defer("condolence__member__id_number")
    )
    return sorted(_duty(step) for step in rows)


def _duty(step: CondolenceStep) -> Duty:
    condolence, branch = step.condolence, step.condolence.organisation
    died = condolence.died_on
    owed_by = "" if step.organisation_id == branch.pk else f"，由{step.organisation.short_name}办"
    titles = {"wreath": "给{}送花圈", "delegate": "派员参加{}的悼念", "visit": "走访{}的家属"}
    return Duty.of(
        branch,
        due_on=step.due_on,
        key=f"care.{step.kind}:{condolence.uid}",
        title=titles[step.kind].format(condolence.member.name),
        reason=f"{chinese_day(died)}去世{owed_by}",
        act="登记",
        url=reverse("care:condolence", args=[condolence.uid]),
    )
