"""Objections: the list, one with both its lines and its way, filing one, and the acts that move it on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from members.models import Fact, Member
from partyportal.core import audit
from partyportal.core.attachments import streamed
from partyportal.core.days import quarter_of, quarter_words
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.templatetags.ui.words import day
from partyportal.core.uid import uid_named
from points.publicity import rules, services
from points.publicity.forms import AcceptForm, ObjectionForm, StepForm
from points.publicity.models import Objection, Publication, Step
from points.publicity.selectors import objections as selectors
from points.publicity.selectors import sheets
from points.selectors.schemes import manual_items

OBJECTIONS_A_PAGE = 50
HEADINGS = ("提出日期", "姓名", "党支部", "季度", "对哪一笔", "错在哪里", "进度", "怎样更正")
DONE = {
    Step.Act.HEAR: "已记下。接着由没有经手的人作决定。",
    Step.Act.REJECT: "已决定不成立，提出的人可以申请复议。",
    Step.Act.ACCEPT: "已决定成立，更正马上记上。",
    Step.Act.APPEAL: "已申请复议，等上级党委决定。",
    Step.Act.UPHOLD: "已维持，这件异议办结了。",
    Step.Act.WITHDRAW: "已撤回。",
}


@login_required
def objections(request):
    """The objections in sight; without a post, one's own."""
    today, tab = timezone.localdate(), request.GET.get("tab", "open")
    tab = tab if tab in dict(selectors.TABS) else "open"
    text = text_asked(request)
    found = selectors.listed(request.user, tab=tab, today=today, text=text)
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, found[:20_000])
    context = {
        "page": Paginator(found, OBJECTIONS_A_PAGE).get_page(request.GET.get("page")),
        "tabs": [(label, f"?tab={key}", key == tab) for key, label in selectors.TABS],
        "tab": tab,
        "q": text,
        "looks_around": bool(paths_for(request.user)),
        "may_export": can(request.user, "member.export"),
    }
    return page(request, "publicity/objections.html", context, fragment="publicity/_objections.html")


def _exported(request, found):
    sheet = write_xlsx(
        HEADINGS,
        (
            (
                one.filed_on.isoformat(),
                one.member.name,
                one.publication.organisation.short_name,
                str(one.publication),
                one.fact.title if one.fact else "少记一件事",
                one.what,
                one.get_state_display(),
                one.get_remedy_display() if one.remedy else "",
            )
            for one in found
        ),
        sheet="积分异议",
    )
    audit.record("publicity.objections.exported", by=request.user, rows=len(found))
    return sheet_response(sheet, "积分异议.xlsx")


@login_required
def object_to_fact(request, fact):
    """这笔有异议, from a line of one's own points: to the form while the sheet of its quarter is up, else why not now."""
    disputed = get_object_or_404(Fact.objects.select_related("member"), uid=fact, member__user=request.user)
    today, (year, quarter) = timezone.localdate(), (disputed.day.year, quarter_of(disputed.day))
    line = sheets.line_of(disputed.member, year, quarter)
    if line and sheets.is_open(line.publication, today):
        return redirect(f"{reverse('publicity:objection_new', args=[line.publication.uid])}?fact={disputed.uid}")
    if line:
        messages.warning(request, f"{line.publication}的公示到 {day(line.publication.until)}，已经过了。还有疑问的，跟支部书记说。")
        return redirect(f"{reverse('publicity:mine')}?quarter={year}Q{quarter}")
    messages.warning(request, f"这一笔在 {year} 年{quarter_words(quarter)}，支部还没有公示。公示后再来提；急的先跟支部书记说。")
    return redirect("points:mine")


