"""Buttons, links that look like them, one-button forms, chips."""

from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from partyportal.core.templatetags.ui.icons import icon_of
from partyportal.core.templatetags.ui.library import attributes, one_of, register

KINDS = {"main": "btn btn-primary", "second": "btn", "text": "btn btn-link", "danger": "btn btn-outline-danger"}
CHIPS = {"kind": "", "look": " pp-chip-look", "act": " pp-chip-act", "done": " pp-chip-done", "way": " pp-chip-way"}


def _look(kind: str, big: bool) -> str:
    return KINDS[one_of(kind, KINDS, of="a button's kind")] + (" pp-big" if big else "")


@register.simple_tag
def button(
    *,
    label,
    kind="second",
    name="",
    value="",
    form="",
    busy="",
    counting="",
    disabled=False,
    reason="",
    big=False,
    action="",
    icon="",
    novalidate=False,
) -> SafeString:
    """A submit button. `busy` is what it says while the form is under way; a disabled one keeps its label, the reason beside
    it; `counting` ("确认到会 {present} 人") keeps its words true while a roll is ticked."""
    html = format_html(
        "<button{}>{}{}</button>",
        attributes(
            type="submit",
            class_=_look(kind, big),
            name=name,
            value=value,
            form=form,
            formaction=action,
            formnovalidate=novalidate,
            data_pp_busy=busy,
            data_pp_counting=counting,
            disabled=bool(disabled),
        ),
        icon_of(icon) if icon else "",
        label,
    )
    return format_html('{}<span class="pp-why">{}</span>', html, reason) if disabled and reason else html


@register.simple_tag
def link_button(*, label, url, kind="second", big=False, icon="", download=False, describe="") -> SafeString:
    """A link drawn as a button. `describe` is the full name for those who hear it out of its row ("补记 10 月支委会")."""
    return format_html(
        "<a{}>{}{}</a>",
        attributes(class_=_look(kind, big), href=url, download=bool(download), aria_label=describe),
        icon_of(icon) if icon else "",
        label,
    )


@register.simple_tag(takes_context=True)
def post_button(context, *, label, url, kind="second", fields=None, busy="", big=False, describe="") -> SafeString:
    """One act in one click that changes something: a form of its own with the token, so it works without JavaScript."""
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', (fields or {}).items())
    return format_html(
        '<form method="post" action="{}" class="pp-inline"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}<button{}>{}</button></form>',
        url,
        get_token(context["request"]),
        hidden,
        attributes(type="submit", class_=_look(kind, big), data_pp_busy=busy, aria_label=describe),
        label,
    )


@register.simple_tag
def chip(*, label, kind="kind") -> SafeString:
    """A state in words: kind (grey), look (ochre), act (red), done (green), way (azure). 正常 has none: an empty label draws nothing."""
    shade = CHIPS[one_of(kind, CHIPS, of="a chip's kind")]
    return format_html('<span class="pp-chip{}">{}</span>', shade, label) if label else SafeString("")
