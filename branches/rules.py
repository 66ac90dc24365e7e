"""What the Party's rules say about organisations. Pure: no Django, no clock."""

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

_ENDINGS = ("支部委员会", "总支部委员会", "工作委员会", "委员会")


def short_name(name: str, parent_name: str = "") -> str:
    """The everyday name: 中共清源县山门镇高家杨村支部委员会 under 中共清源县山门镇委员会 → 高家杨村党支部."""
    body = name.removeprefix("中国共产党").removeprefix("中共")
    stem = _stem(parent_name)
    for lead in (stem, _county(stem), _county(body)):
        if lead and body.startswith(lead) and len(body) > len(lead) + 2 and not body[len(lead) :].startswith(_ENDINGS):
            body = body.removeprefix(lead)
            break
    for ending, word in (("总支部委员会", "党总支"), ("支部委员会", "党支部"), ("工作委员会", "党工委"), ("委员会", "党委")):
        if body.endswith(ending):
            return body.removesuffix(ending) + word
    return body


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
