"""Which 党支部 a cell names: by its code, its full name, or the tail of exactly one 党支部's full name. Pure.

Decided here:
- A code, then a full name, then the code without the zeros Excel ate, then a tail: the exact beats the vague.
- Blanks and full-width letters do not matter, and 中国共产党 is 中共.
- Two 党支部 of one full name are `ambiguous_branch`, and so is a tail of several. A 党支部 and another kind of one full
  name are the 党支部: nobody's 组织关系 is anywhere else. What only other kinds answer to is `not_a_branch`.
- No guessing beyond that: the nearest names stand in the message, and a person chooses.
"""

from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property
from heapq import nlargest
from typing import NamedTuple

from partyportal.core.cells import Unreadable, squeeze

BRANCH = "branch"

# Finding the nearest names costs milliseconds each; a file of nothing but unknown names must not cost minutes.
_SUGGESTIONS = 200
_LIKE = 0.6
_ENDINGS = ("党总支部委员会", "总支部委员会", "党支部委员会", "支部委员会", "工作委员会", "委员会", "党总支", "党支部", "总支", "支部")


class BranchIndex:
    """The organisations of the tree as a roster may name them; made once for a file of (code, full name, kind)."""

    def __init__(self, organisations: Iterable[tuple[str, str, str]]):
        self._codes: dict[str, tuple[str, str]] = {}
        self._numbers = defaultdict(list)
        self._names = defaultdict(list)
        self._labels: dict[str, str] = {}
        for code, name, kind in organisations:
            self._codes[_key(code)] = code, kind
            self._names[_key(name)].append((code, kind))
            self._labels[code] = name
            if code.isdigit():
                self._numbers[int(code)].append((code, kind))
        # One text to search for a tail: \n ends each name, so a find in C stands for a loop over the county.
        self._tails = "\n".join(self._names) + "\n"
        self._left_to_suggest = _SUGGESTIONS

    def read(self, raw: object) -> str | Unreadable:
        """The code of the 党支部 a cell names."""
        key = _key(raw)
        if not key:
            return Unreadable("required", "没有填所在党支部")
        if key in self._codes:
            return self._chosen([self._codes[key]])
        if key in self._names:
            return self._chosen(self._names[key])
        number = key.removesuffix(".0")
        if number.isascii() and number.isdigit() and (found := self._numbers.get(int(number))):
            return self._chosen(found)
        return self._chosen(self._by_tail(key), key)

    def _by_tail(self, key: str) -> list[tuple[str, str]]:
        found, at = [], self._tails.find(key + "\n")
        while at >= 0:
            start = self._tails.rfind("\n", 0, at) + 1
            found += self._names[self._tails[start : at + len(key)]]
            at = self._tails.find(key + "\n", at + 1)
        return found

    def _chosen(self, found: list[tuple[str, str]], key: str = "") -> str | Unreadable:
        branches = [code for code, kind in found if kind == BRANCH]
        if len(branches) == 1:
            return branches[0]
        if branches:
            return Unreadable("ambiguous_branch", f"{self._listed(branches)} 都对得上，填全称或代码")
        if found:
            return Unreadable("not_a_branch", "这不是党支部，组织关系要落在党支部，填党支部的全称或代码")
        near = self._near(key)
        return Unreadable(
            "unknown_branch", "没有这个党支部" + (f"。相近的有：{'、'.join(near)}" if near else "，填全称或代码，或先导入党组织")
        )

    def _listed(self, codes: list[str]) -> str:
        same = len({self._labels[code] for code in codes}) < len(codes)
        names = [f"{self._labels[code]}（{code}）" if same else self._labels[code] for code in codes[:3]]
        return "、".join(names) + (f" 等 {len(codes)} 个" if len(codes) > 3 else "")

    def _near(self, key: str) -> list[str]:
        """Up to three full names of 党支部 that look like the key, nearest first."""
        self._left_to_suggest -= 1
        if self._left_to_suggest < 0:
            return []
        body = _body(key)
        signs = frozenset(body)
        # The likeliest by the signs they share, which is cheap; only those are then compared sign by sign.
        likely = nlargest(20, self._bodies, key=lambda known: len(signs & known.signs))
        matcher = SequenceMatcher(b=body, autojunk=False)
        scored = []
        for known in likely:
            # The key may leave out 某某县 or 某某镇, so it is compared with as much of the name's end as it is long, too.
            ratios = []
            for part in (known.body, known.body[-len(body) :]):
                matcher.set_seq1(part)
                ratios.append(matcher.ratio())
            scored.append((max(ratios), min(ratios), known.name))
        scored.sort(reverse=True)
        return [name for ratio, _, name in scored[:3] if ratio >= _LIKE]

    @cached_property
    def _bodies(self) -> list["_Known"]:
        branches = (owners for owners in self._names.values() if any(kind == BRANCH for _, kind in owners))
        names = (self._labels[owners[0][0]] for owners in branches)
        return [_Known(name, body := _body(_key(name)), frozenset(body)) for name in names]


class _Known(NamedTuple):
    name: str
    body: str
    signs: frozenset[str]


def _key(raw: object) -> str:
    text = squeeze(raw)
    return "中共" + text[5:] if text.startswith("中国共产党") else text


def _body(key: str) -> str:
    """A name without 中共 and the ending all names share, so that likeness is that of the place."""
    key = key.removeprefix("中共")
    for ending in _ENDINGS:
        if key.endswith(ending) and len(key) > len(ending):
            return key.removesuffix(ending)
    return key
