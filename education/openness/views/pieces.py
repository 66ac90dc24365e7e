"""One piece: writing it, reading it, and the acts that move it on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from branches.views.where import choose_organisation
from education.openness import rules
from education.openness.forms import ACTS, DONE, LABELS, ActForm, CommentForm, PieceForm
from education.openness.models import Piece
from education.openness.parameters import WITHOUT_LOGIN
from education.openness.selectors import comments as talked
from education.openness.selectors import pieces as selectors
from education.openness.services import pieces as services
from partyportal.core.attachments import streamed
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.models import Attachment
from partyportal.core.parameters import value_on

Sort = Piece.Sort
COMMENTS_A_PAGE = 20


@never_cache
@login_required
def piece_new(request):
    """写稿: of which organisation is asked first where there are several."""
    sort = request.GET.get("sort")
    if sort not in Sort.values:
        raise Http404
    require(request.user, "openness.disclose")
    organisation = _organisation(request)
    if organisation is None:
        own = Organisation.objects.where(request.user, "openness.disclose").existing().exclude(kind=Organisation.Kind.GROUP)
        back = ("先进事迹", reverse("openness:exemplars")) if sort == Sort.EXEMPLAR else ("党务公开", reverse("openness:disclosures"))
        return choose_organisation(request, own, title=f"写{Sort(sort).label}", act="写", back=back, keep="sort topic")
    require(request.user, "openness.disclose", organisation)
    reach = Piece.Reach.BRANCH if organisation.is_branch else Piece.Reach.TOWNSHIP
    form = PieceForm(
        request.POST or None,
        request.FILES or None,
        organisation=organisation,
        sort=sort,
        initial={"reach": reach, "topic": request.GET.get("topic")},
    )
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.draft(organisation, sort=sort, by=request.user, today=timezone.localdate(), **form.said)
            messages.success(request, "草稿已存。看一遍，再送审。")
            return redirect("openness:piece", made.uid)
    context = {"form": form, "organisation": organisation, "piece": None, "label": Sort(sort).label, "sort": sort, "files": []}
    return page(request, "openness/piece_form.html", context, status=422 if form.errors else None)


def _organisation(request) -> Organisation | None:
    if code := request.GET.get("organisation"):
        return get_object_or_404(Organisation.objects.visible_to(request.user).existing().exclude(kind=Organisation.Kind.GROUP), code=code)
    own = Organisation.objects.where(request.user, "openness.disclose").existing().exclude(kind=Organisation.Kind.GROUP)
    two = list(own[:2])
    return two[0] if len(two) == 1 else None


@never_cache
@login_required
def piece_edit(request, uid):
    """改稿: a draft, or the correction of what is published."""
    held = _piece(request, uid)
    require(request.user, "openness.disclose", held.organisation)
    if not rules.may(rules.REVISE, held.state):
        messages.error(request, "送审和公开了的不能改。先退回，或者用更正。")
        return redirect("openness:piece", uid)
    initial = {name: getattr(held, name) for name in ("title", "text", "reach", "until", "video_url", "version")}
    form = PieceForm(
        request.POST or None, request.FILES or None, organisation=held.organisation, sort=held.sort, piece=held, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.revise(held, by=request.user, today=timezone.localdate(), **form.said)
            messages.success(request, "已改。")
            return redirect("openness:piece", uid)
    context = {
        "form": form,
        "organisation": held.organisation,
        "piece": held,
        "label": held.get_sort_display(),
        "sort": held.sort,
        "files": selectors.files_of(held),
    }
    return page(request, "openness/piece_form.html", context, status=422 if form.errors else None)


def piece(request, uid):
    """One piece as it is read; to who writes and reviews it also the draft, the hints and the acts."""
    if not request.user.is_authenticated:
        if not value_on(timezone.localdate(), WITHOUT_LOGIN):
            return redirect_to_login(request.get_full_path())
        held = Piece.objects.open_to_all().select_related(*selectors.RELATED).filter(uid=uid).first()
        return page_of(request, held) if held else redirect_to_login(request.get_full_path())
    return page_of(request, _piece(request, uid))


def piece_file(request, uid, file):
    """A photo or paper, to whoever reads what it belongs to: the edition's to readers, the draft's to who works on it."""
    if request.user.is_authenticated:
        held = _piece(request, uid)
    elif value_on(timezone.localdate(), WITHOUT_LOGIN):
        held = get_object_or_404(Piece.objects.open_to_all(), uid=uid)
    else:
        return redirect_to_login(request.get_full_path())
    files = Attachment.objects.filter(pk__in=_holder(request.user, held).files.values("pk"))
    if held.edition_id:
        files |= Attachment.objects.filter(pk__in=held.edition.files.values("pk"))
    return streamed(get_object_or_404(files, uid=file))


@login_required
@require_POST
def piece_act(request, uid, act):
    """Do one act; what is refused comes back on the same page with what was typed."""
    act = act.replace("-", "_")
    if act not in ACTS:
        raise Http404
    held = _piece(request, uid)
    _require(request.user, act, held)
    form = ActForm(request.POST, act=act, is_self=_is_self(request.user, held))
    if form.is_valid():
        with refusals(form):
            getattr(services, act)(held, by=request.user, today=timezone.localdate(), **form.said)
            messages.success(request, DONE[act])
            return _onward(act, held)
    return page_of(request, _piece(request, uid), act=act, form=form, status=422)


def _onward(act: str, held: Piece):
    """What is withdrawn may be out of sight, so its list; what is corrected is typed into next."""
    if act == rules.WITHDRAW:
        return redirect("openness:exemplars" if held.sort == Sort.EXEMPLAR else "openness:disclosures")
    return redirect("openness:piece_edit" if act == rules.CORRECT else "openness:piece", held.uid)


def _require(user, act: str, held: Piece) -> None:
    """The verb of an act; agreeing and withdrawing are also the person's own."""
    if act in {rules.CONSENT, rules.WITHDRAW} and _is_self(user, held):
        return
    if act in {rules.PUBLISH, rules.SEND_BACK}:
        if not services.may_review(held, user):
            raise PermissionDenied("openness.review")
        return
    require(user, "openness.disclose", held.organisation)


