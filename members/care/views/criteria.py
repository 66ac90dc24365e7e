"""Pages of the criteria: the table, one list with its versions, and the editor of a draft with what it would change."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.care.forms.criteria import CriterionForm, EnactForm, LineForm, SourceForm, StopForm
from members.care.models import Criterion, CriterionVersion
from members.care.rules import trees
from members.care.rules.criteria import LEAF_LABELS, LEAVES, Unfit
from members.care.rules.reasons import described
from members.care.selectors import criteria as selectors
from members.care.services import criteria as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named

SET = "care.criteria"
CHANGES = ("remove", "turn", "negate", "all", "any", "discard")


@login_required
def criteria(request):
    """Every list with its conditions in words, its source, and the draft somebody is at."""
    require(request.user, "care.see")
    today = timezone.localdate()
    rows = [
        (row, described((row.current or row.ahead).node) if row.current or row.ahead else [])
        for row in selectors.table(request.user, on=today)
    ]
    return page(request, "care/criteria.html", {"rows": rows, "may_set": can(request.user, SET)})


@login_required
def criterion_new(request):
    """A list of the county's own."""
    require(request.user, SET)
    form = CriterionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        root = Organisation.objects.where(request.user, SET).order_by("path").first()
        with refusals(form):
            draft = services.found_criterion(organisation=root, by=request.user, **form.cleaned_data)
            return redirect("care:draft", draft.uid)
    return page(request, "care/criterion_new.html", {"form": form}, status=422 if form.errors else None)


@login_required
def criterion(request, code):
    """One list: what it asks now, and every version it ever had."""
    require(request.user, "care.see")
    return _criterion_page(request, _criterion(request, code))


