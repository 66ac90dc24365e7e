"""What is done to a case, one page for each act: the next step, papers, inspections, 公示, people, corrections."""

from collections.abc import Callable
from datetime import date

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import require
from branches.models import Organisation
from members.development import forms
from members.development.models import Case, StepRecord
from members.development.rules.steps import MATERIALS
from members.development.selectors.authority import acting_for, approver_of, committee_of
from members.development.selectors.facts import facts_of, last_done, outlook_of, rules_on
from members.development.services import cases, evidence, steps
from members.development.views.cases import case_or_404
from members.selectors.voters import voters_on
from partyportal.core.days import day_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@never_cache
@login_required
def step(request, uid, code):
    """Record a step. The address names it, so a page left open says what has been done meanwhile instead of doing the next."""
    held, today = case_or_404(request, uid), timezone.localdate()
    rules = rules_on(held, _day(request, today))
    if code not in rules.by_code:
        return redirect("development:case", uid)
    asked, facts = rules.by_code[code], facts_of(held)
    committees = acting_for(request.user, held.branch) if asked.decider.superior else []
    if asked.decider.superior and not committees:
        raise PermissionDenied("development.decide")
    able = approver_of(held.branch, today) if asked.decider.needs_power else committee_of(held.branch)
    form = forms.StepForm(
        request.POST if request.POST.get("act") == "record" else None,
        step=asked,
        rules=rules,
        facts=facts,
        committees=committees,
        chosen=able if able in committees else None,
        people=voters_on(held.branch, _day(request, today)),
        today=today,
    )
    # Read again for another day, or counted elsewhere (a vote of the meeting's own page): filled in, and looked at before it is recorded.
    form.initial |= request.POST.dict() if request.POST.get("act") == "reread" else request.GET.dict()
    if form.is_bound and form.is_valid():
        with refusals(form):
            record = steps.record_step(held, step=code, said=form.said(), by=request.user, today=today, organisation=form.organisation)
            _say(request, held, record)
            return redirect("development:case", uid)
    ahead = outlook_of(held, facts, on=today)
    able_people = [person for person in form.people if person.may_vote]
    context = {
        "case": held,
        "form": form,
        "step": asked,
        "ahead": ahead if ahead.step and ahead.step.code == code else None,
        "entitled": len(able_people),
        "without_vote": [person for person in form.people if not person.may_vote],
        "roll_day": _day(request, today),
        "today": today,
    }
    return page(request, "development/step.html", context, status=422 if form.errors else None)


def _day(request, today: date) -> date:
    """The day typed or handed over, if it is one that has been; else today."""
    return min(day_named(request.POST.get("day") or request.GET.get("day", "")) or today, today)


def _say(request, held: Case, record: StepRecord) -> None:
    held.refresh_from_db()
    if record.outcome == StepRecord.Outcome.REFUSED:
        messages.warning(request, f"“{record.get_step_display()}”没有通过，已记下：{record.note}。")
    elif record.step == "approval":
        messages.success(request, f"{held.name}已编入党员名册，预备期到 {held.probation_until} 满。")
    elif record.step == "full_approval" and held.member and held.member.full_on:
        messages.success(request, f"{held.name}已转为正式党员，党龄从 {held.member.full_on} 算。")
    else:
        after = f"下一步：{held.get_next_step_display()}。" if held.next_step else ""
        messages.success(request, f"已记“{record.get_step_display()}”。{after}")