def _is_self(user, held: Piece) -> bool:
    return held.member is not None and held.member.user_id == user.pk


def _piece(request, uid) -> Piece:
    return get_object_or_404(Piece.objects.visible_to(request.user).select_related(*selectors.RELATED).defer("member__id_number"), uid=uid)


def _works_on(user, held: Piece) -> bool:
    """Whether the user reads the draft: who writes or reviews it, and whom it is about."""
    return user.is_authenticated and (
        can(user, "openness.disclose", held.organisation) or can(user, "openness.review", held.audience) or _is_self(user, held)
    )


def _holder(user, held: Piece):
    """Whose words this user reads: the draft's while it differs from what is published, else the edition's."""
    draft = held.state != Piece.State.PUBLISHED and _works_on(user, held)
    return held if draft or held.edition is None else held.edition


def page_of(request, held: Piece, *, act: str = "", form=None, comment_form=None, status: int | None = None):
    """The page of a piece, with a refused form in its place."""
    user, shown = request.user, _holder(request.user, held)
    works = _works_on(user, held)
    acts, why = selectors.acts_open(user, held) if works else ([], "")
    if form is not None and act not in acts:
        messages.error(request, "；".join(form.non_field_errors()) or "这篇刚才有人办过。看过再办。")
    is_self = user.is_authenticated and _is_self(user, held)
    offered = [
        {
            "act": one.replace("_", "-"),
            "key": one,
            "label": LABELS[one] if one != rules.CONSENT or is_self else "登记书面同意",
            "form": form if form is not None and one == act else ActForm(act=one, is_self=is_self, initial={"version": held.version}),
        }
        for one in acts
    ]
    editions = list(held.editions.select_related("reviewed_by")) if held.edition_id else []
    context = {
        "piece": held,
        "shown": shown,
        "is_draft": shown is held,
        "files": selectors.files_of(shown),
        "acts": offered,
        "why": why,
        "works": works,
        "may_edit": works and rules.may(rules.REVISE, held.state) and can(user, "openness.disclose", held.organisation),
        "names": selectors.names_in(held) if works and shown is held else [],
        "editions": editions,
        "steps": held.steps.select_related("by") if works else [],
        "is_exemplar": held.sort == Sort.EXEMPLAR,
        "talk": None,
    }
    if held.is_standing:
        talk = Paginator(talked.under(held, user), COMMENTS_A_PAGE).get_page(request.GET.get("page"))
        if user.is_authenticated:
            context["comment_form"] = comment_form or CommentForm(today=timezone.localdate())
        context |= {"talk": talk, "page": talk}
    return page(request, "openness/piece.html", context, status=status)