@never_cache
@login_required
def objection_new(request, uid):
    """提异议: one's own, or the branch's on a member's behalf; to one line, or that a deed is missing."""
    held = get_object_or_404(Publication.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    on_sheet = Member.objects.filter(sheet_lines__publication=held).defer("id_number")
    if asked := request.GET.get("member"):
        require(request.user, "points.publish", held.organisation)
        member = get_object_or_404(on_sheet, uid=uid_named(asked))
    else:
        member = on_sheet.filter(user=request.user).first()
        if member is None:
            raise PermissionDenied("points.publish")
    fact = get_object_or_404(Fact, uid=uid_named(request.GET["fact"]), member=member) if request.GET.get("fact") else None
    form = ObjectionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.object_to(held, member=member, fact=fact, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已提出。支部听取情况以后，由没有经手的人作决定。")
            return redirect("publicity:objection", made.uid)
    context = {"publication": held, "member": member, "fact": fact, "form": form, "own": member.user_id == request.user.pk}
    return page(request, "publicity/objection_new.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def objection(request, uid):
    """One objection: what it says, whose turn it is, both lines of the ledger, and how it came here."""
    return _page_of(request, _objection(request, uid))


@login_required
@never_cache
def objection_file(request, uid, file):
    """A photo or paper of an objection, to whoever sees it."""
    return streamed(get_object_or_404(_objection(request, uid).files, uid=file))


@login_required
@require_POST
def objection_act(request, uid, act):
    """Do one act; what is refused comes back on the same page with what was typed."""
    if act not in {one.value for one in DONE}:
        raise Http404
    held, today = _objection(request, uid), timezone.localdate()
    _require(request.user, act, held)
    form = _form(held, act, request.POST)
    if form.is_valid():
        with refusals(form):
            getattr(services, act)(held, by=request.user, today=today, **(form.said if act == Step.Act.ACCEPT else form.cleaned_data))
            messages.success(request, DONE[Step.Act(act)])
            return redirect("publicity:objection", uid)
    return _page_of(request, _objection(request, uid), act=act, form=form, status=422)


def _require(user, act: str, held: Objection) -> None:
    """The verb of an act; appealing and withdrawing are the parties' own."""
    here = held.publication.organisation
    if act in {Step.Act.APPEAL, Step.Act.WITHDRAW}:
        if user.pk not in {held.filed_by_id, held.member.user_id}:
            raise PermissionDenied(act)
        return
    require(user, {Step.Act.HEAR: "points.publish", Step.Act.UPHOLD: "points.review"}.get(Step.Act(act), "points.confirm"), here)


def _form(held: Objection, act: str, data=None):
    initial = {"version": held.version}
    if act != Step.Act.ACCEPT:
        return StepForm(data, act=act, initial=initial)
    here, publication = held.publication.organisation, held.publication
    if held.fact is not None:
        initial |= {"day": held.fact.day, "units": held.fact.units}
    items = manual_items(here, rules.last_day(publication.year, publication.quarter)).filter(is_veto=False) if held.fact is None else None
    remedies = selectors.remedies_of(held)
    return AcceptForm(data, act=act, remedies=remedies, items=items, initial=initial | {"remedy": remedies[0][0]})


def _objection(request, uid) -> Objection:
    related = ("publication__organisation", "member", "fact__recorded_by", "fact__confirmed_by", "filed_by")
    return get_object_or_404(Objection.objects.visible_to(request.user).select_related(*related).defer("member__id_number"), uid=uid)


def _page_of(request, held: Objection, *, act: str = "", form=None, status: int | None = None):
    acts, why_not = selectors.acts_open(request.user, held, timezone.localdate())
    if act and act not in acts and form is not None:
        messages.error(request, "；".join(form.non_field_errors()) or "这件异议刚才有人办过。看过再办。")
    offered = [
        {"act": one, "label": Step.Act(one).label, "form": form if form is not None and one == act else _form(held, one)} for one in acts
    ]
    context = {
        "objection": held,
        "publication": held.publication,
        "source": selectors.source_of(held.fact),
        "acts": offered,
        "why_not": why_not,
        "lines": selectors.lines_of(held),
        "steps": held.steps.select_related("by"),
        "files": [(file, f"看第 {n} 个") for n, file in enumerate(held.files.defer("sealed").order_by("uploaded_at", "pk"), start=1)],
        "is_own": held.member.user_id == request.user.pk,
        "waits_elsewhere": selectors.waits_elsewhere(held),
    }
    return page(request, "publicity/objection.html", context, status=status)
