"""Figures: numbers, meters, bars, pyramid, dot grid, heat table, charts. Widths are SVG attributes: the policy forbids inline styles."""

import json
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.templatetags.ui.library import attributes, one_of, register
from partyportal.core.templatetags.ui.words import keep, score, thousands

TONES = ("", "red", "ochre")


def figure_of(value, unit="") -> SafeString:
    """Integers get thousands marks; what is already text stays as it is; None is too little to show."""
    text = value if isinstance(value, str) else thousands(value)
    return format_html("{}{}", text, format_html("<small>{}</small>", unit) if unit and value is not None else "")


@register.simple_block_tag
def numbers(content) -> SafeString:
    """The strip of numbers: holds `number` tags."""
    return format_html('<div class="pp-numbers">{}</div>', content)


def _tone(tone: str, note_need: bool) -> str:
    one_of(tone, TONES, of="a number's tone")
    return (f" pp-tone-{tone}" if tone else "") + (" pp-note-red" if note_need else "")


@register.simple_tag
def number(*, label, value, unit="", note="", url="", tone="", note_need=False, current=False) -> SafeString:
    """Label, figure with a small unit, change or reason; the whole part links to its rows. `tone` red only if somebody must act."""
    tag = "a" if url else "div"
    return format_html(
        '<{0}{1}><span class="pp-label">{2}</span> <span class="pp-figure">{3}</span> <span class="pp-note">{4}</span></{0}>',
        mark_safe(tag),
        attributes(class_=f"pp-number{_tone(tone, note_need)}", href=url, aria_current="true" if current else None),
        label,
        figure_of(value, unit),
        keep(note),
    )


@register.simple_tag
def number_row(*, label, value, unit="", note="", url="", tone="") -> SafeString:
    """The same on a line of its own, the figure at right (home)."""
    tag = "a" if url else "div"
    return format_html(
        '<{0}{1}><span><span class="pp-label">{2}</span> <span class="pp-note">{3}</span></span> <span class="pp-figure">{4}</span></{0}>',
        mark_safe(tag),
        attributes(class_=f"pp-number-row{_tone(tone, False)}", href=url),
        label,
        keep(note),
        figure_of(value, unit),
    )


@register.simple_tag
def total(*, value, note="") -> SafeString:
    """The one large figure of a page: my total."""
    text = value if isinstance(value, str) else score(value)
    return format_html('<p class="pp-total"><span class="pp-figure">{}</span><span>{}</span></p>', text, note)


def bar(share, *, css="") -> SafeString:
    """A horizontal bar as wide as `share` (0–1) of its place."""
    width = min(100, max(0, round(float(share) * 100, 2)))
    return format_html(
        '<svg{} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect width="{}" height="10"/></svg>',
        attributes(class_=css),
        width,
    )


def solid(share, *, widest: int = 76) -> SafeString:
    """A bar that is itself as wide as its share, so that its value can stand at its end; `widest` leaves room for the value."""
    return format_html(
        '<svg width="{}%" preserveAspectRatio="none" viewBox="0 0 1 1" aria-hidden="true" focusable="false"><rect width="1" height="1"/></svg>',
        round(float(share) * widest, 2),
    )


@register.simple_tag
def category(*, label, value, cap=None, note="", url="") -> SafeString:
    """A category of points: sum / cap, meter (full turns ink), the room left or what was not counted."""
    value = Decimal(value)
    full = cap is not None and value >= cap
    name = format_html('<a href="{}">{}</a>', url, label) if url else label
    return format_html(
        '<div class="pp-category"><div class="pp-line"><span>{}</span><span class="pp-num"><b>{}</b>{}</span></div>{}{}</div>',
        name,
        score(value),
        f" / {Decimal(cap).normalize():,f}" if cap is not None else "",
        bar(value / Decimal(cap), css=f"pp-meter{' pp-meter-full' if full else ''}") if cap else "",
        format_html('<p class="pp-note">{}</p>', note) if note else "",
    )


@register.simple_tag
def bar_list(*, rows, label, unit="") -> SafeString:
    """Horizontal bars with their values. `rows`: (label, value) or (label, value, url). Their order is the caller's."""
    rows = [(*row, "")[:3] for row in rows]
    most = max((abs(value) for _, value, _ in rows if value is not None), default=0) or 1
    longest = max((len(thousands(None if value is None else Decimal(value))) + len(unit) for _, value, _ in rows), default=0)
    widest = 76 - 3 * max(0, longest - 5)  # a phone must hold the longest bar with its value; all give way alike, or they would lie

    def line(name, value, url):
        inner = format_html('{}<span class="pp-val">{}{}</span>', solid(abs(value or 0) / most, widest=widest), thousands(value), unit)
        cell = format_html('<a href="{}">{}</a>', url, inner) if url else format_html("<span>{}</span>", inner)
        return format_html(
            '<tr{}><th scope="row">{}</th><td>{}</td></tr>', attributes(class_="pp-minus" if (value or 0) < 0 else None), name, cell
        )

    body = format_html_join("", "{}", ((line(name, None if value is None else Decimal(value), url),) for name, value, url in rows))
    return format_html('<table class="pp-bars"><caption class="visually-hidden">{}</caption><tbody>{}</tbody></table>', label, body)


