"""The counts of a subtree and the rows behind each: the same condition over the same members, so they always agree."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import BooleanField, CharField, Count, ExpressionWrapper, F, Func, Q, QuerySet, Value
from django.db.models.functions import Length, Substr

from branches.models import Organisation
from members import parameters
from members.models import Member, RosterCheck
from members.rules.quality import period_words
from members.selectors.quality.findings import FINDINGS, KINDS, OF_BRANCHES, OF_MEMBERS, Asked, Finding, Kind
from members.selectors.roster import roster


@dataclass(frozen=True)
class Place:
    """One organisation below, or the whole: how many members and branches, and how many of each finding."""

    key: str  # the row id, as the burden counts by it
    code: str
    name: str
    members: int
    branches: int
    counts: dict[str, int]

    def of(self, finding: Finding) -> int:
        return self.counts.get(finding.code, 0)


@dataclass(frozen=True)
class Quality:
    """The page of one subtree. A kind counts people once, however much is wrong with each."""

    organisation: Organisation
    period: tuple[date, date]
    period_words: str
    whole: Place
    below: tuple[Place, ...]
    check: RosterCheck | None  # of this period, where the organisation is a branch

    @property
    def checked(self) -> int:
        return self.whole.branches - self.whole.counts.get("unchecked", 0)

    @property
    def findings(self) -> list[Finding]:
        """What was asked; a branch's own size and check are told above its list."""
        return [finding for finding in FINDINGS if not (finding.of_branches and self.organisation.is_branch)]

    @property
    def groups(self) -> list[tuple[str, str, str, list[tuple[Finding, int]]]]:
        """(kind, title, note, the findings that stand, each with its count), of the kinds that have any."""
        standing = [(finding, self.whole.of(finding)) for finding in self.findings if self.whole.of(finding)]
        groups = [(kind.value, title, note, [pair for pair in standing if pair[0].kind == kind]) for kind, title, note in KINDS]
        return [group for group in groups if group[3]]

    @property
    def clear(self) -> list[Finding]:
        return [finding for finding in self.findings if not self.whole.of(finding)]

    @property
    def incomplete(self) -> int:
        return self.whole.counts.get(f"kind_{Kind.INCOMPLETE}", 0)

    @property
    def contradictory(self) -> int:
        return self.whole.counts.get(f"kind_{Kind.CONTRADICTORY}", 0)

    @property
    def stale(self) -> int:
        return self.whole.counts.get(f"kind_{Kind.STALE}", 0)

    @property
    def columns(self) -> list[Finding]:
        """What the table of places shows: the findings that stand anywhere."""
        return [finding for finding in FINDINGS if self.whole.of(finding)]

    @property
    def rows(self) -> list[tuple[Place, list[tuple[Finding, int]]]]:
        return [(place, [(finding, place.of(finding)) for finding in self.columns]) for place in self.below]


def quality(user, organisation: Organisation, *, asked: Asked) -> Quality:
    """Three statements: members by organisation below with every count at once, branches likewise, and their names."""
    members, branches = roster(user, within=organisation), _branches(user, organisation)
    counts = _count(members, organisation, "branch__path", OF_MEMBERS, total="members", asked=asked)
    for child, told in _count(branches, organisation, "path", OF_BRANCHES, total="branches", asked=asked).items():
        counts.setdefault(child, {}).update(told)
    whole: dict[str, int] = {}
    for told in counts.values():
        for code, figure in told.items():
            whole[code] = whole.get(code, 0) + figure
    names = (
        Organisation.objects.filter(pk__in=[child for child in counts if child]).order_by("code").values_list("pk", "code", "short_name")
    )
    below = tuple(_place(str(pk), code, name, counts[str(pk)]) for pk, code, name in names)
    months = asked[parameters.ROSTER_CHECK_MONTHS]
    check = RosterCheck.objects.filter(organisation=organisation, start=asked.period[0]).select_related("checked_by").first()
    return Quality(
        organisation=organisation,
        period=asked.period,
        period_words=period_words(asked.period[0], months),
        whole=_place(str(organisation.pk), organisation.code, organisation.short_name, whole),
        below=below,
        check=check,
    )


def _place(key: str, code: str, name: str, told: dict[str, int]) -> Place:
    return Place(key, code, name, told.get("members", 0), told.get("branches", 0), told)


def _count(rows: QuerySet, organisation: Organisation, path: str, findings, *, total: str, asked: Asked) -> dict[str, dict[str, int]]:
    """By the organisation directly below (its row id, "" for the one in view): how many rows, of each finding, and of each kind.

    Each condition is worked out once a row, inside the fence (OFFSET 0); a kind is then any of its conditions.
    """
    tail = Substr(F(path), Length(Value(organisation.path)) + 1)
    conditions = {f"f_{finding.code}": ExpressionWrapper(finding.condition(asked), BooleanField()) for finding in findings}
    told = rows.order_by().annotate(child=Func(tail, Value("/"), Value(1), function="split_part", output_field=CharField()), **conditions)
    sql, params = told.values_list("child", *conditions).query.sql_with_params()
    figures = {finding.code: f"f_{finding.code}" for finding in findings}
    for kind, _, _ in KINDS:
        if any(finding.kind == kind for finding in findings):
            figures[f"kind_{kind}"] = " OR ".join(f"f_{finding.code}" for finding in findings if finding.kind == kind)
    names = ", ".join(["child", *conditions])
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in figures.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT child, count(*), {counted} FROM ({sql} OFFSET 0) AS told ({names}) GROUP BY child", params)
        return {child: {total: many} | dict(zip(figures, found, strict=True)) for child, many, *found in cursor.fetchall()}


def _branches(user, organisation: Organisation) -> QuerySet:
    return Organisation.objects.visible_to(user).within(organisation).branches().existing()


def members_with(user, organisation: Organisation, finding: Finding, *, asked: Asked) -> QuerySet:
    """The members behind a count, by branch and name."""
    found = roster(user, within=organisation).filter(finding.condition(asked))
    return found.select_related("branch").defer("id_number").order_by("branch__code", "pinyin", "id")


def branches_with(user, organisation: Organisation, finding: Finding, *, asked: Asked) -> QuerySet:
    """The branches behind a count, by code, with how many members each has."""
    at_home = Q(members__left_on=None)
    full = at_home & Q(members__category=Member.Category.FULL)
    found = _branches(user, organisation).filter(finding.condition(asked)).select_related("parent").order_by("code")
    return found.annotate(people=Count("members", filter=at_home), full_people=Count("members", filter=full))


def shown(finding: Finding, member: Member) -> str:
    """What of the file shows the finding: 入党 2020-01-01，转正 2020-06-01."""
    said = []
    for label, attribute in finding.shows:
        value = getattr(member, attribute)
        value = value() if callable(value) else value
        said.append(f"{label} {value:%Y-%m-%d}" if hasattr(value, "strftime") else f"{label} {value or '—'}")
    return "，".join(said)


def blocking(organisation: Organisation, *, asked: Asked) -> dict[str, int]:
    """What keeps a branch from confirming its roster: the title of each such finding and how many people it is about; one statement."""
    kept = [finding for finding in OF_MEMBERS if finding.blocks]
    filters = {finding.code: Count("pk", filter=finding.condition(asked)) for finding in kept}
    told = Member.objects.at_home().filter(branch=organisation).aggregate(**filters)
    return {finding.title: told[finding.code] for finding in kept if told[finding.code]}
