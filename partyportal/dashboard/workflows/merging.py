"""Two files of one person become one, and two again if that was wrong: one transaction over every app that knows members.

The file that goes stays as a row, points to the one kept, and is at home nowhere. Nothing is thrown away: rows go over by the journal
(members.merging), facts by revision, and the ledger by the difference its next settle posts. No grant goes to anybody.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from branches.access import grants_of, paths_for
from branches.models import Organisation
from branches.services.accounts import set_active
from education.models import Attendance
from education.services import merge_rolls
from members.dues.models import Payment
from members.dues.services.merging import give_back as give_back_dues
from members.dues.services.merging import hand_over as hand_over_dues
from members.merging.journal import CHANGE, Journal, play_back
from members.merging.places import common_days, take_places
from members.merging.records import give_facts_back, index_numbers, take_facts, take_fields, take_offices
from members.models import Fact, Member, Merge, Suspension
from members.selectors.duplicates import contradiction
from members.services.merging import lock_files
from members.services.offices import may_appoint
from members.transfers.models import Transfer
from partyportal.core import audit, crypto, personkeys
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.services import settle_soon

REPOINT = "repoint"  # the row goes to the kept file; one that a constraint forbids to go stays, and the preview says so
KEEP = "keep"  # what was said of the file that goes stays said of it: past, ledgers, decisions
BY_RULE = "by rule"  # a service of its own app decides, called in `_act`

# What a merge does with every foreign key to a member. A test fails when one is missing: REPOINT is right for nearly every table.
TREATMENT: dict[str, str] = {
    "motions.Candidate.member": KEEP,  # the roll, the paper and those who watched are what they were on the day
    "motions.Motion.counter": KEEP,
    "motions.Motion.host": KEEP,
    "motions.Motion.teller": KEEP,
    "motions.Opinion.member": KEEP,
    "motions.Voter.member": KEEP,
    "publicity.Objection.member": REPOINT,
    "publicity.SheetLine.member": KEEP,  # what was published stays published
    "members.Affiliation.member": BY_RULE,  # one branch a day; past days stay counted where they were
    "members.Fact.member": BY_RULE,  # recorded again under the kept file
    "members.GroupMembership.member": BY_RULE,
    "members.ImportedRow.member": KEEP,  # what a batch wrote, for its undoing
    "members.Member.merged_into": BY_RULE,  # files merged earlier are led on
    "members.MemberClass.member": BY_RULE,
    "members.MemberPast.member": KEEP,
    "members.Merge.gone": KEEP,
    "members.Merge.kept": KEEP,
    "members.NotSame.first": KEEP,
    "members.NotSame.second": KEEP,
    "members.Office.member": BY_RULE,  # ended, or opened anew without its grant
    "members.Owed.member": KEEP,
    "members.Sanction.member": REPOINT,
    "members.StagedRow.member": KEEP,  # compared again before it is written
    "members.Suspension.member": REPOINT,
    "care.Condition.member": REPOINT,  # the same kind over the same days: one stays, and the preview says so
    "care.Condolence.member": REPOINT,
    "aid.Case.member": REPOINT,  # of one programme and year twice: one stays, and the preview says so
    "care.ListEntry.member": KEEP,  # who was due then
    "visits.Birthday.member": REPOINT,  # kept in one year under both: one stays
    "visits.Goer.member": REPOINT,
    "visits.Pair.helper": REPOINT,
    "visits.Pair.member": REPOINT,  # of the two with each other: stays, and the preview says so
    "visits.Visit.member": REPOINT,
    "visits.VisitDue.member": REPOINT,  # due in one round under both: one stays
    "stations.Booking.member": REPOINT,
    "stations.DutySpell.member": REPOINT,  # on duty under both on one day of the week: one stays
    "stations.ServiceRequest.member": REPOINT,
    "points.Award.member": REPOINT,
    "points.Entry.member": KEEP,  # never changed: settling posts the difference
    "points.SimulatedMember.member": KEEP,  # of the moment it was tried
    "points.Standing.member": KEEP,  # follows the entries
    "planning.CampaignStep.charge": REPOINT,
    "planning.Talk.first": REPOINT,
    "planning.Talk.second": REPOINT,  # of the two with each other: stays, and the preview says so
    "honours.Honour.member": REPOINT,
    "honours.Nomination.member": REPOINT,  # both nominated under one call: one stays, and the preview says so
    "honours.Use.member": REPOINT,
    "transfers.Transfer.member": REPOINT,  # one that is under way is finished first
    "mobility.Attestation.member": REPOINT,
    "mobility.Contact.made_by": REPOINT,
    "mobility.Contact.member": REPOINT,
    "mobility.Hosting.member": REPOINT,
    "mobility.LostCase.member": REPOINT,
    "mobility.Outflow.contact": REPOINT,
    "mobility.Outflow.member": REPOINT,  # one that overlaps stays, and the night ends it
    "development.BallotExclusion.member": KEEP,  # of whom a count of that day was
    "development.Case.member": REPOINT,
    "development.Companion.member": REPOINT,
    "dues.Base.member": BY_RULE,  # months the kept file lacks
    "dues.DueMonth.member": KEEP,  # a view
    "dues.Exemption.member": REPOINT,
    "dues.PaidMonth.member": BY_RULE,  # with its payment
    "dues.Payment.member": BY_RULE,  # taken back under the one, recorded under the other
    "openness.Piece.member": REPOINT,
    "openness.Pledge.member": REPOINT,  # the same words of the same year twice: one stays, and the preview says so
    "openness.VanguardPost.member": REPOINT,
    "outreach.AreaDuty.member": REPOINT,
    "outreach.Cultivation.member": REPOINT,
    "outreach.Cultivation.mentor": REPOINT,
    "outreach.Dispatch.member": REPOINT,
    "outreach.DutyCard.member": REPOINT,
    "education.Attendance.member": BY_RULE,  # present under either is present
    "education.Leave.member": REPOINT,  # asked of one day under both: one stays
    "education.Meeting.host": REPOINT,
    "education.Meeting.scribe": REPOINT,
    "education.RollExclusion.member": REPOINT,  # waiting under both: one stays
    "study.Attempt.member": REPOINT,  # a try under each file: those of the other whose number is taken stay
    "study.Credit.member": REPOINT,  # a lesson that counts under both counts once: its fact follows the file
    "study.Progress.member": REPOINT,
    "study.SessionLine.member": REPOINT,
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A merge as it was done, or as it would be: `follows` says what happens, `rules` where both files spoke and what decides."""

    merge: Merge
    follows: list[str]
    rules: list[tuple[str, str]]


