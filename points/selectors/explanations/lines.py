"""One line of the ledger, told: what happened, what it is worth by which item and version, what a period did to it, and who vouches for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.urls import reverse

from members.models import Fact, MemberClass
from points.models import Entry, Item, Scheme
from points.rules.kinds import BASE, LAST_YEAR, YEAR_BASE
from points.selectors.explanations.background import Background
from points.selectors.explanations.reasons import Reason
from points.selectors.explanations.words import day as day_words
from points.selectors.explanations.words import plain, signed, stretch, times

ZERO = Decimal(0)
BASES = (BASE, YEAR_BASE)
CAPS = (Entry.Kind.ITEM_CAP, Entry.Kind.CATEGORY_CAP, Entry.Kind.TOTAL_CAP)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an account, with all that explains it."""

    uid: str
    day: date
    title: str
    note: str
    points: Decimal
    sums: list[tuple[str, str]]  # the arithmetic, row by row
    sources: list[tuple[str, str, str]]  # 事实 规则 登记 确认: label, words, address or ""
    kind: str
    category: str
    lost: str = ""  # what a cap does not count of it
    total: str = ""  # what the sums come to
    scheme: Scheme | None = None
    item: Item | None = None
    fact: Fact | None = None

    @property
    def is_adjustment(self) -> bool:
        return self.kind != Entry.Kind.FACT


@dataclass
class _Used:
    """How much of each bounded sum the lines before have used, as one walks them by day."""

    so_far: dict[tuple, Decimal] = field(default_factory=dict)

    def take(self, reason: Reason, points: Decimal) -> tuple[Decimal, Decimal]:
        """(used with this one, never beyond the bound; what of this one is beyond)."""
        before = self.so_far.get(reason.line, ZERO)
        after = self.so_far[reason.line] = before + points
        beyond = max(abs(after) - reason.bound, ZERO) - max(abs(before) - reason.bound, ZERO)
        return min(abs(after), reason.bound), max(beyond, ZERO)


def anchor_of(entry: Entry) -> str:
    """The name of the line that tells of an entry: of a fact each posting has its own, of an adjustment a day's are told together."""
    return f"{entry.line}-{entry.posting if entry.kind == Entry.Kind.FACT else entry.day}"


def explained(entries: list[Entry], background: Background) -> list[Line]:
    """A member's year: facts line by line, corrections as lines of their own; of an adjustment only what stands of it.

    An adjustment moves to the day of each later fact of its group, so its postings cancel out along the way: they
    are summed by line and shown once. What is left out sums to nothing.
    """
    facts = sorted((e for e in entries if e.kind == Entry.Kind.FACT), key=lambda e: (e.day, e.fact.key, e.item.code, e.posting))
    used = _Used()
    lines = [_fact_line(entry, background, used) for entry in facts]
    adjustments: dict[tuple, list[Entry]] = {}
    for entry in entries:
        if entry.kind != Entry.Kind.FACT:
            adjustments.setdefault((entry.line, entry.organisation_id, entry.day), []).append(entry)
    for postings in adjustments.values():
        points = sum((entry.points for entry in postings), ZERO)
        if points:
            lines.append(_adjustment_line(postings[-1], points, background))
    return lines


def explained_one_by_one(entries: Iterable[Entry], background: Background) -> dict[int, Line]:
    """Entries out of their account, each posting for itself, by entry."""
    return {
        entry.pk: _fact_line(entry, background, None)
        if entry.kind == Entry.Kind.FACT
        else _adjustment_line(entry, entry.points, background)
        for entry in entries
    }


# ── Facts ───────────────────────────────────────────────────────────────────
def _fact_line(entry: Entry, background: Background, used: _Used | None) -> Line:
    fact, item = entry.fact, entry.item
    postings = background.postings.get(entry.line, [entry])
    is_correction = entry.posted_at > postings[0].posted_at
    if is_correction:
        title, note, sums = _corrected(entry, postings, background)
        lost = ""
    else:
        title, note = fact.title, _of_what(fact, item)
        sums, lost = _counted(entry, postings, background, used)
    return Line(
        uid=anchor_of(entry),
        day=entry.day,
        title=title,
        note=note,
        points=entry.points,
        sums=sums,
        sources=_sources(entry, background, is_correction),
        kind=entry.kind,
        category=entry.category,
        lost=lost,
        scheme=item.scheme,
        item=item,
        fact=fact,
    )


