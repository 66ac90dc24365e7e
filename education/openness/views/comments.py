"""Comments: saying one under a piece, the lists of who moderates and answers, and one with its acts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from education.openness import rules
from education.openness.forms import COMMENT_ACTS, COMMENT_DONE, CommentActForm, CommentForm
from education.openness.models import Comment, Piece
from education.openness.selectors import comments as selectors
from education.openness.services import comments as services
from education.openness.views.pieces import page_of
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

COMMENTS_A_PAGE = 30
RELATED = ("by", "piece__organisation", "piece__edition")
_SERVICE = {rules.PASS: "pass_"}


@login_required
@require_POST
def comment_new(request, uid):
    """留言 or 提问 under a piece; what is refused stands on its page with what was typed."""
    related = ("organisation", "audience", "member", "topic", "edition", "written_by")
    held = get_object_or_404(Piece.objects.visible_to(request.user).standing().select_related(*related).defer("member__id_number"), uid=uid)
    form = CommentForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        with refusals(form):
            services.say(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已送出，审核以后公开。")
            return redirect("openness:piece", uid)
    return page_of(request, held, comment_form=form, status=422)


@login_required
def comments(request):
    """留言: what waits for a moderator, for a word on a report, for an answer; and one's own."""
    user = request.user
    tabs = [
        tab for tab in selectors.TABS if tab[0] == "mine" or can(user, "openness.disclose" if tab[0] == "answer" else "openness.review")
    ]
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(tabs) else tabs[0][0]
    today, found = timezone.localdate(), selectors.listed(user, tab)
    context = {
        "page": Paginator(found, COMMENTS_A_PAGE).get_page(request.GET.get("page")),
        "tabs": [(label, f"?tab={key}", key == tab) for key, label in tabs],
        "tab": tab,
        "today": today,
    }
    return page(request, "openness/comments.html", context)


@never_cache
@login_required
def comment(request, uid):
    """One comment: who said it, what stands around it, whose turn it is."""
    return _page_of(request, _comment(request, uid))


@login_required
@require_POST
def comment_act(request, uid, act):
    """Do one act; what is refused comes back on the same page with what was typed."""
    act = act.replace("-", "_")
    if act not in COMMENT_ACTS:
        raise Http404
    held = _comment(request, uid)
    _require(request.user, act, held)
    form = CommentActForm(request.POST, act=act)
    if form.is_valid():
        with refusals(form):
            getattr(services, _SERVICE.get(act, act))(
                held, note=form.cleaned_data.get("note", ""), by=request.user, today=timezone.localdate()
            )
            messages.success(request, COMMENT_DONE[act])
            gone = act in {rules.REPORT, rules.TAKE_BACK}
            return redirect("openness:piece", held.piece.uid) if gone else redirect("openness:comment", uid)
    return _page_of(request, _comment(request, uid), act=act, form=form, status=422)


def _require(user, act: str, held: Comment) -> None:
    """The verb of an act; reporting is every reader's, taking back the author's own."""
    if act == rules.REPORT:
        return
    if act == rules.TAKE_BACK:
        if held.by_id != user.pk:
            raise PermissionDenied(act)
        return
    require(user, "openness.disclose" if act == "answer" else "openness.review", held.piece.organisation)


def _comment(request, uid) -> Comment:
    return get_object_or_404(Comment.objects.visible_to(request.user).select_related(*RELATED).defer("piece__text"), uid=uid)


def _page_of(request, held: Comment, *, act: str = "", form=None, status: int | None = None):
    acts, why = selectors.acts_open(request.user, held)
    if form is not None and act not in acts:
        messages.error(request, "；".join(form.non_field_errors()) or "这条留言刚才有人办过。")
    offered = [
        {
            "act": one.replace("_", "-"),
            "label": COMMENT_ACTS[one],
            "key": one,
            "form": form if form is not None and one == act else CommentActForm(act=one),
        }
        for one in acts
    ]
    moderates = can(request.user, "openness.review", held.piece.organisation)
    own = held.by_id == request.user.pk
    context = {
        "comment": held,
        "title": held.piece.edition.title if held.piece.edition else held.piece.title,
        "acts": offered,
        "why": why,
        "who": held.by.name if moderates or own else held.signed,
        "home": selectors.home_of(held) if moderates else "",
        "answers": held.answers.select_related("by"),
        # Who reported it is nobody's business but the moderator's; its author reads why it was refused.
        "steps": held.steps.select_related("by") if moderates else held.steps.exclude(act__in=[rules.REPORT, rules.KEEP]) if own else [],
        "moderates": moderates,
        "is_late": selectors.is_late(held, timezone.localdate()),
    }
    return page(request, "openness/comment.html", context, status=status)
