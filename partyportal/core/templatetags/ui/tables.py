"""Heads that sort, filters in the URL, pages of a list. All keep the query string they find."""

from html import escape

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.templatetags.ui.icons import icon_of
from partyportal.core.templatetags.ui.library import attributes, register


def _query(request, **changes) -> str:
    """The present query string with changes; None drops a key. Page 1 is the place to land after any change."""
    query = request.GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def heading(context, *, label, sort="", number=False, first="", sr_only=False) -> SafeString:
    """A table head. With `sort` it is a link that sorts by that key, and turns the order when it already does.
    `first` is "-" where the first click should show the largest."""
    classes = "pp-num" if number else None
    if not sort:
        text = format_html('<span class="visually-hidden">{}</span>', label) if sr_only else label
        return format_html('<th scope="col"{}>{}</th>', attributes(class_=classes), text)
    request = context["request"]
    now = request.GET.get("sort", "")
    up, down = now == sort, now == f"-{sort}"
    target = f"-{sort}" if up else sort if down else f"{first}{sort}"
    order = "ascending" if up else "descending" if down else None
    return format_html(
        '<th scope="col"{}><a href="{}">{}{}</a></th>',
        attributes(class_=classes, aria_sort=order),
        _query(request, sort=target),
        label,
        mark_safe(f' <span aria-hidden="true">{"↑" if up else "↓"}</span>') if order else "",
    )


@register.simple_tag
def tick(*, name, value, label, checked=False, form="") -> SafeString:
    """The checkbox cell of a row; the whole cell is the target."""
    box = attributes(
        type="checkbox", class_="form-check-input", name=name, value=value, checked=bool(checked), form=form, aria_label=f"选中{label}"
    )
    return format_html('<td class="pp-tick"><label><input{}></label></td>', box)


@register.simple_tag
def tick_all(*, name, label="选中本页全部") -> SafeString:
    """The head's checkbox; needs JavaScript, so it is hidden until the script shows it."""
    box = attributes(type="checkbox", class_="form-check-input", data_pp_all=name, aria_label=label, hidden=True)
    return format_html('<th scope="col" class="pp-tick"><label><input{}></label></th>', box)


@register.simple_block_tag(takes_context=True)
def filters(context, content, *, keep="sort", action="", label="筛选", target="") -> SafeString:
    """The filter bar: a plain GET form. `keep`: keys carried on, parted by blanks. A changed select sends the form by
    script; without one there is a button. `target`: "#id" of the fragment htmx swaps."""
    request = context["request"]
    hidden = format_html_join(
        "", '<input type="hidden" name="{}" value="{}">', ((key, request.GET[key]) for key in keep.split() if request.GET.get(key))
    )
    swap = (
        attributes(hx_get=action or request.path, hx_target=target, hx_swap="outerHTML", hx_push_url="true", hx_trigger="change, submit")
        if target
        else ""
    )
    return format_html(
        '<form method="get" class="pp-filters" role="search" aria-label="{}" action="{}" data-pp-send{}>{}{}'
        '<noscript><button class="btn" type="submit">筛选</button></noscript></form>',
        label,
        action or request.path,
        swap,
        hidden,
        content,
    )


@register.simple_tag(takes_context=True)
def filter_search(context, *, name="q", placeholder, label="") -> SafeString:
    return format_html(
        '<label class="pp-find">{}<input{}></label>',
        icon_of("search"),
        attributes(
            type="search",
            name=name,
            value=context["request"].GET.get(name, ""),
            placeholder=placeholder,
            aria_label=label or placeholder,
            autocomplete="off",
            maxlength="60",
        ),
    )


@register.simple_tag(takes_context=True)
def filter_select(context, *, name, label, options, value=None, default="") -> SafeString:
    """A select with its label inside. `options`: (value, label) pairs; `value` if the view knows better than the URL
    what is in force. Azure when it is not at its default."""
    chosen = str(context["request"].GET.get(name, default) if value is None else value)
    # Lists hold a hundred options and more, so they are escaped by hand: format_html is ten times as slow.
    rows = mark_safe(
        "".join(
            f'<option value="{escape(str(key))}"{" selected" if str(key) == chosen else ""}>{escape(str(text))}</option>'
            for key, text in options
        )
    )
    active = " pp-select-on" if chosen != str(default) else ""
    return format_html('<label class="pp-select{}"><span>{}</span><select name="{}">{}</select></label>', active, label, name, rows)


@register.simple_tag(takes_context=True)
def filter_check(context, *, name, label, value="1") -> SafeString:
    box = attributes(type="checkbox", class_="form-check-input", name=name, value=value, checked=context["request"].GET.get(name) == value)
    return format_html('<label class="pp-checkbox"><input{}>{}</label>', box, label)


@register.simple_block_tag(takes_context=True)
def matches(context, content, *, count, unit="人", tags=(), clear=True, chosen="") -> SafeString:
    """符合 n 人, the other conditions as tags that can be taken off ((label, key) pairs), 清空条件, and acts at right (the content)."""
    request = context["request"]
    taken = format_html_join(
        "",
        '<a class="pp-tag" href="{}" aria-label="去掉条件 {}">{}{}</a>',
        ((_query(request, **{key: None}), label, label, icon_of("close")) for label, key in tags),
    )
    asked = any(value for key, value in request.GET.items() if key not in {"page", "sort"})
    return format_html(
        '<div class="pp-matches"><span>符合 <b>{}</b> {}</span>{}{}<div class="pp-acts">{}{}</div></div>',
        f"{count:,}",
        unit,
        taken,
        format_html('<a href="{}">清空条件</a>', request.path) if clear and asked else "",
        format_html('<span class="pp-small">{}</span>', chosen) if chosen else "",
        content,
    )


@register.simple_tag(takes_context=True)
def pager(context, *, page, unit="人", note="") -> SafeString:
    """第 1–18 人，共 137 人。and the pages, for a Django `Page`."""
    request, numbers = context["request"], page.paginator
    if not numbers.count:
        return mark_safe("")
    span = f"第 {page.start_index():,}–{page.end_index():,} {unit}，共 {numbers.count:,} {unit}。{note}"
    if numbers.num_pages == 1:
        return format_html('<div class="pp-pager"><span>{}</span></div>', f"共 {numbers.count:,} {unit}。{note}")

    def link(number, text):
        query = request.GET.copy()
        query["page"] = number
        return format_html('<li><a href="?{}">{}</a></li>', query.urlencode(), text)

    items = [link(page.previous_page_number(), "上一页")] if page.has_previous() else []
    for number in numbers.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if number == page.number:
            items.append(format_html('<li><b aria-current="page">{}</b></li>', number))
        elif isinstance(number, int):
            items.append(link(number, number))
        else:
            items.append(mark_safe("<li><i>…</i></li>"))
    if page.has_next():
        items.append(link(page.next_page_number(), "下一页"))
    return format_html(
        '<nav class="pp-pager" aria-label="分页"><span>{}</span><ul>{}</ul></nav>', span, format_html_join("", "{}", ((i,) for i in items))
    )