@transaction.atomic
def merge(kept: Member, gone: Member, *, chosen: Iterable[str] = (), reopen_offices: bool = False, by: User, on: date) -> Outcome:
    """Make two files one. `chosen` names the fields (selectors.duplicates.TOGETHER) in which the other file is right."""
    kept, gone = _locked(kept, gone)
    _refuse(kept, gone, by=by, on=on, reopen_offices=reopen_offices)
    rules = _rules(kept, gone, on=on)
    journal, facts, dues, changes, follows = _act(kept, gone, chosen=chosen, reopen_offices=reopen_offices, by=by, on=on)
    counts = {Fact._meta.label: len(facts), Payment._meta.label: len(dues["payments"])}
    moved = dict(journal.moved) | {label: count for label, count in counts.items() if count}
    row = Merge.objects.create(
        kept=kept,
        gone=gone,
        day=on,
        moved=moved,
        sealed=_sealed(kept, {"steps": journal.steps, "facts": facts, "dues": dues, "login": _close_login(gone, by=by)}),
        merged_by=by,
    )
    _raise_versions(kept, gone)
    told = {"merge": row.uid, "gone": gone.uid}
    fields = sorted(changes)
    audit.record(
        "members.files.merged",
        kept,
        by=by,
        path=kept.branch.path,
        subject=kept.uid,
        day=on,
        moved=moved,
        fields=fields,
        changes=changes,
        **told,
    )
    _settle_soon(kept, gone)
    for label, count in journal.stayed.items():
        name = apps.get_model(label)._meta.verbose_name
        rules.append((f"{name} {count} 条与保留的档案冲突", "按保留的档案算，并入的那几条留在原处，不丢"))
    return Outcome(merge=row, follows=follows, rules=rules)


