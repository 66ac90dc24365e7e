"""API of 台账: asking for a book, how far it is, and the file."""

from datetime import date

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from education.documents import services
from education.documents.models import Book
from education.documents.views import streamed
from education.models import Meeting
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class BookSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党组织", read_only=True)
    meeting = serializers.UUIDField(label="会议", source="meeting.uid", default=None, allow_null=True, read_only=True)
    job = serializers.UUIDField(label="任务", source="job.uid", read_only=True, help_text="进度看 jobs。")
    is_kept = serializers.BooleanField(label="可下载", read_only=True)

    class Meta:
        model = Book
        fields = [
            *("uid", "organisation", "span", "start", "meeting", "form", "as_of", "job", "asked_at"),
            *("made_at", "expires_at", "files", "size", "digest", "thrown_at", "is_kept"),
        ]
        read_only_fields = fields


class BookAskedSerializer(serializers.Serializer):
    organisation = serializers.CharField(label="党组织代码", max_length=40, allow_blank=True, default="", help_text="一次会议的不写。")
    span = serializers.ChoiceField(label="范围", choices=Book.Span.choices)
    start = serializers.DateField(label="起", allow_null=True, default=None, help_text="一年写 1 月 1 日，一个月写 1 日；一次会议的不写。")
    meeting = serializers.UUIDField(label="会议", allow_null=True, default=None, help_text="一次会议的才写。")
    form = serializers.ChoiceField(label="格式", choices=Book.Form.choices)


class BookFilters(filters.FilterSet):
    organisation = OrganisationFilter()

    class Meta:
        model = Book
        fields = ["span", "form"]


class BookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """One's own books, latest first."""

    model = Book
    serializer_class = BookSerializer
    filterset_class = BookFilters

    def rows(self, seen):
        return seen.select_related("organisation", "meeting", "job").order_by("-id")

    @extend_schema(request=BookAskedSerializer, responses={201: BookSerializer})
    @change
    def create(self, request):
        """要一份台账；由任务生成，做好后从 file 下载。"""
        require(request.user, "education.book")
        asked = BookAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        book = services.ask(
            **_wanted(request.user, said), span=said["span"], form=said["form"], by=request.user, today=timezone.localdate()
        )
        where = {"Location": reverse("api:book-detail", args=[book.uid], request=request)}
        return Response(self.get_serializer(book).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request, uid):
        """文件本身；下载时再查一次权限。"""
        book = self.get_object()
        require(request.user, "education.book", book.organisation)
        return streamed(book, services.give_out(book, by=request.user))


def _wanted(user, said: dict) -> dict:
    """What the service takes: the organisation and first day, or the meeting that has both."""
    mine = Organisation.objects.where(user, "education.book")
    if said["span"] == Book.Span.MEETING:
        meeting = Meeting.objects.select_related("organisation").filter(uid=said["meeting"], organisation__in=mine).first()
        if meeting is None:
            raise DomainError("没有这次会议，或者不是你出台账的。", field="meeting")
        return {"organisation": meeting.organisation, "start": meeting.held_on, "meeting": meeting}
    place = mine.filter(code=said["organisation"]).first()
    if place is None:
        raise DomainError("没有这个党组织，或者不是你出台账的。", field="organisation")
    start: date | None = said["start"]
    if start is None:
        raise DomainError("写上从哪一天起。", field="start")
    return {"organisation": place, "start": start}
