"""介绍信 on paper, and the public page that tells whether a paper is true."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can
from members.rules.ages import whole_years
from members.rules.codes import ETHNICITIES
from members.services.people import reveal_id_number
from members.transfers import rules, selectors
from members.transfers.models import Letter, Transfer
from members.transfers.parameters import STUB_YEARS
from partyportal.core.htmx import page
from partyportal.core.masks import mask_name
from partyportal.core.numbers import number_named
from partyportal.core.parameters import value_on
from partyportal.core.rest.throttles import PublicPageThrottle


@never_cache
@login_required
def letter(request, uid):
    """存根, 正联 and 回执 on one A4 sheet. The whole ID number stands on it once it was asked for, which the audit log keeps."""
    transfer = get_object_or_404(selectors.whole(Transfer.objects.visible_to(request.user)), uid=uid)
    chosen = transfer.letters.select_related("issuer", "issued_by")
    shown = get_object_or_404(chosen, serial=asked) if (asked := _serial(request)) else chosen.first()
    if shown is None:
        return page(request, "transfers/letter.html", {"transfer": transfer, "letter": None})
    person, number = transfer.member, transfer.member.id_masked
    # A letter that is used, void or run out opens no number: whose member it is now is another branch's to know.
    may_reveal = _is_good(shown) and transfer.from_branch is not None and can(request.user, "member.reveal", transfer.from_branch)
    if request.method == "POST":
        if not may_reveal:
            raise PermissionDenied("member.reveal")
        number = reveal_id_number(person, by=request.user)
    context = {
        "transfer": transfer,
        "letter": shown,
        "person": person,
        "number": number,
        "age": whole_years(person.birth_on, shown.issued_on),
        "ethnicity": ETHNICITIES.get(person.ethnicity, ""),
        "kept_until": rules.kept_until(shown.issued_on, value_on(shown.issued_on, STUB_YEARS)),
        "verify_url": request.build_absolute_uri(reverse("transfers:verify")),
        "may_reveal": may_reveal,
        "is_whole": request.method == "POST",
        "is_good": _is_good(shown),
    }
    return page(request, "transfers/letter.html", context)


def _is_good(letter: Letter) -> bool:
    return letter.voided_on is None and letter.used_on is None and not rules.has_expired(letter.valid_until, timezone.localdate())


def _serial(request) -> int | None:
    """An earlier letter of the same transfer, by its number."""
    return number_named(request.GET.get("number"))


@never_cache
def verify(request):
    """Whether a letter on paper is true: open to everybody, a few questions a minute, and no whole name in the answer."""
    typed = request.GET.get("code", "")
    if not typed:
        return page(request, "transfers/verify.html", {"typed": ""})
    if not PublicPageThrottle().allow_request(request, None):
        return page(request, "transfers/verify.html", {"typed": typed, "throttled": True}, status=429)
    verdict = selectors.verdict(rules.tidy_code(typed), timezone.localdate())
    masked = mask_name(verdict.letter.transfer.person_name) if verdict.letter else ""
    return page(request, "transfers/verify.html", {"typed": typed[:20], "verdict": verdict, "masked": masked})
