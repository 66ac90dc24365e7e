"""API of 回放: a past period as it stood on a day, as the rules and facts known then give it, and as it stands now."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from branches.access import paths_for, require_sight
from branches.models import Organisation
from members.models import Member
from partyportal.core.rest.pagination import Pages
from points.forms.replays import ReplayForm
from points.selectors import replays
from points.settlement.grades import GradePeriod

_PERIOD = OpenApiParameter("period", OpenApiTypes.STR, description="期间，如 2026 或 2026Q3；不写为上一个季度")
_ON = OpenApiParameter("on", OpenApiTypes.DATE, description="哪一天的账；不写为期间的最后一天")


class ReplayedSerializer(serializers.Serializer):
    name = serializers.CharField(label="姓名或党组织")
    target = serializers.CharField(label="公开编号或代码", help_text="党员的公开编号，或者党组织代码。")
    stood = serializers.DecimalField(12, 2, label="当时的账")
    recomputed = serializers.DecimalField(12, 2, label="按当时已知的重算")
    now = serializers.DecimalField(12, 2, label="现在的账")
    difference = serializers.DecimalField(12, 2, label="差")
    changed = serializers.IntegerField(label="变了的人数")


class ChangeSerializer(serializers.Serializer):
    day = serializers.DateField(label="日期")
    title = serializers.CharField(label="哪一笔")
    then = serializers.DecimalField(9, 2, label="当时")
    now = serializers.DecimalField(9, 2, label="现在")
    reason = serializers.CharField(label="为什么变")


class ReplayedMemberSerializer(ReplayedSerializer):
    period = serializers.CharField(label="期间")
    on = serializers.DateField(label="哪一天的账")
    changes = ChangeSerializer(label="变了的每一笔", many=True)


class ReplayViewSet(viewsets.GenericViewSet):
    """回放: a branch by member in order of name, anything above by what hangs below it; one member with every line that says something else now."""

    noun = "回放"
    serializer_class = ReplayedSerializer
    pagination_class = Pages
    filter_backends = []
    lookup_field = "uid"
    lookup_value_converter = "uuid"

    def _asked(self) -> tuple[GradePeriod, object]:
        """The page's own form: what it cannot read is a 400 that says so."""
        today, asked = timezone.localdate(), self.request.query_params
        usual = GradePeriod.of(today).before
        data = {"period": asked.get("period") or usual.value, "on": asked.get("on")}
        form = ReplayForm(data, today=today)
        period = form.periods.get(data["period"], usual)
        data["on"] = data["on"] or min(period.last, today).isoformat()
        if not form.is_valid():
            raise ValidationError({name: [str(one) for one in errors] for name, errors in form.errors.items()})
        return period, form.cleaned_data["on"]

    @extend_schema(
        parameters=[OpenApiParameter("organisation", OpenApiTypes.STR, description="党组织代码；不写为自己的"), _PERIOD, _ON],
        responses=ReplayedSerializer(many=True),
    )
    def list(self, request):
        """一个党组织的回放。"""
        require_sight(request.user)
        seen, code = Organisation.objects.visible_to(request.user), request.query_params.get("organisation", "").replace("\x00", "")
        where = {"code": code} if code else {"path": min(paths_for(request.user), key=len)}
        organisation = get_object_or_404(seen, **where)
        period, on = self._asked()
        listed = self.paginate_queryset(replays.replay_of(organisation, period, on=on))
        return _kept_by_nobody(self.get_paginated_response(ReplayedSerializer(listed, many=True).data))

    @extend_schema(parameters=[_PERIOD, _ON], responses=ReplayedMemberSerializer)
    def retrieve(self, request, uid):
        """一个党员的回放：变了的每一笔和原因。"""
        member = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch").defer("id_number"), uid=uid)
        period, on = self._asked()
        row, changes = replays.changes_of(member, period, on=on)
        told = ReplayedSerializer(row).data | {
            "period": period.value,
            "on": on.isoformat(),
            "changes": ChangeSerializer(changes, many=True).data,
        }
        return _kept_by_nobody(Response(told))


def _kept_by_nobody(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    return response
