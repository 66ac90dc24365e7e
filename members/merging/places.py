"""Where a merged person belonged: days the kept file lacks become its own, the others stay as they were counted.

Every branch keeps, on every past day, as many members as it had: a row goes from one file to the other or stays, none is lost
and none is doubled. From the day of the merge on only the kept file is at home.
"""

from datetime import date

from members.merging.journal import Journal
from members.models import Affiliation, GroupMembership, Member, MemberClass
from members.rules.spans import Span, inside, outside, until
from members.services.people import keep_class

Row = Affiliation | GroupMembership | MemberClass


def take_places(journal: Journal, *, kept: Member, gone: Member, on: date) -> None:
    """Affiliations, then what hangs on them."""
    _take_affiliations(journal, kept=kept, gone=gone, on=on)
    for member in (kept, gone):
        member.refresh_from_db(fields=["branch", "left_on"])
    _take_groups(journal, kept=kept, gone=gone, on=on)
    _fill_classes(journal, kept=kept, gone=gone)
    if kept.left_on is None:
        with journal.watching(MemberClass.objects.filter(member=kept)):
            keep_class(kept, on=on)


def common_days(kept: Member, gone: Member, *, on: date) -> list[tuple[Affiliation, Affiliation, Span]]:
    """The days until the merge on which both files were at home, in different branches."""
    found = []
    for one in kept.affiliations.select_related("organisation").order_by("start"):
        for other in gone.affiliations.select_related("organisation").order_by("start"):
            if one.organisation_id != other.organisation_id:
                spans = (until(span, on) for span in inside(_span(other), [_span(one)]))
                found += [(one, other, span) for span in spans if span]
    return found


def _take_affiliations(journal: Journal, *, kept: Member, gone: Member, on: date) -> None:
    held = [_span(row) for row in kept.affiliations.all()]
    for row in gone.affiliations.order_by("start"):
        theirs = outside(_span(row), held)
        if theirs == [_span(row)]:
            journal.change(row, member_id=kept.pk)
            continue
        stays = [span for part in inside(_span(row), held) if (span := until(part, on))]
        if stays == [_span(row)]:
            continue
        journal.remove(row)
        for owner, spans in ((gone, stays), (kept, theirs)):
            for span in spans:
                journal.add(_part(row, owner, span, last=span.end == row.end))


def _part(row: Affiliation, owner: Member, span: Span, *, last: bool) -> Affiliation:
    """A part of an affiliation for one of the two files; where it was cut, the merge is the reason, or the kept file's own next branch."""
    cut = Affiliation.EndReason.MOVED if owner.pk != row.member_id else Affiliation.EndReason.MERGED
    end_reason = row.end_reason if last else cut
    return Affiliation(
        member=owner,
        organisation_id=row.organisation_id,
        start=span.start,
        end=span.end,
        reason=row.reason,
        end_reason=end_reason,
        basis=row.basis,
    )


def _take_groups(journal: Journal, *, kept: Member, gone: Member, on: date) -> None:
    """A 党小组 follows for the days on which the kept file is in its branch and in no other 党小组; nothing else of it lasts beyond the merge."""
    held = [_span(row) for row in kept.group_memberships.all()]
    for row in gone.group_memberships.select_related("organisation").order_by("start"):
        in_branch = [_span(home) for home in kept.affiliations.filter(organisation_id=row.organisation.parent_id)]
        theirs = [part for span in outside(_span(row), held) for part in inside(span, in_branch)]
        stays = [span for part in outside(_span(row), theirs) if (span := until(part, on))]
        if stays == [_span(row)]:
            continue
        journal.remove(row)
        for owner, spans in ((gone, stays), (kept, theirs)):
            for span in spans:
                journal.add(GroupMembership(member=owner, organisation_id=row.organisation_id, start=span.start, end=span.end))


def _fill_classes(journal: Journal, *, kept: Member, gone: Member) -> None:
    """Days of which the kept file does not know the class take the other's; the other's rows stay as they are."""
    held = [_span(row) for row in kept.classes.all()]
    for row in gone.classes.order_by("start"):
        for span in outside(_span(row), held):
            journal.add(MemberClass(member=kept, name=row.name, start=span.start, end=span.end))


def _span(row: Row) -> Span:
    return Span(row.start, row.end)
