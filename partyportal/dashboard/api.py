"""API of what is due, merged from every app."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets

from branches.access import require
from branches.models import Organisation
from partyportal.core.once import read_once
from partyportal.core.rest.pagination import MOST, Keyset
from partyportal.dashboard.duties import due_for


class BranchPages(Keyset):
    """A page is what so many branches have to do: of a county no more is worked out than is asked for."""

    columns = ("code",)

    def get_schema_operation_parameters(self, view):
        cursor, size = super().get_schema_operation_parameters(view)
        return [cursor, size | {"description": f"一页几个支部，最多 {MOST}。"}]


class DutySerializer(serializers.Serializer):
    key = serializers.CharField(label="来源")
    due_on = serializers.DateField(label="到期日")
    days_left = serializers.SerializerMethodField(label="还有几天", help_text="过期为负。")
    title = serializers.CharField(label="要办的事")
    reason = serializers.CharField(label="缘由")
    act = serializers.CharField(label="怎么办")
    url = serializers.CharField(label="办理页面")
    organisation_code = serializers.CharField(label="党组织代码")
    organisation_name = serializers.CharField(label="党组织")

    def get_days_left(self, duty) -> int:
        return duty.days_left(self.context["today"])


class DutyViewSet(viewsets.GenericViewSet):
    """What branches have to do, page by page of branches in the order of their codes, on a page oldest first.

    A duty is cleared by the fact it asks for, never by a click here.
    """

    noun = "要办的事"
    serializer_class = DutySerializer
    pagination_class = BranchPages
    filter_backends = []

    @extend_schema(
        parameters=[OpenApiParameter("organisation", OpenApiTypes.STR, description="党组织代码，连同下级；不写为自己的全部")],
        responses=DutySerializer(many=True),
    )
    def list(self, request):
        require(request.user, "duty.see")
        today = timezone.localdate()
        branches = Organisation.objects.where(request.user, "duty.see").branches().existing()
        if code := request.query_params.get("organisation", "").replace("\x00", ""):
            organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
            require(request.user, "duty.see", organisation)
            branches = branches.within(organisation)
        with read_once():
            due = due_for(self.paginate_queryset(branches), today)
        serializer = DutySerializer(due, many=True, context={"today": today})
        response = self.get_paginated_response(serializer.data)
        response["Cache-Control"] = "no-store"
        return response
