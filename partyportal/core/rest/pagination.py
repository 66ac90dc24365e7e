"""Pages of a list: by number where somebody turns them, by key where a ledger is read through."""

from django.core import signing
from django.db.models import Q
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

USUAL, MOST = 50, 200


class Pages(PageNumberPagination):
    """Numbered pages with the count of all rows."""

    page_size = USUAL
    max_page_size = MOST
    page_size_query_param = "page_size"
    page_query_description = "第几页，从 1 起。"
    page_size_query_description = f"一页几行，最多 {MOST}。"
    invalid_page_message = "没有这一页。"


class Keyset(BasePagination):
    """Rows by (day, a unique key), latest first: the next page costs what the first did, and rows added meanwhile shift nothing.

    The cursor is signed; it holds a day and public identifiers, never a row id. `-` before a column turns it round.
    """

    columns: tuple[str, ...] = ("-day", "-uid")

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        size = self._size(request)
        rows = queryset.order_by(*self.columns)
        if cursor := request.query_params.get("cursor"):
            rows = rows.filter(self._after(cursor))
        # The page is picked by its keys alone: a sort that carried every joined column would cost eight times as much.
        picked = list(rows.select_related(None).values_list("pk", flat=True)[: size + 1])
        self.has_more = len(picked) > size
        by_pk = {row.pk: row for row in queryset.filter(pk__in=picked[:size])}
        self.found = [by_pk[pk] for pk in picked[:size]]
        return self.found

    def _size(self, request) -> int:
        asked = request.query_params.get("page_size", "")
        return min(int(asked), MOST) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6 and int(asked) else USUAL

    @property
    def _names(self) -> list[str]:
        return [column.removeprefix("-") for column in self.columns]

    def _after(self, cursor: str) -> Q:
        try:
            values = signing.loads(cursor, salt="api.cursor")
        except signing.BadSignature:
            raise NotFound("这个 cursor 不能用，从头读起。") from None
        if not isinstance(values, list) or len(values) != len(self.columns):
            raise NotFound("这个 cursor 不能用，从头读起。")
        after, equal = Q(), Q()
        for column, name, value in zip(self.columns, self._names, values, strict=True):
            after |= equal & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
            equal &= Q(**{name: value})
        # The day's own bound stands apart, so that an index by day can be used.
        first, bound = self._names[0], "lte" if self.columns[0].startswith("-") else "gte"
        return Q(**{f"{first}__{bound}": values[0]}) & after

    def get_paginated_response(self, data):
        following = None
        if self.has_more:
            last = self.found[-1]
            cursor = signing.dumps(
                [value if isinstance(value := getattr(last, name), int) else str(value) for name in self._names], salt="api.cursor"
            )
            following = replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)
        return Response({"next": following, "results": data})

    def get_paginated_response_schema(self, schema):
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True, "description": "下一页，没有了为 null。"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        return [
            {"name": "cursor", "in": "query", "required": False, "description": "从上一页的 next 里来。", "schema": {"type": "string"}},
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"一页几行，最多 {MOST}。",
                "schema": {"type": "integer", "minimum": 1},
            },
        ]
