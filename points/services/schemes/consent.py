"""A second person's consent, where a draft would take points or grades from people."""

from django.db import transaction
from django.utils import timezone

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.models import Scheme
from points.services.schemes.drafts import held_draft


@transaction.atomic
def ask_consent(scheme: Scheme, *, revision: int, by: User) -> Scheme:
    """Ask somebody else to read the draft and what it moves; whoever may publish finds it among their duties."""
    held = held_draft(scheme, revision=revision)
    if held.consented_at:
        raise DomainError("已经有人同意了，可以发布。")
    held.consent_asked_at, held.consent_asked_by = timezone.now(), by
    held.save(update_fields=["consent_asked_at", "consent_asked_by"])
    audit.record("points.scheme.consent_asked", held, by=by, path=held.organisation.path, version=held.version, revision=held.revision)
    return held


@transaction.atomic
def give_consent(scheme: Scheme, *, revision: int, by: User) -> Scheme:
    """Consent to this very text. Neither who drafted it nor who asks may be the one who consents."""
    held = held_draft(scheme, revision=revision)
    if held.consented_at:
        return held
    if by.pk in {held.drafted_by_id, held.consent_asked_by_id}:
        raise DomainError("要由另一个人同意：起草的人和请人同意的人不能自己同意。")
    held.consented_at, held.consented_by = timezone.now(), by
    held.save(update_fields=["consented_at", "consented_by"])
    audit.record("points.scheme.consented", held, by=by, path=held.organisation.path, version=held.version, revision=held.revision)
    return held