def _of_what(fact: Fact, item: Item) -> str:
    """组织生活，2 学时."""
    if item.unit == "次" or fact.kind in BASES or fact.kind == LAST_YEAR:
        return item.category.name
    return f"{item.category.name}，{plain(fact.units)} {item.unit}"


def _worth(fact: Fact, item: Item, background: Background) -> str:
    """4 小时 × 每小时 1 分; of a grade, 1 次 × 市级每次 5 分; of last year's points, 80 分的 20%."""
    grade = background.grades.get((item.pk, fact.grade)) if fact.grade else None
    value = grade.value if grade else item.value
    if fact.kind == LAST_YEAR:
        return f"{fact.title} {plain(fact.units)} 分的 {plain(value * 100)}%"
    if fact.kind in BASES:
        return f"{item.name}，每{item.unit} {plain(value)} 分"
    return f"{plain(fact.units)} {item.unit} × {grade.name if grade else ''}每{item.unit} {plain(value)} 分"


def _counted(entry: Entry, postings: list[Entry], background: Background, used: _Used | None) -> tuple[list[tuple[str, str]], str]:
    """What the fact brings, and how far it fills the caps it counts in."""
    sums = [(_worth(entry.fact, entry.item, background), signed(entry.points))]
    stands = sum((posting.points for posting in postings), ZERO)
    is_first = entry.posting == postings[0].posting
    verb = "已扣" if entry.points < 0 else "已用"
    lost = ZERO
    for reason in background.groups(Entry.Kind.ITEM_CAP, entry.item.code, entry):
        when = stretch(reason.period, reason.start).strip()
        if used is None:
            sums.append((f"{when}{entry.item.name}合计", f"{plain(abs(reason.before))}/{plain(reason.bound)} 分"))
        elif is_first and stands:
            filled, beyond = used.take(reason, stands)
            sums.append((f"算上这一笔，{entry.item.name}{when}{verb}", f"{plain(filled)}/{plain(reason.bound)} 分"))
            lost = max(lost, beyond)
    for reason in background.groups(Entry.Kind.CATEGORY_CAP, entry.category, entry):
        filled = min(abs(reason.before), reason.bound)
        when = stretch(reason.period, reason.start).strip()
        sums.append((f"{entry.item.category.name}{when}到现在{verb}", f"{plain(filled)}/{plain(reason.bound)} 分"))
    if entry.points < 0:
        return sums, f"其中 {plain(lost)} 分超过扣分上限" if lost else ""
    return sums, f"其中 {plain(lost)} 分超出封顶" if lost else ""


def _corrected(entry: Entry, postings: list[Entry], background: Background) -> tuple[str, str, list[tuple[str, str]]]:
    """更正：… 原记 2 分，5月3日更正为 0 分，因为这件事已作废."""
    earlier = [posting for posting in postings if posting.posted_at < entry.posted_at]
    together = [posting for posting in postings if posting.posted_at == entry.posted_at]
    before = sum((posting.points for posting in earlier), ZERO)
    after = before + sum((posting.points for posting in together), ZERO)
    then = background.revision_at(entry.fact, earlier[-1].posted_at)
    now = background.revision_at(entry.fact, entry.posted_at)
    why = _why(then, now, earlier[-1], entry)
    note = f"原记 {plain(before)} 分，{day_words(entry.posted_at)}更正为 {plain(after)} 分，因为{why}"
    sums = [("原记", plain(before)), (f"{day_words(entry.posted_at)}更正为", plain(after))]
    if not now.is_void and after:
        sums.append((_worth(now, entry.item, background), plain(after)))
    if len(together) > 1:
        sums.append(("这一行记上的" if entry.points > 0 else "这一行冲回的", signed(entry.points)))
    else:
        sums.append(("与原记的差额", signed(entry.points)))
    return f"更正：{now.title}", note, sums


