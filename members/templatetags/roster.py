"""The roster's rows. Fifty lines of ten cells are most of the page, so they are written in one go: a loop of the template
costs as much as the queries behind it (bench/pages.py), and `format_html` most of that again."""

from functools import cache
from html import escape
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from members.selectors.roster import RosterRow

register = template.Library()

_LOST, _SUSPENDED, _MOBILE = (
    '<span class="pp-chip pp-chip-act">失联</span>',
    '<span class="pp-chip pp-chip-act">停止党籍</span>',
    '<span class="pp-chip pp-chip-look">流动</span>',
)


@register.simple_tag
def roster_rows(*, rows: list[RosterRow]) -> SafeString:
    """A line for each RosterRow, with at most two chips. All text that anybody wrote is escaped here, cell by cell."""
    before, after = _address()
    return mark_safe("\n".join([_line(row, before, after) for row in rows]))


def _line(row: RosterRow, before: str, after: str) -> str:
    number = escape(row.id_masked)
    chips = (_LOST if row.is_lost else "") + (_SUSPENDED if row.is_suspended else _MOBILE if row.is_mobile else "")
    return (
        f'<tr><td class="pp-name"><a href="{before}{row.uid}{after}">{escape(row.name)}</a></td><td class="pp-dim">{row.sex}</td>'
        f'<td class="pp-num pp-fact">{row.age} 岁</td><td class="pp-dim">{number[:6]}<span class="pp-stars">{number[6:-4]}</span>{number[-4:]}</td>'
        f'<td class="pp-dim pp-fact">{escape(row.branch)}</td><td class="pp-dim">{"正式" if row.is_full else "预备"}</td>'
        f'<td class="pp-num">{row.party_age_words}</td><td class="pp-dim">{escape(row.phone) or "没有"}</td><td class="pp-state">{chips}</td></tr>'
    )


@cache
def _address() -> tuple[str, str]:
    """What stands before and after the uid in a member's address, asked of the URL table once."""
    nobody = UUID(int=0)
    before, _, after = reverse("members:member", args=[nobody]).partition(str(nobody))
    return before, after
