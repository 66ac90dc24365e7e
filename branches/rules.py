"""What the Party's rules say about organisations. Pure: no Django, no clock."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from partyportal.core.cells import EXACT, day_of, squeeze
from partyportal.core.days import months_after

# 农村条例 and 机关条例: a 党支部 may hang under any committee or a 党总支; a 党小组 only under its 党支部.
_COMMITTEES = frozenset({"county", "work_committee", "committee"})
MAY_HANG_UNDER: dict[str, frozenset[str | None]] = {
    "county": frozenset({None}),
    "work_committee": frozenset({"county"}),
    "committee": _COMMITTEES,
    "general_branch": _COMMITTEES,
    "branch": _COMMITTEES | {"general_branch"},
    "group": frozenset({"branch"}),
}

# 三员分立 (等保 GB/T 22239 三级): who keeps the accounts, who grants, and who reads the log are three persons.
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "auditor"})


def outermost(paths: Iterable[str]) -> list[str]:
    """Of some places of the tree (`/1/4/`) those that hang under none of the others, in order."""
    outer: list[str] = []
    for path in sorted(set(paths)):
        if not outer or not path.startswith(outer[-1]):
            outer.append(path)
    return outer


def posts_clash(held: Iterable[str], wanted: str) -> bool:
    """Whether one person may not hold `wanted` beside the roles already held."""
    return wanted in ADMINISTRATORS and bool(ADMINISTRATORS.intersection(held) - {wanted})


def may_approve_admission(*, kind: str, above: str | None) -> bool:
    """审批预备党员 is that of a 党委（工委，下同） (2026 细则 Art22): not a 党总支's, nor that of a committee under another 基层党委."""
    return kind in {"committee", "work_committee"} and above != "committee"


# ── 届次 ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Length:
    """Years of a term for a kind of organisation; an empty unit type is every other one."""

    kind: str
    unit_type: str
    years: int


def term_years(lengths: Iterable[Length], *, kind: str, unit_type: str) -> int | None:
    """支部工作条例（试行）ch.6: 村、社区党支部每届任期 5 年, 其他党支部 3 年; 机关条例: 机关党委 5, 机关总支、支部 3.

    The unit's own row before the general one; none where the organisation is not elected (党工委, 党小组).
    """
    fitting = [length for length in lengths if length.kind == kind and length.unit_type in {unit_type, ""}]
    return max(fitting, key=lambda length: length.unit_type != "").years if fitting else None


def may_expire_on(until: date, *, kind: str, started_on: date, due_on: date, extension_months: int) -> str:
    """中组部 1990: 延期或提前换届须经上级批准, 延长期一般不超过一年. Why a term may not be over on `until`, "" if it may."""
    if until <= started_on:
        return f"要晚于当选之日 {started_on:%Y-%m-%d}"
    if kind == "advanced" and until >= due_on:
        return f"提前换届要早于届满之日 {due_on:%Y-%m-%d}"
    if kind == "extended" and until <= due_on:
        return f"延期要晚于届满之日 {due_on:%Y-%m-%d}"
    latest = months_after(due_on, extension_months)
    if kind == "extended" and until > latest:
        return f"延期不超过 {extension_months} 个月，最迟到 {latest:%Y-%m-%d}"
    return ""


def term_state(expires_on: date, *, today: date, warning_months: int) -> str:
    """按期换届 (ch.6): "over" once the day has come, "near" from so many months before it, else "running"."""
    if today >= expires_on:
        return "over"
    return "near" if expires_on <= months_after(today, warning_months) else "running"


SHORT = 60  # signs of an everyday name
_ENDINGS = ("支部委员会", "总支部委员会", "工作委员会", "委员会")