def _why(then: Fact, now: Fact, last: Entry, entry: Entry) -> str:
    """What is different between two revisions, in words; where nothing is, the rules are."""
    if now.is_void:
        return "这件事已作废"
    if then.is_void:
        return "这件事重新登记了"
    changes = []
    if then.day != now.day:
        changes.append(f"日期由{day_words(then.day)}改为{day_words(now.day)}")
    if then.units != now.units:
        changes.append(f"数量由 {plain(then.units)} 改为 {plain(now.units)}")
    if then.grade != now.grade:
        changes.append("档次改了")
    if then.member_class != now.member_class:
        changes.append(f"当时分类改为{MemberClass.Name(now.member_class).label}")
    if then.organisation_id != now.organisation_id:
        changes.append("当时所在支部改了")
    if not changes and last.item_id != entry.item_id:
        return f"改按{entry.item.scheme}计分"
    return "，".join(changes) or ("记录改了" if then.pk != now.pk else "适用的积分办法变了")


def _sources(entry: Entry, background: Background, is_correction: bool) -> list[tuple[str, str, str]]:
    fact, item = entry.fact, entry.item
    happened = "，".join(part for part in (fact.title, day_words(fact.day), fact.evidence) if part)
    rows = [("事实", happened, ""), ("规则", *_rule(item.name, item.article, item.scheme)), ("支部", str(entry.organisation), "")]
    if is_correction:
        now = background.revision_at(fact, entry.posted_at)
        if now.recorded_by:
            rows.append(("更正", f"{now.recorded_by}，{day_words(now.recorded_at)}", ""))
    return rows + _vouched(fact)


def _rule(name: str, article: str, scheme: Scheme | None) -> tuple[str, str]:
    words = "，".join(part for part in (name, article, str(scheme) if scheme else "") if part)
    return words, _address(scheme.uid) if scheme else ""


@cache  # a page tells dozens of lines of one version
def _address(scheme: UUID) -> str:
    return reverse("points:scheme", args=[scheme])


def _vouched(fact: Fact) -> list[tuple[str, str, str]]:
    rows = []
    if fact.recorded_by:
        rows.append(("登记", f"{fact.recorded_by}，{day_words(fact.recorded_at)}", ""))
    elif fact.kind in BASES or fact.kind == LAST_YEAR:
        rows.append(("登记", "按积分办法自动记，不用申报", ""))
    if fact.confirmed_by:
        rows.append(("确认", str(fact.confirmed_by), ""))
    return rows


# ── Adjustments ─────────────────────────────────────────────────────────────
def _adjustment_line(entry: Entry, points: Decimal, background: Background) -> Line:
    """What a period did to a sum, by the settlement's own reason for it."""
    reason = background.reasons.get(entry.line)
    told = _TELLING[Entry.Kind(entry.kind)](entry, points, reason, background) if reason and reason.points else None
    title, note, sums, sources = told or _unsettled(entry, points)
    if reason and reason.points != points:
        note = f"{note}。这一行随后面的记实调整过" if reason.points else note
    return Line(
        uid=anchor_of(entry),
        day=entry.day,
        title=title,
        note=note,
        points=points,
        sums=sums if not reason or reason.points == points else [(note, signed(points))],
        sources=sources,
        kind=entry.kind,
        category=entry.category,
        scheme=background.scheme_of(reason) if reason else None,
        item=entry.item,
        fact=background.told.get(reason.fact_id) if reason and reason.fact_id else None,
    )


def _unsettled(entry: Entry, points: Decimal):
    """Nothing stands under the line any more: it was given back, or the settlement is about to."""
    words = f"{entry.item.name if entry.item else ''}{Entry.Kind(entry.kind).label}"
    return words, "后来的记实改变了这一行", [("记账", signed(points))], []


