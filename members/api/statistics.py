"""API of the roster's numbers: who the members are on a day beside another, and what of the roster is to be mended."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action

from branches.access import can, paths_for, require
from branches.models import Organisation
from members.api.people import PersonSerializer
from members.forms.statistics import DaysForm
from members.models import Member
from members.selectors.quality import cockpit
from members.selectors.quality.findings import FINDING, OF_MEMBERS, asked_on
from members.statistics import days
from members.statistics.traits import TRAITS
from partyportal.core.rest.pagination import Pages

_PLACE = OpenApiParameter("organisation", OpenApiTypes.STR, description="党组织代码，连同下级；不写为自己的全部")


class _OfAPlace(viewsets.GenericViewSet):
    """Numbers of one organisation's subtree: out of sight is not found, without the verb refused."""

    pagination_class = Pages
    filter_backends = []
    verbs: tuple[str, ...]

    def place(self) -> Organisation:
        user, code = self.request.user, self.request.query_params.get("organisation", "").replace("\x00", "")
        if code:
            organisation = get_object_or_404(Organisation.objects.visible_to(user), code=code)
        else:
            paths = [path for verb in self.verbs for path in paths_for(user, verb)]
            if not paths:
                require(user, self.verbs[-1])
            organisation = get_object_or_404(Organisation.objects.visible_to(user), path=min(paths, key=len))
        if not any(can(user, verb, organisation) for verb in self.verbs):
            require(user, self.verbs[-1], organisation)
        return organisation

    def answer(self, rows, serializer):
        response = self.get_paginated_response(serializer(self.paginate_queryset(rows), many=True).data)
        response["Cache-Control"] = "no-store"
        return response


class FigureSerializer(serializers.Serializer):
    trait = serializers.CharField(label="按什么分", help_text="空为全部党员")
    title = serializers.CharField(label="按什么分的名称")
    key = serializers.CharField(label="哪一格")
    label = serializers.CharField(label="哪一格的名称")
    count = serializers.IntegerField(label="人数")
    count_versus = serializers.IntegerField(label="比较那天的人数")
    change = serializers.IntegerField(label="增减")


class StatisticsViewSet(_OfAPlace):
    """历年结构: every figure of a subtree on a day beside another day, as the tree and the people then were."""

    noun = "党员结构"
    serializer_class = FigureSerializer
    verbs = ("cockpit.see",)

    @extend_schema(
        parameters=[
            _PLACE,
            OpenApiParameter("on", OpenApiTypes.DATE, description="哪一天，不写为今天"),
            OpenApiParameter("versus", OpenApiTypes.DATE, description="和哪一天比，不写为上年年底"),
        ],
        responses=FigureSerializer(many=True),
    )
    def list(self, request):
        on, versus = DaysForm(request.query_params, today=timezone.localdate()).days
        shown = days.snapshot(self.place(), on=on, versus=versus)
        rows = [_figure("", "全部党员", shown.total)]
        rows += [_figure(trait.code, trait.title, line) for trait in TRAITS for line in shown.divisions[trait.code].lines]
        return self.answer(rows, FigureSerializer)


def _figure(trait: str, title: str, line: days.Line) -> dict:
    said = {"trait": trait, "title": title, "key": line.key, "label": line.label}
    return said | {"count": line.now.count, "count_versus": line.then.count, "change": line.change}


class FindingSerializer(serializers.Serializer):
    code = serializers.CharField(label="代码")
    kind = serializers.CharField(label="种类")
    title = serializers.CharField(label="问题")
    why = serializers.CharField(label="为什么")
    count = serializers.IntegerField(label="多少", help_text="多少名党员；按支部查的，多少个支部")
    of_branches = serializers.BooleanField(label="按支部查")


class FindingViewSet(_OfAPlace):
    """名册质量: what of a subtree's roster is incomplete, contradictory or stale, each with its count and its rows."""

    noun = "名册质量问题"
    serializer_class = FindingSerializer
    verbs = ("member.edit", "cockpit.see")
    lookup_field = "code"
    lookup_value_converter = "slug"

    @extend_schema(parameters=[_PLACE], responses=FindingSerializer(many=True))
    def list(self, request):
        shown = cockpit.quality(request.user, self.place(), asked=asked_on(timezone.localdate()))
        return self.answer(
            [
                {name: getattr(finding, name) for name in ("code", "title", "why", "of_branches")}
                | {"kind": finding.kind.value, "count": shown.whole.of(finding)}
                for finding in shown.findings
            ],
            FindingSerializer,
        )

    @extend_schema(parameters=[_PLACE], responses=PersonSerializer(many=True))
    @action(detail=True, methods=["get"])
    def members(self, request, code):
        """哪些党员有这个问题，按支部和姓名排。"""
        finding = FINDING.get(code)
        if finding not in OF_MEMBERS:
            raise Http404
        rows = cockpit.members_with(request.user, self.place(), finding, asked=asked_on(timezone.localdate()))
        return self.answer(rows, PersonSerializer)

    def get_queryset(self):
        return Member.objects.none()  # for the schema alone
