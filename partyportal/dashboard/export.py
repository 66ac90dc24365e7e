"""The 概况 page as one sheet: the part, the line, its figure, and the months where there are any."""

from collections.abc import Iterator
from typing import IO

from partyportal.core.sheets import write_xlsx
from partyportal.dashboard.selectors.cockpit import Cockpit


def cockpit_sheet(cockpit: Cockpit) -> IO[bytes]:
    """Every number of the page, in the page's order."""
    months = list(cockpit.heat.columns)
    title = f"{cockpit.organisation.short_name}概况，{cockpit.year} 年度，截至 {cockpit.today:%Y-%m-%d}"
    headings = ["部分", "项目", "合计", *months]
    return write_xlsx(headings, _rows(cockpit), title=title, sheet="概况", text_columns=months, widths={"项目": 28})


def _rows(cockpit: Cockpit) -> Iterator[list]:
    people, heat = cockpit.structure, cockpit.heat
    yield ["总数", "党员", people.members]
    yield ["总数", "党支部", cockpit.branches]
    yield ["总数", "流动党员", people.mobile]
    yield ["总数", "失联党员", people.lost]
    if cockpit.coverage:
        yield ["总数", "积分覆盖", f"{cockpit.coverage.done}/{cockpit.coverage.due}"]
    yield ["三会一课", "已开/应开", f"{heat.done}/{heat.due}"]
    for row in heat.rows:
        yield ["三会一课", row.label, f"{row.done}/{row.due}", *(f"{cell.done}/{cell.due}" if cell.due else "—" for cell in row.cells)]
    for one in cockpit.attention:
        yield ["需要帮一把的支部", one.branch.short_name, one.words]
    for band in people.bands:
        yield ["年龄", f"{band.label} 男", band.men]
        yield ["年龄", f"{band.label} 女", band.women]
    for name, lines in (("学历", people.education), ("类别", people.categories), ("流动去向", people.destinations)):
        yield from ([name, line.label, line.count] for line in lines)
    for line in cockpit.points.lines:
        yield ["积分构成", line.label, line.points]
