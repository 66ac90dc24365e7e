"""Rows: a duty, something to check, a line that explains itself, a timeline, a difference, facts of a file, a long job."""

import re
from collections import Counter
from datetime import date
from difflib import SequenceMatcher
from itertools import groupby

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.templatetags.ui.buttons import link_button
from partyportal.core.templatetags.ui.icons import TURN
from partyportal.core.templatetags.ui.library import attributes, one_of, register
from partyportal.core.templatetags.ui.words import day, full_day, iso, keep, points, remaining

DUTIES = {"open": "", "done": " pp-finished", "muted": " pp-muted"}
EVENTS = {"change": "pp-change", "note": None, "act": "pp-needed"}


@register.simple_tag
def duty_row(*, title, reason, due_on: date, today: date, url="", act="办", state="open", act_html="") -> SafeString:
    """When (relative, then date), title, why, one button. Only an overdue one is filled. `state`: open, done (`due_on` is
    then the day it was done), muted (`due_on` until when). `act_html` replaces the link by a form of its own."""
    overdue = state == "open" and due_on < today
    when = {"open": remaining(due_on, today), "done": "已办", "muted": "不再提醒"}[one_of(state, DUTIES, of="a duty's state")]
    dated = day(due_on) if due_on.year == today.year else full_day(due_on)
    kind = "text" if state != "open" else "main" if overdue else "second"
    end = act_html or (link_button(label=act, url=url, kind=kind, describe=f"{act}：{title}") if url else "")
    return format_html(
        '<article class="pp-duty{}{}"><span class="pp-when">{}</span><span class="pp-day">{}{}</span>'
        '<p class="pp-what">{}</p><p class="pp-reason">{}</p><span class="pp-act">{}</span></article>',
        DUTIES[state],
        " pp-overdue" if overdue else "",
        when,
        "到 " if state == "muted" else "",
        dated,
        title,
        keep(reason),
        end,
    )


@register.simple_tag
def duty_list(*, duties, today: date, of=None, fold=False) -> SafeString:
    """Duties (core.duties.Duty, sorted) in their groups: 已逾期, 本月到期, 以后; on a phone the last is folded.

    `of`: the whole list of which `duties` are one page; the groups then say how many there are of it.
    `fold`: of more than can be taken in at once only the most urgent are shown, the rest behind one line for each part of the work.
    """
    counts, parts, rest = Counter(_group(duty, today) for duty in (of or duties)), [], []
    for group, some in groupby(duties, key=lambda duty: _group(duty, today)):
        listed = list(some)
        if fold and len(duties) > FOLDED_ABOVE:
            listed, more = listed[: FIRST[group]], listed[FIRST[group] :]
            rest += more
        if listed:
            parts.append((format_html(_GROUPS[group], f"{counts[group]:,}", _duty_rows(listed, today)),))
    if rest:
        parts.append((_folded(rest, today),))
    return format_html_join("", "{}", parts)


FOLDED_ABOVE = 12
FIRST = {"late": 5, "month": 5, "later": 0}  # how many of each group are seen before the rest is folded
_GROUPS = {
    "late": '<p class="pp-group pp-group-need">已逾期 {} 件</p>{}',
    "month": '<p class="pp-group">本月到期 {} 件</p>{}',
    "later": mark_safe(f'<details class="pp-later"><summary>以后 {{}} 件{TURN}</summary>{{}}</details>'),
}


def _folded(duties, today: date) -> SafeString:
    """What is not shown at once: one line for each part of the work, that with the oldest duty first."""
    rooms: dict[str, list] = {}
    for duty in duties:
        rooms.setdefault(duty.room, []).append(duty)
    lines = format_html_join(
        "",
        '<details class="pp-rest pp-rest-row"><summary><span>{} {} 件{}</span></summary>{}</details>',
        ((room, len(some), _late_words(some, today), _duty_rows(some, today)) for room, some in rooms.items()),
    )
    return format_html('<p class="pp-group">其余 {} 件<span class="pp-noprint">，点开看</span></p>{}', f"{len(duties):,}", lines)


