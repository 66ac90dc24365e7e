"""The one evaluation of a criterion: its tree as one SQL condition over members, for any scope, and what each leaf said of each person.

Every leaf is a condition that is never NULL, so 不能是 is the complement and nothing else. Rows beside the member are asked as a
subquery of their own (`pk IN (…)`): one hashed look-up for a whole county.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from members.care.models import Condition
from members.care.rules import criteria as c
from members.care.rules.reasons import Person, codes, why
from members.models import Affiliation, Fact, Member, MemberClass, Sanction, Suspension
from members.models.people import with_party_age, years_since
from members.rules.appraisals import APPRAISAL


def at_home(on: date) -> Q:
    """Whoever's 组织关系 is in the county on a day; of a day to come, as far as is known."""
    return Q(pk__in=Affiliation.objects.on(on).values("member"), merged_into=None)


def met(node: c.Node, *, on: date, known: datetime | None = None) -> Q:
    """Who meets a tree on a day; with `known`, by the conditions that had been recorded at that moment."""
    match node:
        case c.All(parts):
            found = Q()
            for part in parts:
                found &= met(part, on=on, known=known)
            return found
        case c.Any(parts):
            found = met(parts[0], on=on, known=known)
            for part in parts[1:]:
                found |= met(part, on=on, known=known)
            return found
        case c.Not(part):
            return ~met(part, on=on, known=known)
        case leaf:
            return _leaf(leaf, on, known)


def _leaf(leaf: c.Leaf, on: date, known: datetime | None) -> Q:
    match leaf:
        case c.Age(at_least, at_most, day):
            return years_since("birth_on", on=c.day_of(day, on), at_least=at_least, at_most=at_most)
        case c.PartyAge(at_least, at_most, day, no_probation):
            return with_party_age(on=c.day_of(day, on), at_least=at_least, at_most=at_most, no_probation=no_probation)
        case c.Joined(before):
            return Q(joined_on__lt=before)
        case c.Held():
            return Q(pk__in=holding(leaf, on, known).values("member"))
        case c.InClass(names):
            return Q(pk__in=MemberClass.objects.on(c.day_of(leaf.on, on)).filter(name__in=names).values("member"))
        case c.OfSex(value):
            return Q(sex=value)
        case c.OfCategory(value):
            full = Q(full_on__isnull=False, full_on__lte=c.day_of(leaf.on, on))
            return full if value == "full" else ~full
        case c.Appraised(never, back):
            said = Fact.objects.standing().filter(kind=APPRAISAL, grade__in=never, day__year=on.year - back)
            return ~Q(pk__in=said.values("member"))
        case c.Unpunished():
            return ~Q(pk__in=Sanction.objects.on(c.day_of(leaf.on, on)).values("member"))
        case c.InStanding():
            return ~Q(pk__in=Suspension.objects.on(c.day_of(leaf.on, on)).values("member"))
        case c.AtHome():
            return Q(pk__in=Affiliation.objects.on(c.day_of(leaf.on, on)).values("member"))


def holding(leaf: c.Held, on: date, known: datetime | None = None) -> QuerySet[Condition]:
    """The rows by which the leaf holds."""
    rows = Condition.objects.on(c.day_of(leaf.on, on)).filter(kind__in=leaf.kinds)
    return rows if known is None else rows.filter(recorded_at__lte=known)


def reasons_of(node: c.Node, members: Iterable[Member | int], *, on: date) -> dict[int, list[str]]:
    """Of each member why the tree holds, or what is missing, in sentences: as many statements for one as for fifty."""
    said, people = _said(node, members, on)
    return {pk: why(node, said[pk], person, on) for pk, person in people.items()}


def _said(node: c.Node, members: Iterable[Member | int], on: date) -> tuple[dict, dict[int, Person]]:
    """What each leaf says of each member, by the very conditions the list is made of, and the days the sentences name."""
    ids = [one.pk if isinstance(one, Member) else one for one in members]
    leaves = list(dict.fromkeys(c.leaves(node)))
    flags = {f"leaf_{n}": flag(_leaf(leaf, on, None)) for n, leaf in enumerate(leaves)}
    rows = Member.objects.filter(pk__in=ids).annotate(**flags).values("pk", "birth_on", "joined_on", "full_on", *flags)
    held: dict[int, dict[c.Held, tuple]] = {}
    for leaf in leaves:
        if isinstance(leaf, c.Held):
            for pk, kind, start in holding(leaf, on).filter(member__in=ids).order_by("start", "pk").values_list("member", "kind", "start"):
                known = held.setdefault(pk, {})
                known[leaf] = (*known.get(leaf, ()), (kind, start))
    said, people = {}, {}
    for row in rows:
        said[row["pk"]] = {leaf: row[f"leaf_{n}"] for n, leaf in enumerate(leaves)}
        days = {name: row[name] for name in ("birth_on", "joined_on", "full_on")}
        people[row["pk"]] = Person(**days, held=held.get(row["pk"], {}))
    return said, people


def flag(condition: Q) -> Case:
    """A condition as a column; of one that nobody can meet, false."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def codes_of(node: c.Node, members: Iterable[Member | int], *, on: date) -> dict[int, list[dict]]:
    """Of each member why they are on the list, as codes and days that can be kept."""
    said, people = _said(node, members, on)
    return {pk: codes(node, said[pk], person, on) for pk, person in people.items()}