def _act(request, held: Case, form: django_forms.Form, do: Callable[[], object], *, done: str, **words):
    """The shape every small act shares: a refused form answers 422 and keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            do()
            messages.success(request, done)
            return redirect("development:case", held.uid)
    return page(request, "development/act.html", {"case": held, "form": form, **words}, status=422 if form.errors else None)


@never_cache
@login_required
def materials(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    known = set(held.papers.values_list("kind", flat=True))
    missing = [(kind, label) for kind, label in MATERIALS.items() if kind not in known]
    form = forms.MaterialsForm(request.POST or None, missing=missing, today=today)
    return _act(
        request,
        held,
        form,
        lambda: evidence.file_materials(held, by=request.user, today=today, **form.cleaned_data),
        done="材料已登记。",
        title="登记材料",
        note="看到原件再登记。没有通过这里登记过的，办到要它的那一步也可以一起勾。",
        button="登记",
    )


@never_cache
@login_required
def inspection(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    form = forms.InspectionForm(request.POST or None, initial={"day": today})
    return _act(
        request,
        held,
        form,
        lambda: evidence.record_inspection(held, by=request.user, today=today, **form.cleaned_data),
        done="考察已登记。",
        title=f"登记对{held.name}的考察",
        note="入党积极分子每半年考察一次（第十一条）；预备期内一样记在这里。",
        button="登记考察",
    )


@never_cache
@login_required
def publicity(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    form = forms.PublicityForm(request.POST or None, is_mobile=held.is_mobile)
    return _act(
        request,
        held,
        form,
        lambda: evidence.record_publicity(held, by=request.user, today=today, **form.content()),
        done="公示已登记。",
        title=f"登记{held.name}的公示",
        note="上级党委同意列为发展对象以后公示，结束了再登记（第十三条）。流动人员两处都要登记。",
        button="登记公示",
    )


@never_cache
@login_required
def contacts(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    people = voters_on(held.organisation, _day(request, today))
    now = {str(uid) for uid in held.companions.filter(kind="contact", end=None).values_list("member__uid", flat=True)}
    form = forms.ContactsForm(request.POST or None, people=people, today=today, initial={"people": sorted(now)})
    ids = {person.uid: person.member_id for person in people}

    def change():
        said = form.cleaned_data
        chosen = [ids[uid] for uid in said["people"]]
        evidence.change_contacts(held, people=chosen, on=said["day"], reason=said["reason"], by=request.user, today=today)

    note = "勾上以后由谁联系；不再勾的从那天起结束，原来的记录保留。"
    return _act(request, held, form, change, done="培养联系人已更换。", title="更换培养联系人", note=note, button="更换")


@never_cache
@login_required
def move(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    form = forms.MoveForm(request.POST or None, branches=Organisation.objects.branches().existing())
    return _act(
        request,
        held,
        form,
        lambda: cases.move_case(held, by=request.user, today=today, **form.cleaned_data),
        done=f"{held.name}的档案已转去，培养时间连续计算。",
        title=f"把{held.name}转到别的支部",
        note="档案转去以后，由新支部重新指定培养联系人，接着办。",
        button="转去",
    )


@never_cache
@login_required
def stop(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    form = forms.StopForm(request.POST or None, initial={"on": today})
    return _act(
        request,
        held,
        form,
        lambda: cases.stop_case(held, by=request.user, today=today, **form.cleaned_data),
        done=f"{held.name}的档案已终止，记录都在。",
        title=f"终止对{held.name}的发展",
        note="终止以后不能再办，记录都保留；以后重新申请，另建一份。",
        button="终止",
        danger=True,
    )


@never_cache
@login_required
def void(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    last = last_done(held)
    if last is not None and held.rules.by_code[last.step].decider.superior:
        require(request.user, "development.decide", held.branch)  # what a committee decided a branch does not take back
    form = forms.VoidForm(request.POST or None, initial={"record": last and last.pk})
    return _act(
        request,
        held,
        form,
        lambda: steps.void_step(held, reason=form.cleaned_data["reason"], by=request.user, today=today, shown=form.cleaned_data["record"]),
        done="最后一步已撤回，改好再记。",
        title="撤回最后一步",
        note=f"撤回“{last.get_step_display()}”（{last.day}）。原记录保留，写明是谁、为什么撤回。" if last else "",
        button="撤回",
        danger=True,
    )


@never_cache
@login_required
def postpone(request, uid):
    held, today = case_or_404(request, uid), timezone.localdate()
    form = forms.PostponeForm(request.POST or None)
    return _act(
        request,
        held,
        form,
        lambda: cases.postpone(held, by=request.user, today=today, **form.cleaned_data),
        done="已推迟讨论转正。",
        title=f"推迟讨论{held.name}转正",
        note=f"预备期 {held.probation_until} 满。转正时间仍从预备期满算。" if held.probation_until else "",
        button="推迟",
    )
