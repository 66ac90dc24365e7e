"""Drafting: a draft begun, its head and its parts changed one small form at a time, a draft deleted."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from partyportal.core.errors import DomainError, Stale
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page
from points import services
from points.forms.parts import PARTS
from points.forms.schemes import BLANK, BeginForm, GradeFormSet, HeadForm, grades_of
from points.models import Scheme
from points.rules import content
from points.rules.findings import anchor_of
from points.schemes import BY_CODE as TEMPLATES
from points.selectors.drafts import own_kinds
from points.selectors.schemes import drafting_places, readable_schemes, require_draft
from points.views.schemes import readable_or_404, revision_read

EMPTY = content.Scheme(name="党员积分管理办法", categories=(), items=())
WORDS = {"category": "类别", "item": "项目", "multiplier": "系数", "threshold": "等次"}
# What a grade's amount is called, and how the grades are written.
GRADES = {
    "item": ("分值", "一件事分县级、市级等档次的，每档写一行；不分档的空着。删一档就清空它的名称和数。"),
    "multiplier": (
        "系数",
        "每一档乘多少，如 1.2、1、0.9；档次的名称照登记时的写。清空一档的名称和数就是删去；一档都不写，按那次记实的数乘。",
    ),
}


@login_required
def scheme_new(request):
    """A draft from a version or a template."""
    today = timezone.localdate()
    places = drafting_places(request.user, today).order_by("path")
    if not places.exists():
        raise PermissionDenied("points.scheme")
    versions = list(readable_schemes(request.user, today).order_by("organisation__code", "-version")[:30])
    origin = request.GET.get("origin", "")
    start = date(today.year + 1, 1, 1)
    initial = {"start": start, "origin": origin or (str(versions[0].uid) if versions else "default")}
    if chosen := next((one for one in versions if str(one.uid) == origin), None):
        initial["organisation"] = chosen.organisation.code
    form = BeginForm(request.POST or None, places=places, versions=versions, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        kept = {"organisation": said["organisation"], "start": said["start"], "by": request.user}
        with refusals(form):
            if said["origin"] == BLANK:
                draft = services.begin_from_text(EMPTY, **kept)
            elif template := TEMPLATES.get(said["origin"]):
                draft = services.begin_from_template(template, **kept)
            else:
                version = next(one for one in versions if str(one.uid) == said["origin"])
                draft = services.begin_from_version(version, **kept)
            messages.success(request, "已起草。发布以前只有能制定办法的人看得到。")
            return redirect("points:scheme", draft.uid)
    context = {"form": form, "templates": list(TEMPLATES.values())}
    return page(request, "points/scheme_new.html", context, status=422 if form.errors else None)


@login_required
def scheme_head(request, uid):
    """Name, number, first day, total."""
    scheme = _draft(request, uid)
    initial = {name: getattr(scheme, name) for name in HeadForm.base_fields}
    form = HeadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(form, services.edit_head, scheme, by=request.user, **form.said):
        return redirect("points:scheme", scheme.uid)
    return _form_page(request, scheme, form, "总则")


@login_required
def scheme_delete(request, uid):
    """Say what ends with a draft, then delete it."""
    scheme = _draft(request, uid)
    if request.method == "POST":
        try:
            services.delete_draft(scheme, revision=revision_read(request), by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("points:scheme", scheme.uid)
        messages.success(request, "草稿已删去。")
        return redirect("points:schemes")
    return page(request, "points/scheme_delete.html", {"scheme": scheme})


PUT = {
    "category": services.put_category,
    "item": services.put_item,
    "multiplier": services.put_multiplier,
    "threshold": services.put_threshold,
}


@login_required
def part_new(request, uid, part):
    """One more category, item, ratio or grade."""
    return _part(request, _draft(request, uid), part, None)


@login_required
def part(request, uid, part, key):
    """Another text of one part."""
    return _part(request, _draft(request, uid), part, key)


def _part(request, scheme: Scheme, part: str, key: str | None):
    kind, row = PARTS[part], None
    if key is not None and (row := kind.rows(scheme).get(key)) is None:
        raise Http404
    usual = kind.usual | {k: v for k, v in request.GET.items() if k == "category"}
    initial = {"revision": scheme.revision} | (kind.initial(row) if row else usual)
    extra = {"scheme": scheme, "own_kinds": own_kinds(scheme)} if kind.takes_scheme else {}
    form = kind.form(request.POST or None, initial=initial, **extra)
    grades = None
    if kind.grades:
        held = (
            [{"code": one.code, "name": one.name, "amount": getattr(one, kind.grades)} for one in row.grades.all()]
            if row
            else kind.usual_grades
        )
        grades = GradeFormSet(request.POST or None, initial=held, prefix="grades")
    if request.method == "POST" and form.is_valid() and (grades is None or grades.is_valid()):
        named = {} if key is None else {kind.named: _named(part, key)}
        graded = {} if grades is None else {"grades": grades_of(grades, kind.grades)}
        if _saved(form, PUT[part], scheme, by=request.user, **named, **graded, **form.said):
            at = anchor_of(part, key or "") if key and part in {"category", "item", "multiplier"} else f"{part}s"
            return redirect(reverse("points:scheme", args=[scheme.uid]) + f"#{at}")
    title = f"{'改' if row else '加'}{WORDS[part]}"
    word, lead = GRADES.get(part, ("", ""))
    return _form_page(request, scheme, form, title, part=part, key=key, grades=grades, grade_word=word, grade_lead=lead)


def _named(part: str, key: str):
    """How the service names what the address names."""
    if part == "multiplier":
        return "" if key == "total" else key
    if part == "threshold":
        period, of, points = key.split("-", 2)
        try:
            return (period, of, Decimal(points))
        except InvalidOperation:
            raise Http404 from None
    return key


@login_required
def part_remove(request, uid, part, key):
    """Take one part out of a draft."""
    scheme = _draft(request, uid)
    row = PARTS[part].rows(scheme).get(key)
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            services.remove_part(scheme, row, revision=revision_read(request), by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"已删去“{row.name}”。")
        return redirect("points:scheme", scheme.uid)
    return redirect("points:scheme_part", scheme.uid, part, key)


def _draft(request, uid) -> Scheme:
    """A draft one may change; a published version only tells that it is frozen."""
    scheme = readable_or_404(request, uid)
    require_draft(request.user, scheme.organisation, timezone.localdate())
    return scheme


def _saved(form, put, scheme: Scheme, *, by, **said) -> bool:
    """Whether the service took it; what it refused stands at its field, and what was typed stays."""
    try:
        put(scheme, revision=form.cleaned_data["revision"], by=by, **said)
    except Stale as refusal:
        refuse(form, refusal)
        fresh = get_object_or_404(Scheme, pk=scheme.pk)
        form.data = form.data.copy()
        form.data["revision"] = fresh.revision
        return False
    except (DomainError, ValidationError) as refusal:
        refuse(form, refusal)
        return False
    return True


def _form_page(request, scheme: Scheme, form, title: str, **more):
    if not scheme.is_draft and not form.errors:
        messages.error(request, "这一版已经发布，不能再改。要改就从它另起一稿。")
        return redirect("points:scheme", scheme.uid)
    context = {"scheme": scheme, "form": form, "part_title": title, "part": "", "key": None, "grades": None} | more
    return page(request, "points/scheme_part.html", context, status=422 if request.method == "POST" else None)