def preview(kept: Member, gone: Member, *, by: User, on: date, **choices) -> Outcome:
    """What the merge would do: it is done and taken back, so that the preview cannot differ from the act."""
    with transaction.atomic():
        outcome = merge(kept, gone, by=by, on=on, **choices)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def reverse(row: Merge, *, by: User) -> Merge:
    """Take a merge back. What was changed since is let alone and counted in `left`; what is new since stays with the kept file.

    A grant that ended with a post stays ended: the security admin grants it anew, so that no merge can bring one back.
    """
    _lock_branches(row.kept, row.gone)
    files = Member.objects.select_for_update(no_key=True)
    held = {member.pk: member for member in files.filter(pk__in=(row.kept_id, row.gone_id)).order_by("pk")}
    row = Merge.objects.select_for_update().get(pk=row.pk)
    kept, gone = held[row.kept_id], held[row.gone_id]
    if row.reversed_at is not None:
        raise DomainError("这次合并已经撤销。")
    _refuse_own(kept, gone, by=by)
    if kept.merged_into_id is not None:
        raise DomainError("保留的档案后来又并入了另一份，先撤销那一次。")
    done = _opened(kept, row)
    left = play_back(done["steps"]) + give_back_dues(done["dues"], gone=gone, by=by) + give_facts_back(done["facts"])
    for member in (kept, gone):
        member.refresh_from_db()
    index_numbers(kept, gone)
    if done["login"] and gone.user is not None and not gone.user.is_active:
        set_active(gone.user, active=True, by=by)
    _raise_versions(kept, gone)
    row.reversed_by, row.reversed_at, row.left = by, timezone.now(), dict(left)
    row.save(update_fields=["reversed_by", "reversed_at", "left"])
    told = {"merge": row.uid, "gone": gone.uid, "left": row.left}
    audit.record("members.files.parted", kept, by=by, path=kept.branch.path, subject=kept.uid, **told)
    _settle_soon(kept, gone)
    return row


def preview_reverse(row: Merge, *, by: User) -> Merge:
    """The merge as it would stand when taken back, with what would be let alone."""
    with transaction.atomic():
        told = reverse(row, by=by)
        transaction.set_rollback(True)
    return told


def _act(kept: Member, gone: Member, *, chosen: Iterable[str], reopen_offices: bool, by: User, on: date):
    journal, follows = Journal(), []
    changes = take_fields(journal, kept=kept, gone=gone, chosen=chosen)
    homes = set(kept.affiliations.values_list("organisation__short_name", "start", "end"))
    take_places(journal, kept=kept, gone=gone, on=on)
    follows += _where(kept, homes)
    ended = take_offices(journal, kept=kept, gone=gone, on=on, reopen=reopen_offices, by=by)
    held = Fact.objects.standing().filter(member=gone).count()
    fallen = merge_rolls(journal, kept=kept, gone=gone)
    dues = hand_over_dues(kept=kept, gone=gone, by=by)
    facts = take_facts(kept=kept, gone=gone, void=fallen) + dues.pop("facts")
    for path, treatment in TREATMENT.items():
        if treatment == REPOINT:
            label, _, name = path.rpartition(".")
            rows = apps.get_model(label)._base_manager.filter(**{name: gone})
            if went := journal.repoint(rows, f"{name}_id", kept):
                follows.append(f"{apps.get_model(label)._meta.verbose_name} {went} 条归到保留的档案")
    if kept.standing == Member.Standing.NORMAL and Suspension.objects.filter(member=kept, end=None).exists():
        journal.change(kept, standing=Member.Standing.SUSPENDED)
    journal.repoint(Member.objects.filter(merged_into=gone), "merged_into_id", kept)
    journal.change(gone, merged_into_id=kept.pk, left_on=gone.left_on or on)
    rolls = sum(act == CHANGE and label == Attendance._meta.label for act, label, *_ in journal.steps)
    told = [
        (rolls, f"会议到会记录 {rolls} 条归到保留的档案"),
        (held, f"记实 {held} 条改记到保留的档案，重复的作废；积分按差额重算，台账只加不改"),
        (dues["payments"], f"党费 {len(dues['payments'])} 笔改记到保留的档案：原收据冲正，另开收据，钱数和收款日不变"),
        (dues["twice"], f"党费 {dues['twice']} 笔两份档案交了同一个月，留在原处，由支部核实后冲正或退还"),
        (ended, f"并入的档案所任 {len(ended)} 个职务今天终止，{'由保留的档案接着任，' if reopen_offices else ''}随职务的授权一并终止"),
        (gone.user, f"并入的档案的账号“{gone.user.username if gone.user else ''}”停用，授权不转给任何人"),
    ]
    follows.append("并入的档案留着不删，它的链接和公民身份号码都会找到保留的档案")
    return journal, facts, dues, changes, [sentence for shown, sentence in told if shown] + follows


def _where(kept: Member, before: set[tuple]) -> list[str]:
    """Which days the kept file gains, and where it is at home afterwards."""
    gained = sorted(set(kept.affiliations.values_list("organisation__short_name", "start", "end")) - before, key=lambda row: row[1])
    told = [f"{name} {start} {f'至 {end}' if end else '起'}的组织关系归到保留的档案" for name, start, end in gained]
    home = "组织关系已不在本县" if kept.left_on else f"组织关系在{kept.branch.short_name}"
    return [*told, f"合并后{home}，并入的档案不再占名额"]


