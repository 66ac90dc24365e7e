"""Line icons of our own on a 24 grid; words carry the meaning, so every icon is hidden from readers."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.templatetags.ui.library import register

PATHS = {
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.7-1.8L20 20",
    "down": "m6 9.5 6 6 6-6",
    "check": "m4.5 12.5 5 5L20 7",
    "warning": "M12 4 21.5 20h-19L12 4Zm0 6v5m0 2.4v.1",
    "close": "m6 6 12 12M18 6 6 18",
    "clip": "m20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L10 16.9a1.7 1.7 0 0 1-2.4-2.4l7.4-7.3",
    "duties": "m3.5 6 1.5 1.5L8 4.5M3.5 12.5 5 14l3-3M11.5 6H21m-9.5 6.5H21m-9.5 6.5H21M3.5 19.5h4",
    "pencil": "m4 20 1-4.5L16.5 4a2 2 0 0 1 3 3L8 18.5 4 20Zm11-14.5 3 3",
    "people": "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20v-1.5a4 4 0 0 1 4-4h5a4 4 0 0 1 4 4V20M16 4.8a3.5 3.5 0 0 1 0 6.4m2.5 3.6a4 4 0 0 1 3 3.7V20",
    "person": "M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5ZM4.5 20.5v-1a4.5 4.5 0 0 1 4.5-4.5h6a4.5 4.5 0 0 1 4.5 4.5v1",
    "more": "M3.5 6h17m-17 6h17m-17 6h17",
    "bars": "M5.5 20v-6M12 20V4.5M18.5 20V9.5",
    "book": "M12 6.5C10 5 7 4.5 3.5 4.5v14c3.5 0 6.500.5 8.5 2 2-1.500 5-2 8.500-2v-14C17 4.500 14 5 12 6.500Zm0 0v14",
    "wallet": "M4 7.500v10.500a2 2 0 0 0 2 2h14v-12H6a2 2 0 0 1-2-2 2 2 0 0 1 2-2h11v4m-.5 5.500v1",
    "tree": "M9 4h6v4.500H9V4ZM3.500 15.500h6V20h-6v-4.500Zm11 0h6V20h-6v-4.500ZM12 8.500V12m-5.500 3.500V12h11v3.500",
    "county": "M4 20V9l8-5 8 5v11M4 20h16M9 20v-6h6v6",
    "upload": "M12 16V4.500m-5 5 5-5 5 5M4.500 16v3.500h15V16",
    "key": "M8 15.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm4-4h9m-3 0v3.500",
    "clock": "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17ZM12 7v5.500l3.500 2",
    "gear": "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-11.500V6m0 12v2.500M3.500 12H6m12 0h2.500M6 6l1.800 1.800m8.400 8.400L18 18M6 18l1.800-1.800m8.400-8.400L18 6",
}
_DRAWN = {
    name: mark_safe(f'<svg class="pp-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{path}"/></svg>')
    for name, path in PATHS.items()
}
TURN = mark_safe(str(_DRAWN["down"]).replace('"pp-icon"', '"pp-icon pp-turn"'))


def icon_of(name: str) -> SafeString:
    return _DRAWN[name]


@register.simple_tag
def icon(*, name: str) -> SafeString:
    return format_html("{}", icon_of(name))
