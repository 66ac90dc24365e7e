"""A draft of next year's rules: begun from the ruling version, changed in two places, tried on this year's facts and waiting for a second person."""

from datetime import date
from decimal import Decimal

from branches.models import Organisation
from partyportal.core.models import User
from points.models import Scheme, Simulation
from points.selectors.schemes import scheme_in_force
from points.services import schemes
from points.services.simulations import simulate


def draft_next_year(root: Organisation, *, today: date) -> Simulation | None:
    """The second officer drafts and tries; more for volunteering, less for committee meetings, so that some gain and some fall."""
    ruling = scheme_in_force(root, today)
    if ruling is None:
        return None
    officer = User.objects.get(username="department2")
    draft = schemes.begin_from_version(ruling, organisation=root, start=date(today.year + 1, 1, 1), by=officer)
    for code, fields in {
        "volunteer": {"value": Decimal("1.5"), "cap": Decimal(8)},
        "committee": {"value": Decimal("0.3")},
    }.items():
        draft = Scheme.objects.get(pk=draft.pk)
        if draft.items.filter(code=code).exists():
            schemes.put_item(draft, revision=draft.revision, by=officer, code=code, **fields)
    draft = Scheme.objects.get(pk=draft.pk)
    schemes.edit_head(draft, revision=draft.revision, by=officer, document_number=f"清组发〔{today.year}〕41号（征求意见稿）")
    tried = simulate(draft, year=today.year, by=officer)
    if tried.falls:
        draft = Scheme.objects.get(pk=draft.pk)
        schemes.ask_consent(draft, revision=draft.revision, by=officer)
    return tried
