"""The pipeline, one person's file, and a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from branches.access import can, require
from branches.asked import organisation_asked
from branches.models import Organisation
from members.development.forms import AnalysisForm, CaseForm
from members.development.models import Analysis, Case
from members.development.rules.procedure import STAGE_NAMES, STAGES, VERSIONS
from members.development.selectors import authority, file, pipeline
from members.development.selectors.facts import last_done
from members.development.services import cases as services
from members.development.services.evidence import analyse
from members.development.services.exports import export_cases
from members.development.services.steps import WRITTEN_INTO_ROSTER
from members.models import Member
from members.rules.ages import whole_years
from partyportal.core.errors import DomainError, Stale
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page, query_with
from partyportal.core.sheets import sheet_response

CASES_A_PAGE = 50
ASKED = ("q", "stage", "state", "due")


def case_or_404(request, uid) -> Case:
    """The case in sight, of a user who keeps such files."""
    rows = Case.objects.visible_to(request.user).select_related("organisation__parent", "member__branch__parent")
    case = get_object_or_404(rows, uid=uid)
    require(request.user, "development.record", case.branch)
    return case


@login_required
def cases(request):
    """Everybody on the way, overdue first: counted by stage, narrowed by the address alone."""
    require(request.user, "development.record")
    within, today = organisation_asked(request), timezone.localdate()
    everybody = Case.objects.where(request.user, "development.record")
    if within:
        everybody = everybody.within(within)
    asked = {name: request.GET.get(name, "") for name in ASKED}
    found = pipeline.in_order(pipeline.narrowed(everybody, today=today, **asked), request.GET.get("sort", ""))
    found = found.select_related("organisation__parent", "member__branch__parent").defer("id_number", "member__id_number")
    if request.GET.get("format") == "xlsx":
        sheet = export_cases(found, by=request.user, path=within.path if within else "", today=today)
        return sheet_response(sheet, f"发展党员-{today:%Y%m%d}.xlsx")
    context = {
        "page": Paginator(found, CASES_A_PAGE).get_page(request.GET.get("page")),
        "counts": pipeline.counts(everybody, today=today),
        "within": within,
        "asked": any(asked.values()),
        "may_decide": can(request.user, "development.decide"),
        "stage": asked["stage"],
        "due": asked["due"],
        "today": today,
        "stages": [("", "全部"), *((str(stage), name) for stage, name in STAGE_NAMES.items())],
        "states": [("", "正在发展"), *(choice for choice in Case.State.choices if choice[0] != Case.State.OPEN)],
        "dues": [("", "不限"), *pipeline.DUE],
        "export_query": query_with(request, format="xlsx"),
        "base": f"organisation={within.code}&" if within else "",
    }
    return page(request, "development/cases.html", context, fragment="development/_cases.html")


@never_cache
@login_required
def case(request, uid):
    """One person: where they are, what is next, by when, and what is missing."""
    return page(request, "development/case.html", _file_page(request, case_or_404(request, uid)))


def _file_page(request, held: Case) -> dict:
    user, today, branch = request.user, timezone.localdate(), held.branch
    shown = file.file_of(held, today=today)
    step, may_do, waits_for = shown.outlook.step, False, ""
    if held.is_open and step is not None:
        able = authority.approver_of(branch, today) if step.decider.needs_power else authority.committee_of(branch)
        if step.decider.superior:
            may_do = able is not None and able in authority.acting_for(user, branch)
            waits_for = str(able or "有审批权限的党委（还没有登记）")
        else:
            may_do, waits_for = can(user, "development.record", branch), step.decider.label
    companions = held.companions.select_related("member").order_by("kind", "start", "pk")
    return {
        "case": held,
        "branch": branch,
        "file": shown,
        "step": step if held.is_open else None,
        "step_words": f"第 {step.number} 步" if step else "",
        "may_do": may_do,
        "waits_for": waits_for,
        "age": whole_years(held.birth_on, today),
        "stage_name": STAGE_NAMES[held.stage],
        "companions": companions,
        "inspections": file.inspections_of(held),
        "publicities": held.publicities.order_by("-start"),
        "places": held.places.select_related("organisation").order_by("start"),
        "stopped_words": f"{held.closed_on} 终止：{held.get_stop_reason_display()}。{held.stop_note}" if held.stop_reason else "",
        "may_void": held.is_open and may_void(user, held),
        "today": today,
        "may_publicise": held.is_open and "candidate_agreed" in shown.facts.days and "assembly" not in shown.facts.days,
        "may_inspect": held.is_open and ("activist" in shown.facts.days or held.member_id),
        "may_change_contacts": held.is_open and "contacts" in shown.facts.days and not held.member_id,
        "may_postpone": held.is_open and held.member_id and "full_assembly" not in shown.facts.days,
    }


def may_void(user, held: Case) -> bool:
    """Whether the last step is this user's to take back: what a committee decided is the committee's."""
    last = last_done(held)
    if last is None or last.step in WRITTEN_INTO_ROSTER | {"apply"}:
        return False
    return can(user, "development.decide" if held.rules.by_code[last.step].decider.superior else "development.record", held.branch)


@never_cache
@login_required
@sensitive_post_parameters("id_number")
def new(request):
    """Register a written application."""
    require(request.user, "development.record")
    today = timezone.localdate()
    branches = Organisation.objects.where(request.user, "development.record").branches().existing()
    only = list(branches[:2])
    first = {"applied_on": today, "organisation": request.GET.get("organisation", "") or (only[0].short_name if len(only) == 1 else "")}
    form = CaseForm(request.POST or None, branches=branches, initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            held = services.open_case(by=request.user, today=today, **form.content())
            messages.success(request, f"已登记{held.name}的入党申请，按{held.get_procedure_display()}办。一个月内派人谈话。")
            return redirect("development:case", held.uid)
    return page(request, "development/new.html", {"form": form}, status=422 if form.errors else None)


@never_cache
@login_required
@sensitive_post_parameters("id_number")
def edit(request, uid):
    """Correct what is kept of the person."""
    held, today = case_or_404(request, uid), timezone.localdate()
    if held.member_id:
        messages.info(request, f"{held.name}已经是预备党员，资料在这里改。")
        return redirect("members:member", held.member.uid)
    form = CaseForm(request.POST or None, branches=Organisation.objects.none(), case=held)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_case(held, by=request.user, today=today, **form.content())
        except Stale as refusal:
            data = request.POST.copy()
            data["version"] = Case.objects.get(pk=held.pk).version
            form = CaseForm(data, branches=Organisation.objects.none(), case=held)
            form.is_valid()
            refuse(form, refusal)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{form.cleaned_data['name']}的资料已改好。")
            return redirect("development:case", uid)
    context = {
        "case": held,
        "form": form,
        "title": f"改{held.name}的资料",
        "button": "存好",
        "note": "换支部走“转到别的支部”，不在这里改。",
    }
    return page(request, "development/act.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def member(request, uid):
    """转正 of a member: their case if there is one; of a probationary member of the roster, the page that opens it."""
    person = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch"), uid=uid)
    require(request.user, "development.record", person.branch)
    known = Case.objects.filter(member=person).order_by("state", "-id").first()
    if known is not None and (known.is_open or person.category == Member.Category.FULL):
        return redirect("development:case", known.uid)
    if request.method == "POST":
        try:
            held = services.open_for_member(person, by=request.user, today=timezone.localdate())
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("members:member", uid)
        messages.success(request, f"已给{person.name}建发展档案，从继续教育考察接着办。")
        return redirect("development:case", held.uid)
    return page(request, "development/member.html", {"person": person})


@login_required
def rules(request):
    """The twenty-five steps with their articles, in both versions."""
    require(request.user, "development.record")
    old, new = VERSIONS.values()
    rows = [(name, [(step, old.by_code[step.code]) for step in new.steps if step.stage == stage]) for stage, name in STAGES.items()]
    return page(request, "development/rules.html", {"rows": rows, "old": old, "new": new})


@login_required
def analysis(request):
    """年度分析: what the committees in sight found, and this user's own to be written."""
    require(request.user, "development.decide")
    today = timezone.localdate()
    committees = list(
        Organisation.objects.where(request.user, "development.decide")
        .existing()
        .filter(kind__in=authority.COMMITTEES)
        .order_by("path")[:200]
    )
    form = AnalysisForm(request.POST or None, committees=committees, today=today)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        code = said.pop("organisation")
        committee = next(one for one in committees if one.code == code)
        with refusals(form):
            analyse(organisation=committee, by=request.user, today=today, **said)
            messages.success(request, f"{committee} {said['year']} 年的分析已登记。")
            return redirect("development:analysis")
    written = Analysis.objects.where(request.user, "development.decide").select_related("organisation", "recorded_by")
    shown = Paginator(written, CASES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "development/analysis.html", {"form": form, "page": shown}, status=422 if form.errors else None)
