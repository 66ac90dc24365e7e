"""The one library the modules of this package fill, and the three helpers their HTML is built with."""

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


def attributes(**values) -> SafeString:
    """HTML attributes: None, False and "" are left out, True stands alone; `for_`, `aria_label` become for, aria-label."""
    kept = {name.rstrip("_").replace("_", "-"): value for name, value in values.items() if value not in (None, False, "")}
    return flatatt(kept)


def one_of(value: str, allowed, *, of: str) -> str:
    """A kind or tone from its short list; anything else is a mistake in the template, told at once."""
    if value not in allowed:
        raise template.TemplateSyntaxError(f"{of} is one of {', '.join(map(repr, allowed))}, not {value!r}")
    return value


def element(name: str, content, **values) -> SafeString:
    return format_html("<{}{}>{}</{}>", name, attributes(**values), content, name)