def short_name(name: str, parent_name: str = "") -> str:
    """The everyday name: 中共清源县山门镇高家杨村支部委员会 under 中共清源县山门镇委员会 → 高家杨村党支部."""
    body = name.removeprefix("中国共产党").removeprefix("中共")
    if not parent_name and body.endswith(("县委员会", "市委员会", "区委员会")):
        return body.removesuffix("员会")
    stem = _stem(parent_name)
    for lead in (stem, _county(stem), _county(body)):
        if lead and body.startswith(lead) and len(body) > len(lead) + 2 and not body[len(lead) :].startswith(_ENDINGS):
            body = body.removeprefix(lead)
            break
    for ending, word in (("总支部委员会", "党总支"), ("支部委员会", "党支部"), ("工作委员会", "党工委"), ("委员会", "党委")):
        if body.endswith(ending):
            body = body.removesuffix(ending) + word
            break
    return body[:SHORT]


def _stem(name: str) -> str:
    body = name.removeprefix("中国共产党").removeprefix("中共")
    for ending in ("总支部委员会", "支部委员会", "工作委员会", "委员会"):
        if body.endswith(ending):
            return body.removesuffix(ending)
    return body


def _county(body: str) -> str:
    """The leading 某某县 of a name, if it has one."""
    for at, sign in enumerate(body[:8]):
        if sign in "县区" and at >= 1:
            return body[: at + 1]
    return ""


# ── An organisation sheet ────────────────────────────────────────────────────────────────────────────────────────
COLUMNS = {
    "code": ("党组织代码", "组织代码", "代码", "党组织编码"),
    "name": ("党组织全称", "党组织名称", "组织全称", "全称", "名称"),
    "kind": ("党组织类别", "组织类别", "类别", "党组织类型"),
    "parent": ("上级党组织代码", "上级组织代码", "上级代码", "上级党组织", "上级党组织名称", "上级党组织全称", "上级组织"),
    "founded_on": ("成立日期", "建立日期", "成立时间", "建立时间"),
    "unit_type": ("单位类别", "单位类型", "所在单位类别"),
}
HEADING = {key: names[0] for key, names in COLUMNS.items()}
_HAN = re.compile("[\u4e00-\u9fff]")
_CHINESE_BRACKETS = str.maketrans("()", "（）")

KIND_NAMES = {
    "county": ("县委", "县委员会", "区委", "市委"),
    "work_committee": ("党工委", "工委", "工作委员会", "机关工委", "街道党工委"),
    "committee": ("基层党委", "党委", "乡镇党委", "乡党委", "镇党委", "街道党委", "机关党委", "党的基层委员会", "基层委员会"),
    "general_branch": ("党总支", "总支", "党总支部", "总支部", "总支部委员会", "党总支部委员会"),
    "branch": ("党支部", "支部", "支部委员会", "党支部委员会", "联合党支部", "联合支部", "村党支部", "社区党支部"),
    "group": ("党小组", "小组"),
}
UNIT_TYPE_NAMES = {
    "village": ("村", "行政村", "农村"),
    "community": ("社区",),
    "township": ("乡镇", "乡镇街道", "街道"),
    "office": ("机关",),
    "school": ("学校",),
    "institution": ("事业单位",),
    "new_sector": ("两新", "两新组织", "非公企业", "社会组织", "企业"),
    "retired": ("离退休",),
    "mobile": ("流动", "流动党员"),
    "other": ("其他", "其它"),
}


def _by_name(names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: value for value, all_names in names.items() for name in (value, *all_names)}


