"""Who is meant by a list of names, and who may sit at a site on a day."""

from dataclasses import dataclass
from datetime import date

from branches.models import Organisation
from education.selectors.rolls import standing_roll
from education.study.models import Site
from members.models import Affiliation, Member
from partyportal.core.cells import plain


@dataclass(frozen=True, kw_only=True)
class NamedFault:
    """One line of a list that does not name one person, in the manner of the roster."""

    row: int
    code: str
    message: str


def named_on(organisation: Organisation, text: str, day: date) -> tuple[list[Member], list[NamedFault]]:
    """The members of a subtree on a day who are named, one a line, a branch beside the name where two have it: one statement."""
    lines = [(number, plain(line).replace("，", " ").replace(",", " ").split()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, words) for number, words in lines if words]
    at_home = (
        Affiliation.objects.on(day)
        .filter(organisation__path__startswith=organisation.path, member__name__in={words[0] for _, words in lines})
        .select_related("member", "organisation")
        .defer("member__id_number")
    )
    by_name: dict[str, list[Affiliation]] = {}
    for row in at_home:
        by_name.setdefault(row.member.name, []).append(row)
    found: dict[int, Member] = {}
    faults = []
    for number, words in lines:
        told = _one(by_name.get(words[0], []), words, number)
        if isinstance(told, NamedFault):
            faults.append(told)
        elif told.pk in found:
            faults.append(NamedFault(row=number, code="duplicate", message=f"{words[0]}写了两次，去掉一行。"))
        else:
            found[told.pk] = told
    return list(found.values()), faults


def _one(rows: list[Affiliation], words: list[str], number: int) -> Member | NamedFault:
    name, branch = words[0], "".join(words[1:])
    fitting = [
        row
        for row in rows
        if not branch or branch in {row.organisation.code, row.organisation.short_name} or branch in row.organisation.name
    ]
    if not fitting:
        where = f"“{branch}”里" if branch and rows else "那天在这里的党员中"
        return NamedFault(row=number, code="unknown_member", message=f"{where}没有{name}，核对姓名和党支部。")
    if len(fitting) > 1:
        return NamedFault(row=number, code="ambiguous_member", message=f"有 {len(fitting)} 个{name}，后面写上党支部。")
    return fitting[0].member


def roll_at(site: Site, day: date) -> list[tuple[str, str]]:
    """(uid, name) of whoever may sit at a branch's site that day: its members, and mobile members of others whom it has taken on."""
    lines = standing_roll(organisation=site.organisation, group=None, held_on=day)
    return [(line.uid, f"{line.name}（{line.guest_of}的流动党员）" if line.guest_of else line.name) for line in lines]
