"""What 发展党员 and its votes know of each other: whom a meeting may vote on, and a counted vote as its step's form takes it."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from branches.access import can
from branches.models import Organisation
from education.models import RollExclusion
from education.motions import rules
from education.motions.models import Motion, Result
from members.development.models import BallotExclusion, Case
from members.development.rules.steps import STEPS_2026

VOTED = [step.code for step in STEPS_2026 if step.vote]
# The reasons of 不计应到 as 发展党员 calls them; the others are 其他.
_REASONS = {"grave": "ill", "abroad": "abroad", "sentence": "imprisoned", "mobile": "away"}


def cases_to_vote(branch: Organisation) -> QuerySet[Case]:
    """Open cases of a branch whose next step is a meeting's vote."""
    found = Case.objects.open().within(branch).filter(next_step__in=VOTED).select_related("organisation", "member__branch")
    return found.defer("id_number", "member__id_number").order_by("due_on", "pk")


def step_url(motion: Motion, result: Result | None, user) -> str:
    """The form of the case's next step with this vote filled in; "" where there is nothing to hand over.

    Papers that were spoilt or not given back are no vote for anybody: in the file they stand with 弃权, and the note says how many.
    """
    case = motion.case
    if result is None or motion.state != Motion.State.DECIDED or case is None:
        return ""
    if not case.is_open or case.next_step not in VOTED or not can(user, "development.record", case.branch):
        return ""
    # A vote is of the step that was next then: one before the case's last step, or followed by another vote, is of a step done.
    later = case.motions.filter(state=Motion.State.DECIDED, held_on__gte=motion.held_on, pk__gt=motion.pk)
    if case.records.filter(voided_at=None, day__gt=motion.held_on).exists() or later.exists():
        return ""
    line = result.lines.get()
    spoilt = result.present + result.written - line.in_favour - line.against - line.abstained
    said = {
        "day": motion.held_on.isoformat(),
        "present": result.present,
        "written": result.written,
        "in_favour": line.in_favour,
        "against": line.against,
        "abstained": line.abstained + spoilt,
    }
    if spoilt:
        said["note"] = f"废票和没有交回的 {spoilt} 张，计入弃权"
    return f"{reverse('development:step', args=[case.uid, case.next_step])}?{urlencode(said | _left_out(motion))}"


def _left_out(motion: Motion) -> dict[str, str]:
    """Whom the roll did not count among 应到会, by the reason the superior has on record, else the meeting's own."""
    rows = motion.voters.filter(why_not=rules.EXCLUDED).values_list("member_id", "member__uid")
    said = dict(motion.meeting.attendances.values_list("member_id", "reason"))
    said |= dict(RollExclusion.objects.on(motion.held_on).filter(organisation=motion.organisation_id).values_list("member_id", "reason"))
    return {f"exclude-{uid}": _REASONS.get(said.get(pk), BallotExclusion.Reason.OTHER) for pk, uid in rows}