def _late_words(duties, today: date) -> SafeString | str:
    late = sum(duty.due_on < today for duty in duties)
    return format_html('，<span class="pp-need">逾期 {}</span>', late) if late else ""


def _duty_rows(duties, today: date) -> SafeString:
    rows = (duty_row(title=d.title, reason=d.reason, due_on=d.due_on, today=today, url=d.url, act=d.act) for d in duties)
    return format_html_join("", "{}", ((row,) for row in rows))


def _group(duty, today: date) -> str:
    if duty.due_on < today:
        return "late"
    return "month" if (duty.due_on.year, duty.due_on.month) == (today.year, today.month) else "later"


def _unbroken(words):
    """Words with their dates kept whole; HTML as it is."""
    return words if hasattr(words, "__html__") else keep(words)


@register.simple_tag
def row(*, title, note="", link="", url="", end="", end_need=False, heavy=False, need="") -> SafeString:
    """A plain row: title, reason, and at right a link (核对 ›) or a word. `need` is a second line in red."""
    tail = format_html('<a href="{}" aria-label="{}：{}">{} ›</a>', url, link, title, link) if link else _unbroken(end)
    name = format_html('<a href="{}">{}</a>', url, title) if url and not link else title
    return format_html(
        '<div class="pp-row{}"><div><p class="pp-what">{}</p>{}{}</div>{}</div>',
        " pp-heavy" if heavy else "",
        name,
        format_html('<p class="pp-reason">{}</p>', keep(note)) if note else "",
        format_html('<p class="pp-small pp-need">{}</p>', need) if need else "",
        format_html('<span class="pp-end{}">{}</span>', " pp-need" if end_need else "", tail) if tail else "",
    )


@register.simple_tag
def month_head(*, title, value) -> SafeString:
    """The head of a month's lines with its sum."""
    return format_html('<h3 class="pp-month"><span>{}</span><span>{}</span></h3>', title, points(value))


@register.simple_block_tag
def explanation(content, *, title, on: date, value, note="", lost="", open=False, id="") -> SafeString:
    """A line of points that opens into its reasons (the content). `lost`: what was not counted, in words."""
    return format_html(
        '<details class="pp-explain"{}><summary><span class="pp-day">{}</span><span class="pp-what">{}{}</span>'
        '<span class="pp-got"><b>{}</b>{}</span>{}</summary><div>{}</div></details>',
        attributes(id=id, open=bool(open)),
        day(on),
        title,
        format_html('<small class="pp-reason">{}</small>', note) if note else "",
        points(value),
        format_html("<small>{}</small>", lost) if lost else "",
        TURN,
        content,
    )


@register.simple_tag
def sums(*, lines, total_label="这笔实得", total="") -> SafeString:
    """The arithmetic, row by row: (words, figure) pairs already written as they should read, then the result."""
    rows = format_html_join("", '<tr><td>{}</td><td class="pp-num">{}</td></tr>', lines)
    last = (
        format_html('<tr class="pp-sum"><th scope="row">{}</th><td class="pp-num">{}</td></tr>', total_label, total) if total != "" else ""
    )
    return format_html('<table class="pp-sums"><tbody>{}{}</tbody></table>', rows, last)


@register.simple_block_tag
def sources(content) -> SafeString:
    """事实 规则 登记 确认: holds `source` tags."""
    return format_html('<dl class="pp-sources">{}</dl>', content)


@register.simple_tag
def source(*, label, text, url="", more="") -> SafeString:
    """`more`: what is said after it: when, which grade."""
    said = format_html('<a href="{}">{}</a>', url, text) if url else text
    return format_html("<dt>{}</dt><dd>{}{}</dd>", label, said, format_html("，{}", more) if more else "")


@register.simple_block_tag
def timeline(content) -> SafeString:
    return format_html('<ol class="pp-timeline">{}</ol>', content)