def _cap(entry: Entry, points: Decimal, reason: Reason, background: Background):
    """本季主题党日封顶 20 分，超出 4 分不计."""
    scheme = background.scheme_of(reason)
    if reason.kind == Entry.Kind.ITEM_CAP:
        name, article = entry.item.name, entry.item.article
    elif reason.kind == Entry.Kind.CATEGORY_CAP:
        name, article = background.category_name(reason), ""
    else:
        name, article = "总分", ""
    when, bound = stretch(reason.period, reason.start), plain(reason.bound)
    if reason.before < 0:
        title, note = f"{name}{when}最多扣 {bound} 分", f"多扣的 {plain(abs(reason.points))} 分还回"
    else:
        title, note = f"{name}{when}封顶 {bound} 分", f"超出 {plain(abs(reason.points))} 分不计"
    sums = [
        (f"{when.strip()}应记", plain(reason.before)),
        (f"最多扣 {bound} 分" if reason.before < 0 else f"封顶 {bound} 分", plain(reason.before + reason.points)),
        ("还回的" if reason.before < 0 else "不计入的", signed(points)),
    ]
    return title, note, sums, [("规则", *_rule(name, article, scheme)), _as_of(reason)]


def _ratio(entry: Entry, points: Decimal, reason: Reason, background: Background):
    """民主评议优秀 ×1.2，加 12.40 分."""
    scheme, multiplier = background.scheme_of(reason), background.multipliers.get((reason.scheme_id, reason.code))
    fact = background.told.get(reason.fact_id)
    grade = next((g for g in multiplier.grades.all() if fact and g.code == fact.grade), None) if multiplier else None
    of = background.category_name(reason) if reason.code else "全年总分"
    name = multiplier.name if multiplier else "系数"
    title = f"{name}{f'：{grade.name}' if grade else ''} {times(reason.bound)}"
    note = f"{of}{'加' if points > 0 else '减'} {abs(points):.2f} 分"
    sums = [(f"{of}原有", plain(reason.before)), ("乘上系数", times(reason.bound)), ("乘过以后", plain(reason.before + reason.points))]
    sources = [("规则", *_rule(name, multiplier.article if multiplier else "", scheme))]
    return title, note, sums, _told_by(fact) + sources + (_vouched(fact) if fact else [])


def _floor(entry: Entry, points: Decimal, reason: Reason, background: Background):
    scheme, bound = background.scheme_of(reason), plain(reason.bound)
    name = background.category_name(reason) if reason.code else "总分"
    of = f"{name}全年" if reason.code else "全年总分"
    sums = [(f"{of}扣到", plain(reason.before)), ("下限", bound), ("补回的", signed(points))]
    return f"{of}扣到 {bound} 分为止", f"补回 {plain(points)} 分", sums, [("规则", *_rule(f"{name}下限", "", scheme)), _as_of(reason)]


def _veto(entry: Entry, points: Decimal, reason: Reason, background: Background):
    """一票否决：文号…，全年记 0 分."""
    fact = background.told.get(reason.fact_id)
    award = background.awards.get(fact.key) if fact else None
    scheme = background.scheme_of(reason)
    document = f"文号 {award.document_number}，" if award and award.document_number else ""
    sources = _told_by(fact)
    if document:
        sources.append(("文号", award.document_number, ""))
    if award and award.expires_on:
        sources.append(("影响到", f"{award.expires_on:%Y年%-m月%-d日}", ""))
    item = entry.item
    sources.append(("规则", *_rule(item.name if item else "一票否决", item.article if item else "", scheme)))
    sums = [("否决以前", plain(reason.before)), ("全年记", "0"), ("不计入的", signed(points))]
    return f"一票否决：{item.name if item else ''}", f"{document}全年记 0 分", sums, sources + (_vouched(fact) if fact else [])


_TELLING = {
    **dict.fromkeys(CAPS, _cap),
    Entry.Kind.MULTIPLIER: _ratio,
    Entry.Kind.FLOOR: _floor,
    Entry.Kind.VETO: _veto,
}


def _told_by(fact: Fact | None) -> list[tuple[str, str, str]]:
    words = "，".join(part for part in (fact.title, day_words(fact.day), fact.evidence) if part) if fact else ""
    return [("事实", words, "")] if words else []


def _as_of(reason: Reason) -> tuple[str, str, str]:
    """Which sum it is and how it is picked: nothing a member must know, everything an officer will ask."""
    return ("算法", f"{stretch(reason.period, reason.start).strip()}的合计，按这段时间最后一天有效的办法", "")
