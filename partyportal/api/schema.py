"""How the schema is written: speaking operation ids, the headers a change takes, and the problems every endpoint may answer."""

import re

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import ChoiceField

from partyportal.api.problems import MEDIA_TYPE, TITLES, ProblemSerializer

_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="同一个键、同样的内容，只做一次，24 小时内给同样的回答；换了内容为 422，前一次还没做完为 409。",
)
_VERSION = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description='读到的 ETag，如 "3"。没有带为 428，已被别人改过为 409。',
)
_WORDS = {"list": "列表", "retrieve": "一条"}
_STANDARD = {"list": "list", "retrieve": "retrieve", "create": "create", "partial_update": "update", "destroy": "delete"}


def is_chinese(text: str) -> bool:
    return bool(re.match("[*`\u4e00-\u9fff]", text)) and ("。" in text or not re.search("[a-z]{3} [a-z]{2}", text))


def without_docstrings(result, **kwargs):
    """Postprocessing: what a serializer's docstring tells programmers is not for the reader of the schema."""
    for shape in result["components"]["schemas"].values():
        if not is_chinese(shape.get("description", "")):
            shape.pop("description", None)
    return result


class Schema(AutoSchema):
    """members_list, members_reveal, education_meetings_confirm …"""

    def get_operation_id(self) -> str:
        nouns = "_".join(self._tokenize_path()).replace("-", "_")
        action = _STANDARD.get(getattr(self.view, "action", None) or "")
        return f"{nouns}_{action}" if action else nouns if self.method != "DELETE" else f"{nouns}_delete"

    @property
    def _noun(self) -> str:
        model = getattr(self.view, "model", None)
        return str(model._meta.verbose_name) if model else self.view.noun

    def get_filter_backends(self) -> list:
        """Only what is read is narrowed and paged; a change that makes several rows answers them as a plain list."""
        return super().get_filter_backends() if self.method == "GET" else []

    def _get_paginator(self):
        return super()._get_paginator() if self.method == "GET" else None

    def get_tags(self) -> list[str]:
        return [self._noun]

    def get_summary(self) -> str:
        """党员：列表; of an act the first words of what it says of itself."""
        told = _WORDS.get(getattr(self.view, "action", None) or "") or re.split("[；。]", self.get_description())[0]
        return f"{self._noun}：{told}" if told else self._noun

    def get_description(self) -> str:
        """What an act says in Chinese; docstrings for programmers stay in the code."""
        told = super().get_description()
        return told if is_chinese(told) else ""

    @property
    def _act(self):
        return getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)

    def get_override_parameters(self):
        headers = [_KEY] if getattr(self._act, "is_change", False) else []
        return [*headers, *([_VERSION] if getattr(self._act, "needs_version", False) else [])]

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        # A read-only choice has lost that its column may be blank; the answer may then be "".
        model = getattr(getattr(field.parent, "Meta", None), "model", None)
        if isinstance(field, ChoiceField) and field.read_only and model is not None and "." not in field.source:
            field.allow_blank = model._meta.get_field(field.source).blank
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for code in self._problems():
            bodies.setdefault(
                str(code),
                self._get_response_for_code(ProblemSerializer, str(code), media_types=[MEDIA_TYPE]) | {"description": TITLES[code]},
            )
        return bodies

    def _problems(self) -> list[int]:
        codes = {400, 401, 403, 404, 406, 429, 500, 503}
        if self.method != "GET":
            codes |= {415}
        if getattr(self._act, "is_change", False):
            codes |= {409, 422}
        if getattr(self._act, "needs_version", False):
            codes |= {409, 428}
        return sorted(codes)