@register.simple_tag
def event(*, on: date, title, note="", kind="note", link="", url="") -> SafeString:
    """One event: change of standing (filled), note (hollow), act (red, must be acted on); `link` leads to its source."""
    return format_html(
        '<li{}><time class="pp-day" datetime="{}">{}</time><div><h3 class="pp-what">{}</h3>{}</div>{}</li>',
        attributes(class_=EVENTS[one_of(kind, EVENTS, of="an event's kind")]),
        iso(on),
        iso(on),
        title,
        format_html('<p class="pp-reason">{}</p>', note) if note else "",
        format_html('<span class="pp-end"><a href="{}" aria-label="{}：{}">{}</a></span>', url, link, title, link) if url else "",
    )


def _marked(old: str, new: str) -> SafeString:
    """The new text with what changed marked, numbers as a whole; a text with little in common is not marked at all."""
    pieces = [re.findall(r"\d+|.", text, re.DOTALL) for text in (old, new)]
    match = SequenceMatcher(None, *pieces, autojunk=False)
    if not old or not new or SequenceMatcher(None, old, new, autojunk=False).ratio() < 0.5:
        return format_html("{}", new)
    parts = (
        format_html("{}" if tag == "equal" else "<mark>{}</mark>", "".join(pieces[1][start:end]))
        for tag, _, _, start, end in match.get_opcodes()
        if end > start
    )
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag
def difference(*, old, new, note="", kept=False) -> SafeString:
    """Two cells, now → file: changed letters marked, the old struck unless it is `kept`; blank never overwrites."""
    old, new = str(old or ""), str(new or "")
    kept = kept or not new
    before = format_html("{}", old or "无") if kept else format_html("<del>{}</del>", old or "无")
    after = mark_safe('<span class="pp-old">空</span>') if not new else _marked(old, new)
    if new:
        after = format_html('<span class="pp-old">{}</span>' if kept else "<b>{}</b>", after)
    return format_html(
        '<td class="pp-dim">{}</td><td><span class="pp-arrow" aria-hidden="true">→</span> {}{}</td>',
        before,
        after,
        format_html(' <span class="pp-look pp-small ms-2">{}</span>', note) if note else "",
    )


@register.simple_block_tag
def facts(content) -> SafeString:
    """The facts at the head of a file: holds `fact` tags."""
    return format_html('<dl class="pp-facts">{}</dl>', content)


@register.simple_tag
def fact(*, label, value, act="", url="") -> SafeString:
    """`act`: a small link beside the value (看全号, 改)."""
    link = format_html(' <a class="pp-inlineact" href="{}" aria-label="{}：{}">{}</a>', url, act, label, act) if url else ""
    return format_html("<div><dt>{}</dt><dd>{}{}</dd></div>", label, value if value not in ("", None) else mark_safe("—"), link)


@register.inclusion_tag("ui/job_bar.html", takes_context=True)
def job_bar(context, *, job, url="", cancel_url="", again_url="", link="", link_url="", note="", unit="行"):
    """A long job. `url` answers with this bar alone (core/_job.html): htmx asks it while the job runs; without
    JavaScript a link looks again. `link`: where its result is."""
    done, total = job.done or 0, job.total or 0
    return {
        "request": context["request"],
        "job": job,
        "url": url,
        "cancel_url": cancel_url,
        "again_url": again_url,
        "link": link,
        "link_url": link_url,
        "note": note,
        "unit": unit,
        "left": _left(job, done, total),
        "total": total,
        "done": done,
    }


def _left(job, done: int, total: int) -> str:
    """还要约 8 秒, from the pace so far; nothing while it would be a guess."""
    if not job.started_at or not total or done * 20 < total:
        return ""
    spent = (timezone.now() - job.started_at).total_seconds()
    seconds = round(spent * (total - done) / done)
    return f"还要约 {seconds} 秒" if seconds < 90 else f"还要约 {round(seconds / 60)} 分钟"