_KIND_OF, _UNIT_TYPE_OF = _by_name(KIND_NAMES), _by_name(UNIT_TYPE_NAMES)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell, with the remedy."""

    row: int
    column: str
    code: str
    message: str


@dataclass
class OrganisationRow:
    """One row of an organisation sheet, read. A blank 单位类别 says nothing."""

    row: int
    code: str = ""
    name: str = ""
    kind: str = ""
    parent: str = ""
    founded_on: date | None = None
    unit_type: str = ""


@dataclass(frozen=True)
class HeldOrganisation:
    """What the tree holds under a code."""

    kind: str
    parent: str
    name: str = ""
    founded_on: date | None = None
    dissolved_on: date | None = None


def _full_name(said: object) -> str:
    """A full name as it is kept: no blanks, and Chinese brackets whichever were typed."""
    return squeeze(said).translate(_CHINESE_BRACKETS)


def read_row(row: int, cells: Mapping[str, object], *, today: date) -> tuple[OrganisationRow, list[Fault]]:
    """One row's own values and faults, whatever the other rows say."""
    read, faults = OrganisationRow(row), []

    def fault(key: str, code: str, message: str) -> None:
        faults.append(Fault(row, HEADING[key], code, message))

    read.code, read.parent = (squeeze(cells.get(key)) for key in ("code", "parent"))
    read.name = _full_name(cells.get("name"))
    for key in ("code", "parent"):
        if isinstance(cells.get(key), float) and cells[key] >= EXACT:
            fault(key, "code_precision_lost", "末几位被 Excel 变成 0，把整列设为文本后重填。")
    if not read.code:
        fault("code", "required", "没有填党组织代码。")
    elif len(read.code) > 40 or not (read.code.isascii() and read.code.isalnum()):
        fault("code", "bad_code", "党组织代码只能是字母和数字，最多 40 位。")
    if not read.name:
        fault("name", "required", "没有填党组织全称。")
    elif len(read.name) > 120:
        fault("name", "bad_name", "党组织全称太长，最多 120 字。")
    elif not _HAN.search(read.name):
        fault("name", "bad_name", "这不是党组织全称，写成 中共某县某镇某村支部委员会 这样。")
    said = squeeze(cells.get("kind"))
    read.kind = _KIND_OF.get(said, "")
    if not said:
        fault("kind", "required", "没有填党组织类别。")
    elif not read.kind:
        fault("kind", "unknown_choice", f"没有“{said[:20]}”这个类别。可填：县委、党工委、基层党委、党总支、党支部、党小组。")
    said = squeeze(cells.get("unit_type"))
    read.unit_type = _UNIT_TYPE_OF.get(said, "")
    if said and not read.unit_type:
        fault(
            "unit_type",
            "unknown_choice",
            f"没有“{said[:20]}”这个单位类别。可填：{'、'.join(names[0] for names in UNIT_TYPE_NAMES.values())}。",
        )
    raw = cells.get("founded_on")
    if not squeeze(raw):
        fault("founded_on", "required", "没有填成立日期。")
    else:
        read.founded_on = day_of(raw)
        if read.founded_on is None:
            fault("founded_on", "bad_date", "成立日期看不明白，请写成 2015-08-16。")
        elif read.founded_on > today:
            fault("founded_on", "date_order", "成立日期还没有到。")
    return read, faults