@register.simple_tag
def pyramid(*, rows, left, right, label) -> SafeString:
    """Two sides of bars (男, 女). `rows`: (label, left value, right value[, left url, right url])."""
    rows = [(*row, "", "")[:5] for row in rows]
    most = max((max(row[1], row[2]) for row in rows), default=0) or 1

    def side(value, url):
        inner = format_html('{}<span class="pp-val">{}</span>', solid(Decimal(value) / most, widest=72), thousands(value))
        return format_html('<td><a href="{}">{}</a></td>', url, inner) if url else format_html("<td><span>{}</span></td>", inner)

    body = format_html_join(
        "",
        '<tr>{}<th scope="row">{}</th>{}</tr>',
        ((side(a, url_a), name, side(b, url_b)) for name, a, b, url_a, url_b in rows),
    )
    sums = (sum(row[1] for row in rows), sum(row[2] for row in rows))
    return format_html(
        '<table class="pp-pyramid"><caption class="visually-hidden">{}</caption><thead><tr><th scope="col">{} {}</th><th scope="col"><span class="visually-hidden">{}</span></th>'
        '<th scope="col">{} {}</th></tr></thead><tbody>{}</tbody></table>',
        label,
        left,
        thousands(sums[0]),
        label,
        right,
        thousands(sums[1]),
        body,
    )


DOTS = {"held": "已开", "missing": "缺", "open": "本期待开", "ahead": "未到", "": ""}


@register.simple_tag
def dot_grid(*, rows, label, words="", columns=tuple(range(1, 13))) -> SafeString:
    """今年组织生活: `rows` of (label, states) or (label, states, urls), a state of each month from held, missing, open, ahead
    or "". `words` is the sentence that stands for the grid in large text."""

    def cell(state, url, month, name):
        one_of(state, DOTS, of="a dot's state")
        if not state:
            return mark_safe("<td></td>")
        dot = format_html('<span class="pp-dot pp-dot-{}"></span><span class="visually-hidden">{}</span>', state, DOTS[state])
        if url:
            return format_html('<td><a href="{}" title="{} 月{}">{}</a></td>', url, month, name, dot)
        return format_html("<td>{}</td>", dot)

    def line(name, states, urls=()):
        urls = list(urls) or [""] * len(states)
        cells = (cell(state, url, month, name) for state, url, month in zip(states, urls, columns, strict=False))
        return format_html('<tr><th scope="row">{}</th>{}</tr>', name, format_html_join("", "{}", ((c,) for c in cells)))

    return format_html(
        '<table class="pp-dots"><caption class="visually-hidden">{}</caption><thead><tr><th><span class="visually-hidden">种类</span></th>{}'
        '</tr></thead><tbody>{}</tbody></table><div class="pp-legend-row">{}</div><p class="pp-dots-words">{}</p>',
        label,
        format_html_join("", '<th scope="col">{}<span class="visually-hidden"> 月</span></th>', ((c,) for c in columns)),
        format_html_join("", "{}", ((line(*row),) for row in rows)),
        format_html_join("", '<span><i class="pp-dot pp-dot-{}"></i>{}</span>', ((key, text) for key, text in DOTS.items() if key)),
        words,
    )


HEAT_BOUNDS = (Decimal("0.9"), Decimal("0.8"), Decimal("0.65"))  # settings may give others


def heat_step(done, due, bounds=HEAT_BOUNDS) -> int:
    """0 all done, then one step down for each bound not reached."""
    return 0 if done >= due else 1 + sum(Decimal(done) / Decimal(due) < bound for bound in bounds)


@register.simple_tag
def heat_cell(*, done, due, url="", running=False, note="", bounds=HEAT_BOUNDS, label="") -> SafeString:
    """done/due in a cell that links to its rows; the running month is hatched and not judged; nothing due is —; `note` tells of the missing."""
    if not due:
        return mark_safe("<td><span>—</span></td>")
    css = "pp-hatch" if running else ("", "pp-h1", "pp-h2", "pp-h3", "pp-h4")[heat_step(done, due, bounds)]
    said = f"{label} {done}/{due}" + (f"，{note}" if note else "") + ("，本月未完" if running else "") if label else None
    return format_html(
        "<td{}><{} {}>{}/{}{}</{}></td>",
        attributes(class_=css),
        mark_safe("a" if url else "span"),
        attributes(href=url, aria_label=said if url else None),
        done,
        due,
        format_html("<small>{}</small>", note) if note else "",
        mark_safe("a" if url else "span"),
    )


@register.simple_tag
def heat_legend(*, bounds=HEAT_BOUNDS, all_done="全开", running="本月未完，不评") -> SafeString:
    first, second, third = (f"{bound * 100:.0f}" for bound in bounds)
    shades = [
        ("pp-h0", all_done),
        ("pp-h1", f"{first}% 以上"),
        ("pp-h2", f"{second}–{int(first) - 1}%"),
        ("pp-h3", f"{third}–{int(second) - 1}%"),
        ("pp-h4", f"不足 {third}%"),
        ("pp-hatch", running),
    ]
    return format_html('<div class="pp-legend-row">{}</div>', format_html_join("", '<span><i class="{}"></i>{}</span>', shades))


@register.inclusion_tag("ui/heat_table.html")
def heat_table(*, table, label, bounds=HEAT_BOUNDS):
    """`table`: columns (labels), rows (each: label, url, cells, total), totals (texts, or none), total_label. A cell is (done, due, url, running, note)."""
    return {"table": table, "label": label, "bounds": bounds}


@register.inclusion_tag("ui/chart.html")
def chart(*, id, options, table, label, small=False):
    """ECharts over `options` (a dict), and the same numbers as a table in `details`: `table` is (heads, rows). The page puts
    `{% chart_scripts %}` into its scripts block."""
    return {
        "id": id,
        "data_id": f"{id}-data",
        "options": json.loads(json.dumps(options, cls=DjangoJSONEncoder)),
        "heads": table[0],
        "rows": table[1],
        "label": label,
        "small": small,
    }


@register.simple_tag
def chart_scripts() -> SafeString:
    return format_html(
        '<script src="{}" defer></script><script src="{}" defer></script>',
        static("vendor/echarts.common.min.js"),
        static("portal/charts.js"),
    )