def _locked(kept: Member, gone: Member) -> tuple[Member, Member]:
    _lock_branches(kept, gone)
    held = {member.pk: member for member in lock_files((kept, gone))}
    return held[kept.pk], held[gone.pk]


def _lock_branches(kept: Member, gone: Member) -> None:
    """Before the members, as whoever collects dues or seats a committee does, so that none of them waits for another in a circle."""
    of_dues = Payment.objects.filter(member__in=(kept, gone)).values("organisation")
    concerned = Organisation.objects.filter(Q(pk__in=of_dues) | Q(pk__in=(kept.branch_id, gone.branch_id)))
    list(
        Organisation.objects.select_for_update(no_key=True)
        .filter(pk__in=concerned.values("pk"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _refuse(kept: Member, gone: Member, *, by: User, on: date, reopen_offices: bool) -> None:
    """Who may not: whoever one of the files is about, and whoever would reach beyond their own place by a login or a post."""
    _refuse_own(kept, gone, by=by)
    if told := contradiction(kept, gone, today=on):
        raise DomainError(told)
    if Transfer.objects.filter(member=gone).exclude(state__in=Transfer.OVER).exists():
        raise DomainError("并入的档案有一次组织关系转接还没有办完，先办完或撤销。")
    if gone.user is not None and gone.user.is_active:
        mine = paths_for(by, "member.merge")
        if any(not held.path.startswith(tuple(mine)) for held in grants_of(gone.user)):
            raise DomainError("并入的档案的账号管着你范围以外的党组织。换成保留那一份，或请上级来合并。")
    reach = tuple(paths_for(by, "member.merge"))
    for office in gone.offices.open().select_related("organisation__parent"):
        if not office.organisation.path.startswith(reach) or (reopen_offices and not may_appoint(by, office.organisation)):
            raise DomainError("并入的档案任着不由你任免的职务。换成保留那一份，或请任免他的党委来合并。")


def _refuse_own(kept: Member, gone: Member, *, by: User) -> None:
    if by.pk in {kept.user_id, gone.user_id}:
        raise DomainError("自己的档案要由另一个人来办。")


def _rules(kept: Member, gone: Member, *, on: date) -> list[tuple[str, str]]:
    """Where both files say something of the same days or meetings, and what decides."""
    told = []
    for ours, theirs, span in common_days(kept, gone, on=on):
        when = f"{span.start} 至 {span.end}" if span.end < on else f"{span.start} 起"
        told.append(
            (
                f"{when}两份档案各在{ours.organisation.short_name}和{theirs.organisation.short_name}",
                "从今天起按保留的档案，以前各支部的统计不变",
            )
        )
    both = Attendance.objects.filter(member=gone, meeting__in=Attendance.objects.filter(member=kept).values("meeting")).count()
    if both:
        told.append((f"{both} 次会议两份档案都在名单上", "每次只留一行，有一份到会就算到会"))
    return told


def _close_login(gone: Member, *, by: User) -> bool:
    """Whether there was a login to close."""
    if gone.user is None or not gone.user.is_active:
        return False
    set_active(gone.user, active=False, by=by)
    return True


def _raise_versions(*members: Member) -> None:
    """A form opened before is told that the file changed; not part of the journal, for it only ever grows."""
    for member in members:
        now = Member.objects.filter(pk=member.pk).values_list("version", flat=True).get()
        Member.objects.filter(pk=member.pk).update(version=now + 1, updated_at=timezone.now())


def _sealed(kept: Member, done: dict) -> bytes:
    return crypto.encrypt_with(personkeys.key_of(kept.uid), json.dumps(done, ensure_ascii=False).encode())


def _opened(kept: Member, row: Merge) -> dict:
    try:
        return json.loads(crypto.decrypt_with(personkeys.key_of(kept.uid), row.sealed))
    except crypto.CannotDecrypt:
        raise DomainError("这个人的密钥已经销毁，合并前的内容不在了，不能撤销。") from None


def _settle_soon(kept: Member, gone: Member) -> None:
    """Ring for every year either has facts of; whoever is not heard is settled by beat from what the trigger noted."""
    for day in Fact.objects.filter(member__in=(kept, gone)).dates("day", "year"):
        settle_soon(members=[kept.pk, gone.pk], year=day.year)
