"""For which organisation: whoever works for several of them names it first."""

from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from branches.selectors import search
from partyportal.core.htmx import page, text_asked

SHOWN = 50  # a county has a thousand: more than these are found by name


def choose_organisation(
    request: HttpRequest, own: QuerySet, *, title: str, act: str, back: tuple[str, str], keep: str = ""
) -> HttpResponse:
    """`own` by name, pinyin or code. A choice leads to the address asked for and keeps what `keep` names of it; `back`: the list it belongs to."""
    text = text_asked(request)
    found = search(own, text) if text else own
    listed = list(found.select_related("parent").order_by("code")[: SHOWN + 1])
    kept = "".join(f"{name}={quote(value)}&" for name in keep.split() if (value := request.GET.get(name)))
    context = {"organisations": listed[:SHOWN], "has_more": len(listed) > SHOWN, "text": text, "title": title, "act": act, "back": back}
    return page(request, "branches/where.html", context | {"keep": keep, "to": f"?{kept}organisation="})
