"""党内职务 as the rules ask for them: who is seated where, who may be, and the county's numbers of the day."""

from dataclasses import dataclass
from datetime import date

from branches.models import Organisation
from members import parameters
from members.models import Member, Office, Sanction
from members.rules.offices import Candidate, Sizes
from partyportal.core.parameters import values_on


@dataclass(frozen=True)
class Numbers:
    """What the county has set for committees and ballots."""

    sizes: Sizes
    present_percent: int
    votes_percent: int


def parameters_on(day: date) -> Numbers:
    """The county's numbers of a day: one statement."""
    asked = (
        parameters.COMMITTEE_FROM,
        parameters.COMMITTEE_LEAST,
        parameters.COMMITTEE_MOST,
        parameters.BALLOT_PRESENT,
        parameters.BALLOT_VOTES,
    )
    committee_from, least, most, present, votes = values_on(day, asked).values()
    return Numbers(Sizes(committee_from=committee_from, least=least, most=most), present, votes)


def holders_of(organisation: Organisation) -> dict[str, set[int]]:
    """Who holds which post of an organisation now: position → members."""
    seated: dict[str, set[int]] = {}
    for position, member in Office.objects.open().filter(organisation=organisation).values_list("position", "member_id"):
        seated.setdefault(position, set()).add(member)
    return seated


def full_members_of(branch: Organisation) -> int:
    """正式党员 of a branch today, by whom it is told whether a committee is due."""
    return Member.objects.at_home().filter(branch=branch, category=Member.Category.FULL).count()


def candidate_on(member: Member, organisation: Organisation, day: date) -> Candidate:
    """What the rules need to know of somebody who is to hold a post from a day on."""
    branch_id = {Organisation.Kind.BRANCH: organisation.pk, Organisation.Kind.GROUP: organisation.parent_id}.get(organisation.kind)
    here = member.affiliations.on(day)
    if branch_id is not None:
        here = here.filter(organisation=branch_id)
    still = member.left_on is None and (branch_id is None or member.branch_id == branch_id)
    sanctions = Sanction.objects.filter(member=member).on(day).values_list("kind", flat=True)
    return Candidate(
        name=member.name,
        is_full=member.category == Member.Category.FULL and member.full_on is not None and member.full_on <= day,
        is_suspended=member.standing == Member.Standing.SUSPENDED,
        sanctions=frozenset(sanctions),
        is_here=still and here.exists(),
    )