def check_tree(rows: list[OrganisationRow], *, refused: set[int], held: Mapping[str, HeldOrganisation]) -> list[Fault]:
    """The faults that only the whole file and the held tree show: doubles, unknown parents, circles, wrong places.

    A row whose parent is refused is refused too; `refused` is filled as the faults are found. A parent named by its full
    name, as sheets made by hand have it, is from here on its code.
    """
    faults: list[Fault] = []

    def fault(row: OrganisationRow, key: str, code: str, message: str) -> None:
        faults.append(Fault(row.row, HEADING[key], code, message))
        refused.add(row.row)

    first: dict[str, OrganisationRow] = {}
    for row in rows:
        if row.code and row.code in first:
            for one in {first[row.code].row: first[row.code], row.row: row}.values():
                if not any(f.row == one.row and f.code == "duplicate_in_file" for f in faults):
                    fault(one, "code", "duplicate_in_file", f"党组织代码 {row.code} 在这份文件里出现了不止一次。")
        first.setdefault(row.code, row)

    # Codes as Excel shows them once it took them for numbers: such a row is no new organisation.
    shortened = {code.lstrip("0"): code for code in held if code.isdigit() and code.startswith("0")}
    kinds = {row.code: row.kind for row in rows if row.code} | {code: one.kind for code, one in held.items()}
    named = _codes_by_name(rows, held)
    for row in rows:
        if row.parent not in kinds and len(codes := named.get(_full_name(row.parent), ())) == 1:
            (row.parent,) = codes
    parents = {code: one.parent for code, one in held.items()} | {row.code: row.parent for row in rows if row.code}
    for row in rows:
        if not row.code or not row.kind:
            continue
        if row.code not in held and row.code in shortened:
            fault(row, "code", "bad_code", f"已登记的是 {shortened[row.code]}，前面的 0 被 Excel 去掉了，把整列设为文本后重填。")
            continue
        if row.code in held and held[row.code].kind != row.kind:
            fault(row, "kind", "kind_changed", f"已登记为{KIND_NAMES[held[row.code].kind][0]}，改类别要走改设，不能由导入改。")
            continue
        one = held.get(row.code)
        if one and one.dissolved_on and (one.name, one.parent, one.founded_on) != (row.name, row.parent, row.founded_on):
            fault(row, "code", "dissolved", f"这个党组织在 {one.dissolved_on} 已经撤销，不能再改，从表里删去这一行。")
            continue
        if not row.parent:
            if None not in MAY_HANG_UNDER[row.kind]:
                fault(row, "parent", "required", f"{KIND_NAMES[row.kind][0]}要填上级党组织代码。")
            elif row.code not in held and any(k == "county" and c != row.code and not parents[c] for c, k in kinds.items()):
                fault(row, "parent", "wrong_parent", "一个县只有一个县委在最上层。")
        elif _full_name(row.parent) in named and row.parent not in kinds:
            fault(row, "parent", "ambiguous_parent", "叫这个名称的党组织不止一个，填上级党组织代码。")
        elif row.parent not in kinds:
            fault(row, "parent", "unknown_parent", f"没有代码或全称为 {row.parent[:40]} 的党组织，文件里和系统里都没有。")
        elif (over := held.get(row.parent)) and over.dissolved_on and (row.code not in held or held[row.code].parent != row.parent):
            fault(row, "parent", "dissolved", f"上级党组织在 {over.dissolved_on} 已经撤销，改填现在的上级。")
        elif _circles(row.code, parents):
            fault(row, "parent", "circle", "上下级绕成了一圈，请核对上级党组织代码。")
        elif kinds[row.parent] and kinds[row.parent] not in MAY_HANG_UNDER[row.kind]:
            fault(row, "parent", "wrong_parent", f"{KIND_NAMES[row.kind][0]}不能设在{KIND_NAMES[kinds[row.parent]][0]}之下。")

    # Down the tree until nothing more falls: a new child cannot hang under a row that is not written, and what changes
    # places with such a row cannot either.
    at = {row.code: row for row in rows if row.code}
    falling = True
    while falling:
        falling = False
        hanging = {code: one.parent for code, one in held.items()} | {row.code: row.parent for row in rows if row.row not in refused}
        for row in rows:
            if row.row in refused:
                continue
            above = at.get(row.parent)
            if above is not None and above.row in refused and row.parent not in held:
                fault(row, "parent", "parent_refused", f"上级党组织在第 {above.row} 行，那一行没有通过。")
                falling = True
            elif _circles(row.code, hanging):
                fault(row, "parent", "circle", "有的行没有通过，照原样不动，上下级就绕成了一圈：先改好那些行。")
                falling = True
    return faults


def _codes_by_name(rows: Iterable[OrganisationRow], held: Mapping[str, HeldOrganisation]) -> dict[str, set[str]]:
    """The codes of each full name, in the file and in the tree."""
    codes: dict[str, set[str]] = {}
    for code, name in [*((row.code, row.name) for row in rows), *((code, one.name) for code, one in held.items())]:
        if code and name:
            codes.setdefault(name, set()).add(code)
    return codes


def _circles(code: str, parents: Mapping[str, str]) -> bool:
    seen, at = set(), code
    while at:
        if at in seen:
            return at == code
        seen.add(at)
        at = parents.get(at, "")
    return False
