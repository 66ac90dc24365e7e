"""The skeleton of a page: crumbs, sections, tabs, messages, empty lists, confirmation bars, steps, print feet."""

from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.templatetags.ui.icons import icon_of
from partyportal.core.templatetags.ui.library import attributes, one_of, register

MESSAGES = {"done": "check", "look": "warning", "need": "warning", "info": "more"}
# Django's message levels, by their default tags
LEVELS = {"success": "done", "info": "done", "warning": "look", "error": "need", "debug": "info"}


@register.simple_tag
def crumbs(*, trail) -> SafeString:
    """`trail`: (label, url) pairs, an empty url for one that may not be opened."""
    parts = (format_html('<a href="{}">{}</a>', url, label) if url else format_html("{}", label) for label, url in trail)
    return format_html_join(" › ", "{}", ((part,) for part in parts))


@register.simple_block_tag
def section(content, *, title, count="", note="", link="", url="", id="", lead="", apart=False) -> SafeString:
    """A titled part of a page under its ink line. `count` follows the title, `note` or link stands at the end of the line."""
    end = mark_safe("")
    if url:
        end = format_html('<span class="pp-end"><a href="{}">{}</a></span>', url, link)
    elif note:
        end = format_html('<span class="pp-end">{}</span>', note)
    return format_html(
        "<section{}><header><h2>{}</h2>{}{}</header>{}{}</section>",
        attributes(class_="pp-section pp-section-apart" if apart else "pp-section", id=id),
        title,
        format_html('<span class="pp-count">{}</span>', count) if count not in ("", None) else "",
        end,
        format_html('<p class="pp-lead">{}</p>', lead) if lead else "",
        content,
    )


@register.simple_tag
def group(*, title, need=False) -> SafeString:
    """A small heading inside a section: 已逾期 2 件."""
    return format_html('<p class="pp-group{}">{}</p>', " pp-group-need" if need else "", title)


@register.simple_block_tag
def tabs(content, *, label="常用条件") -> SafeString:
    return format_html('<nav class="pp-views" aria-label="{}">{}</nav>', label, content)


@register.simple_tag
def tab(*, label, url, count="", current=False, end=False) -> SafeString:
    return format_html(
        "<a{}>{}{}</a>",
        attributes(href=url, aria_current="page" if current else None, class_="pp-end" if end else None),
        label,
        format_html(" <small>{}</small>", count) if count not in ("", None) else "",
    )


@register.simple_tag
def jump(*, to) -> SafeString:
    """The strip of a phone's home: (label, "#id") pairs; a desktop shows all parts at once and has none."""
    links = format_html_join("", '<a href="{}">{}</a>', ((url, label) for label, url in to))
    return format_html('<nav class="pp-jump" aria-label="本页">{}</nav>', links)


@register.simple_tag
def message(*, text, kind="done", link="", url="") -> SafeString:
    """A bar, a sign, a sentence, a link; it stays where it stands (no toast). `kind` also takes Django's level tags."""
    kind = one_of(LEVELS.get(kind, kind), MESSAGES, of="a message's kind")
    return format_html(
        '<div class="pp-message pp-message-{}"{}>{}<p>{}{}</p></div>',
        kind,
        attributes(role="alert" if kind == "need" else "status"),
        icon_of(MESSAGES[kind]),
        text,
        format_html('<a href="{}">{}</a>', url, link) if url else "",
    )


@register.simple_block_tag
def empty(content, *, text) -> SafeString:
    """An empty list: one sentence and the next act, which is the block's content."""
    acts = format_html('<div class="pp-buttons">{}</div>', content) if content.strip() else ""
    return format_html('<div class="pp-empty"><p>{}</p>{}</div>', text, acts)


@register.simple_block_tag
def confirm_bar(content, *, title, note="", danger=False) -> SafeString:
    """What will happen with its counts, what will not, and the buttons (the content); sticks to the bottom of the page."""
    return format_html(
        '<div class="pp-bar{}"><div class="pp-inner"><div><p class="pp-what">{}</p>{}</div><div class="pp-buttons">{}</div></div></div>',
        " pp-bar-danger" if danger else "",
        title,
        format_html('<p class="pp-reason">{}</p>', note) if note else "",
        content,
    )


@register.simple_tag
def steps(*, names, current) -> SafeString:
    """上传 — 核对 — 写入: `names` a list, or words parted by blanks; `current` one of them."""
    names = names.split() if isinstance(names, str) else list(names)
    one_of(current, names, of="the current step")
    items = (("li", attributes(aria_current="step" if name == current else None), name) for name in names)
    return format_html('<ol class="pp-steps">{}</ol>', format_html_join("", "<{0}{1}>{2}</{0}>", items))


@register.simple_tag
def after_list(*, lines) -> SafeString:
    """确认后: what will follow, a tick before each."""
    rows = format_html_join("", "<li>{}<span>{}</span></li>", ((icon_of("check"), line) for line in lines))
    return format_html('<ul class="pp-after">{}</ul>', rows)


@register.simple_tag
def signatures(*, names) -> SafeString:
    """Lines to sign on a printed register."""
    names = names.split() if isinstance(names, str) else names
    return format_html('<div class="pp-signatures">{}</div>', format_html_join("", "<div>{}</div>", ((name,) for name in names)))


@register.simple_tag
def print_foot(*, left, right="") -> SafeString:
    """Who, when, as of; and the check code."""
    return format_html('<footer class="pp-foot"><span>{}</span><span>{}</span></footer>', left, right)


@register.simple_tag(takes_context=True)
def block_text(context, *, name) -> SafeString:
    """The text of a block of this page, for a second place: <title> says what the heading says, written once."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return mark_safe(" ".join(strip_tags(block.render(context)).split())) if block else mark_safe("")
