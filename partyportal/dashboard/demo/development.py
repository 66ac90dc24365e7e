"""发展党员 of the demo county: somebody on the way in nearly every branch, each stage, some late; written set-based.

The rows are those `members.development.services` would have left; a test asks the rules about every one of them.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from branches.models import Organisation
from members.development.models import Ballot, Case, CasePlace, Companion, Inspection, Material, Publicity, StepRecord
from members.development.parameters import USUAL_DAYS
from members.development.rules.path import CaseFacts, outlook, probation_until
from members.development.rules.procedure import Procedure, in_force
from members.development.selectors.authority import approvers_of
from members.models import Affiliation, Member
from members.services.people import derived
from partyportal.core.models import User
from partyportal.core.workdays import Calendar, calendar
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.people import FEMALE, MALE, SIGNS, SURNAMES, WEIGHTS

# Days after the application on which each step is usually done; the admission's steps are told from the 支部大会.
AFTER = {
    "apply": 0, "talk": 18, "activist": 92, "activist_filed": 110, "contacts": 112, "cultivate": 460, "candidate": 466,
    "candidate_agreed": 484, "introducers": 503, "review": 525, "training": 540, "branch_review": 556, "prereview": 574,
    "volunteer_form": 580, "assembly": 596, "party_talk": 616, "approval": 640, "refiled": 652, "placed": 655, "oath": 662,
}  # fmt: skip
# Where the applicants of the county stand, as often as a county has them; 胡超强 and others are probationary already.
STANDING = ("apply", "talk", "talk", "activist", "contacts", "contacts", "contacts", "contacts", "cultivate", "candidate", "candidate_agreed",
            "introducers", "review", "training", "branch_review", "prereview", "volunteer_form", "assembly", "party_talk")  # fmt: skip
# The showcase branch has one of each kind, so that its pages have something to show.
SHOWCASE = (
    ("林小禾", "1", "contacts", 300),
    ("石玉梅", "2", "candidate_agreed", 14),
    ("余海波", "1", "apply", 36),
    ("付春玲", "2", "assembly", 8),
)
AREA = "629941"


@dataclass
class Rows:
    """What is written, table by table."""

    cases: list[Case] = field(default_factory=list)
    rest: dict[type, list] = field(default_factory=dict)

    def add(self, row) -> None:
        self.rest.setdefault(type(row), []).append(row)


def develop(*, today: date) -> int:
    """Write the cases of every branch; returns how many."""
    random, days = Random("development"), calendar()
    branches = list(Organisation.objects.branches().select_related("parent").order_by("code"))
    full: dict[int, list[int]] = {}
    for branch, member in (
        Affiliation.objects.on(today)
        .filter(member__category=Member.Category.FULL, member__full_on__lte=today - timedelta(days=1500))
        .order_by("member_id")
        .values_list("organisation_id", "member_id")
    ):
        full.setdefault(branch, []).append(member)
    approvers = approvers_of([branch.path for branch in branches], today)
    people = {user.username: user for user in User.objects.filter(username__in=("secretary", "committee"))}
    rows, serial = Rows(), 0
    for at, branch in enumerate(branches):
        able = full.get(branch.pk, [])
        approver = approvers.get(branch.path)
        if len(able) < 3 or approver is None:
            continue
        told = Teller(rows, branch, approver, able, people["secretary"], days, today)
        if branch.short_name == "高家杨村党支部":
            for name, sex, last, waited in SHOWCASE:
                serial += 1
                told.applicant(name, sex, serial, last=last, waited=waited, random=random)
        elif at % 4:
            serial += 1
            sex = "2" if random.random() < 0.4 else "1"
            given = FEMALE if sex == "2" else MALE
            name = random.choice(SURNAMES) + random.choice(given) + random.choice(given)
            told.applicant(name, sex, serial, last=random.choice(STANDING), waited=random.choice((2, 6, 11, 17, 24, 28, 38)), random=random)
    members = Member.objects.at_home().filter(category=Member.Category.PROBATIONARY).select_related("branch__parent").order_by("pk")
    for member in members:
        approver = approvers.get(member.branch.path)
        if approver and len(full.get(member.branch_id, ())) >= 3 and member.pk % 3:
            told = Teller(rows, member.branch, approver, full[member.branch_id], people["secretary"], days, today)
            told.probationer(member)
    _write(rows)
    return len(rows.cases)


@dataclass
class Teller:
    """Writes the cases of one branch into the rows."""

    rows: Rows
    branch: Organisation
    approver: Organisation
    full: list[int]
    by: User
    days: Calendar
    today: date

    def applicant(self, name: str, sex: str, serial: int, *, last: str, waited: int, random: Random) -> None:
        applied_on = self.today - timedelta(days=AFTER[last] + waited)
        birth_on = date(self.today.year - random.randint(23, 45), random.randint(1, 12), random.randint(1, 28))
        number = _number(birth_on, sex, serial)
        case = Case(
            organisation=self.branch, name=name, sex=sex, birth_on=birth_on, id_number=number, education=random.choice(("30", "60", "20")),
            unit=self.branch.short_name.removesuffix("党支部"), post="农民" if self.branch.unit_type == "village" else "职工",
            mobile_phone=f"154{serial * 6151 % 100_000_000:08d}", applied_on=applied_on, procedure=in_force(applied_on).code,
            created_by=self.by, version=1, **derived(name=name, id_number=number),
        )  # fmt: skip
        self._walk(case, applied_on, last)

    def probationer(self, member: Member) -> None:
        """The whole way of a member admitted on `joined_on`, up to the oath."""
        applied_on = member.joined_on - timedelta(days=AFTER["assembly"])
        same = ("name", "pinyin", "initials", "sex", "birth_on", "id_number", "id_masked", "id_index", "id_tail_index", "education", "post")
        case = Case(
            organisation=member.branch, member=member, mobile_phone=member.mobile_phone, applied_on=applied_on, procedure=in_force(applied_on).code,
            created_by=self.by, version=1, **{name: getattr(member, name) for name in same},
        )  # fmt: skip
        case.probation_until = probation_until(case.rules, assembly_on=member.joined_on)
        done = [step for step in AFTER if AFTER[step] <= AFTER["assembly"] + (self.today - member.joined_on).days]
        self._walk(case, applied_on, "approval" if "approval" not in done else done[-1])

    def _walk(self, case: Case, applied_on: date, last: str) -> None:
        rules, steps = case.rules, list(AFTER)
        days = {step: min(applied_on + timedelta(days=AFTER[step]), self.today) for step in steps[: steps.index(last) + 1]}
        self.rows.cases.append(case)
        self.rows.add(CasePlace(case=case, organisation=self.branch, start=applied_on))
        papers = self._steps(case, rules, days)
        looks = self._looks(case, days)
        public = self._public(case, rules, days)
        facts = CaseFacts(
            birth_on=case.birth_on, days=days, inspections=looks, publicised=public, materials=papers, probation_until=case.probation_until
        )
        ahead = outlook(rules, facts, usual_days=USUAL_DAYS.default)
        case.stage, case.next_step = ahead.step.stage, ahead.step.code
        case.not_before, case.due_on, case.is_limit = ahead.earliest, ahead.due_on, ahead.is_limit

    def _steps(self, case: Case, rules: Procedure, days: dict[str, date]) -> frozenset[str]:
        papers = set()
        for code, day in days.items():
            step = rules.by_code[code]
            record = StepRecord(
                case=case, step=code, day=day, organisation=self.approver if step.decider.superior else self.branch, recorded_by=self.by,
                document_number=f"〔{day.year}〕{day.timetuple().tm_yday} 号" if step.decider.needs_power else "", **_OWN.get(code, {}),
            )  # fmt: skip
            if code == "volunteer_form":
                record.document_number = f"{day.year}{day.timetuple().tm_yday:04d}"
            self.rows.add(record)
            for kind in step.materials:
                if kind not in papers:
                    self.rows.add(Material(case=case, kind=kind, held_on=day, place="支部档案柜", checked_by=self.by))
                papers.add(kind)
            if step.vote:
                came = len(self.full) - len(self.full) // 5
                self.rows.add(
                    Ballot(record=record, entitled=len(self.full), present=came, written=0, in_favour=came, against=0, abstained=0)
                )
            for kind, count in (("contact", 2),) if code == "contacts" else (("introducer", 2),) if code == "introducers" else ():
                for member in self.full[:count]:
                    self.rows.add(Companion(case=case, member_id=member, kind=kind, start=day))
        return frozenset(papers)

    def _looks(self, case: Case, days: dict[str, date]) -> tuple[date, ...]:
        looks = []
        if "contacts" in days:
            until = days.get("cultivate", self.today)
            looks = [day for n in (1, 2) if (day := days["activist"] + timedelta(days=170 * n)) < until]
        for day in looks:
            self.rows.add(
                Inspection(
                    case=case, kind="half_year", day=day, by_whom="支委会", conclusion="参加组织生活积极，群众反映好。", recorded_by=self.by
                )
            )
        return tuple(looks)

    def _public(self, case: Case, rules: Procedure, days: dict[str, date]) -> tuple[tuple[str, date, date], ...]:
        if not rules.publicity_workdays or "introducers" not in days:
            return ()
        start = days["candidate_agreed"] + timedelta(days=1)
        end = self.days.last_of(start, rules.publicity_workdays)
        self.rows.add(Publicity(case=case, place="home", where="公开栏", start=start, end=end, recorded_by=self.by))
        return (("home", start, end),)


_OWN = {"talk": {"by_whom": "支部书记"}, "training": {"days": 3, "hours": 24}, "party_talk": {"by_whom": "组织委员"}}


def _number(birth_on: date, sex: str, serial: int) -> str:
    """A valid number of an unassigned area no member of the demo has."""
    body = f"{AREA}{birth_on:%Y%m%d}{serial % 500 * 2 + (sex == '1'):03d}"
    return body + SIGNS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def _write(rows: Rows) -> None:
    copy_in(rows.cases)
    for model in (CasePlace, StepRecord, Ballot, Companion, Inspection, Publicity, Material):
        copy_in(rows.rest.get(model, []))