@login_required
@require_POST
def criterion_draft(request, code):
    """Begin the next version."""
    held = _criterion(request, code)
    _require_set(request, held)
    try:
        draft = services.begin_draft(held, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("care:criterion", code)
    return redirect("care:draft", draft.uid)


@login_required
@require_POST
def criterion_stop(request, code):
    """No such list any more from a day on."""
    held, today = _criterion(request, code), timezone.localdate()
    _require_set(request, held)
    form, current = StopForm(request.POST), held.versions.in_force(today).first()
    if current is None:
        raise Http404
    if form.is_valid():
        with refusals(form):
            services.stop(current, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, "已定下停用的日子。定过的名单不变。")
            return redirect("care:criterion", code)
    return _criterion_page(request, held, form=form, status=422)


@login_required
@never_cache
def draft(request, uid):
    """The editor: the lines of the tree, what is wrong with them, whom they would name; `?at=…&kind=…` opens a line's form."""
    held = _draft(request, uid)
    line = None
    if kind := request.GET.get("kind"):
        if kind not in LEAVES:
            raise Http404
        line = _line_form(request.GET.get("at", ""), kind, is_new=True)
    elif "edit" in request.GET:
        leaf = _node(held, request.GET["edit"])
        line = _line_form(request.GET["edit"], leaf.get("leaf"), is_new=False, leaf=leaf)
    return _draft_page(request, held, line=line)


@login_required
@require_POST
def draft_line(request, uid, kind):
    """Add a line, or write another text of one."""
    held = _draft(request, uid)
    if kind not in LEAVES:
        raise Http404
    form = LineForm(request.POST, kind=kind)
    at, is_new = request.POST.get("at", ""), request.POST.get("new") == "1"
    line = {"form": form, "at": at, "kind": kind, "is_new": is_new, "label": LEAF_LABELS[kind]}
    if form.is_valid():
        with refusals(form):
            services.put_line(held, at=at, leaf=form.leaf, is_new=is_new, revision=_revision(request), by=request.user)
            return redirect("care:draft", uid)
    return _draft_page(request, held, line=line, status=422)


@login_required
@require_POST
def draft_change(request, uid, how):
    """Take a node out, turn 全部 and 任一, put 不能是 before it, add a group, or give the draft up."""
    held = _draft(request, uid)
    if how not in CHANGES:
        raise Http404
    told = {"revision": _revision(request), "by": request.user}
    try:
        if how == "discard":
            services.discard_draft(held, **told)
            messages.success(request, "这一稿已经放弃。")
            return redirect("care:criteria")
        if how in trees.GROUPS:
            services.add_group(held, at=request.POST.get("at", ""), word=how, **told)
        else:
            services.change_node(held, at=request.POST.get("at", ""), how=how, **told)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _draft_page(request, _draft(request, uid), status=422)
    return redirect("care:draft", uid)


@login_required
@require_POST
def draft_source(request, uid):
    """Which paper says so."""
    held, form = _draft(request, uid), SourceForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.edit_source(held, by=request.user, **form.cleaned_data)
            messages.success(request, "依据已保存。")
            return redirect("care:draft", uid)
    return _draft_page(request, held, source=form, status=422)


@login_required
@require_POST
def draft_enact(request, uid):
    """Put the draft in force from a day on."""
    held, form = _draft(request, uid), EnactForm(request.POST)
    if form.is_valid():
        with refusals(form):
            done = services.enact(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, f"第 {done.number} 版从 {done.start:%Y-%m-%d} 起施行。")
            return redirect("care:criterion", done.criterion.code)
    return _draft_page(request, _draft(request, uid), enacting=form, status=422)


def _criterion(request, code) -> Criterion:
    return get_object_or_404(Criterion.objects.visible_to(request.user).select_related("organisation"), code=code)


def _require_set(request, held: Criterion) -> None:
    """Of a list that comes with the portal whoever sets criteria anywhere may write a version; of one's own, whoever may there."""
    require(request.user, SET, held.organisation)


def _draft(request, uid) -> CriterionVersion:
    seen = CriterionVersion.objects.visible_to(request.user).drafts().select_related("criterion__organisation", "written_by")
    held = get_object_or_404(seen, uid=uid)
    _require_set(request, held.criterion)
    return held


def _criterion_page(request, held: Criterion, *, form=None, status: int | None = None):
    today = timezone.localdate()
    versions = list(held.versions.select_related("written_by", "enacted_by", "ended_by").order_by("-number"))
    current = next((one for one in versions if one.enacted_at and one.start <= today and (one.end is None or one.end > today)), None)
    may_set = can(request.user, SET, held.organisation)
    context = {
        "criterion": held,
        "current": current,
        "draft": next((one for one in versions if one.enacted_at is None), None),
        "versions": [(one, described(one.node)) for one in versions if one.enacted_at],
        "may_set": may_set,
        "form": form or (StopForm() if may_set and current is not None and current.end is None else None),
    }
    return page(request, "care/criterion.html", context, status=status)


def _revision(request) -> int:
    return number_named(request.POST.get("revision")) or 0


def _node(held: CriterionVersion, at: str) -> dict:
    try:
        node = trees.node_at(trees.editable(held.tree), at)
    except trees.NoPlace:
        raise Http404 from None
    if node.get("leaf") not in LEAVES:
        raise Http404
    return node


def _line_form(at: str, kind: str, *, is_new: bool, leaf: dict | None = None) -> dict:
    form = LineForm(kind=kind, initial=LineForm.initial_of(kind, leaf))
    return {"form": form, "at": at, "kind": kind, "is_new": is_new, "label": LEAF_LABELS[kind]}


def _draft_page(request, held: CriterionVersion, *, line=None, source=None, enacting=None, status: int | None = None):
    today = timezone.localdate()
    try:
        shown, fault = selectors.preview(held, user=request.user, on=today), ""
    except Unfit as unfit:
        shown, fault = None, "；".join(dict.fromkeys(one.message for one in unfit.faults))
    base = reverse("care:draft", args=[held.uid])
    context = {
        "draft": held,
        "criterion": held.criterion,
        "lines": selectors.lines_of(held.tree),
        "kinds": [(kind, label) for kind, label in LEAF_LABELS.items()],
        "groups": [("all", "加一组“全部”"), ("any", "加一组“任一”")],
        "line": line,
        "base": base,
        "preview": shown,
        "fault": fault,
        "second": shown is not None and shown.fewer > 0 and held.written_by_id == request.user.pk,
        "source": source or SourceForm(initial={"source": held.source, "document_number": held.document_number, "revision": held.revision}),
        "enacting": enacting or EnactForm(initial={"start": today, "revision": held.revision}),
    }
    return page(request, "care/draft.html", context, status=status)
