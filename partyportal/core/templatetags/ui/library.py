"""The one library the modules of this package fill, and the two helpers their HTML is built with."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


def attributes(**values) -> SafeString:
    """HTML attributes: None, False and "" are left out, True stands alone; `for_`, `aria_label` become for, aria-label.
    Written by hand because Django's flatatt costs more than the rest of a table cell."""
    parts = []
    for name, value in values.items():
        if value is None or value is False or value == "":
            continue
        name = name.rstrip("_").replace("_", "-")
        parts.append(f" {name}" if value is True else f' {name}="{conditional_escape(value)}"')
    return mark_safe("".join(parts))


def one_of(value: str, allowed, *, of: str) -> str:
    """A kind or tone from its short list; anything else is a mistake in the template, told at once."""
    if value not in allowed:
        raise template.TemplateSyntaxError(f"{of} is one of {', '.join(map(repr, allowed))}, not {value!r}")
    return value
