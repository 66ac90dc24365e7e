"""Asking for a second person's consent, where a draft would take points or grades from people.

The consent itself is to what was tried and seen (`points.services.simulations.consent`); an edit makes both void.
"""

from django.db import transaction
from django.utils import timezone

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.models import Scheme
from points.services.schemes.drafts import held_draft
from points.services.simulations import current_simulation


@transaction.atomic
def ask_consent(scheme: Scheme, *, revision: int, by: User) -> Scheme:
    """Ask somebody else to look at whom the draft moves; the list of schemes then says 等人同意."""
    held = held_draft(scheme, revision=revision)
    tried = current_simulation(held)
    if tried is None:
        raise DomainError("先试算这一稿，同意的人才看得到谁会少得分。")
    if tried.consented_by_id or not tried.falls:
        raise DomainError("不用再请人同意，可以发布了。")
    held.consent_asked_at, held.consent_asked_by = timezone.now(), by
    held.save(update_fields=["consent_asked_at", "consent_asked_by"])
    audit.record("points.scheme.consent_asked", held, by=by, path=held.organisation.path, version=held.version, revision=held.revision)
    return held
