"""API of 账本核验: the chain of seals and what the last verifications found, for whoever may verify."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.access import require
from partyportal.core.models import LedgerSeal, Verification
from partyportal.core.rest.pagination import Pages
from partyportal.core.seals.rows import title_of
from points.selectors import seals as selectors


class SealSerializer(serializers.ModelSerializer):
    """A link of the chain. The rows themselves are in the exported file, which proves itself without this portal."""

    title = serializers.SerializerMethodField(label="账本名称")

    class Meta:
        model = LedgerSeal
        fields = ["number", "ledger", "title", "rows", "digest", "previous", "head", "key", "sealed_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_title(self, seal):
        return title_of(seal.ledger)


class LedgerSerializer(serializers.Serializer):
    """How far one ledger is sealed."""

    table = serializers.CharField(label="账本")
    title = serializers.CharField(label="名称")
    rows = serializers.IntegerField(label="已封行数")
    seals = serializers.IntegerField(label="封数")
    unsealed = serializers.IntegerField(label="未封行数")
    sealed_at = serializers.DateTimeField(label="最近封账", allow_null=True)


class VerificationSerializer(serializers.ModelSerializer):
    is_sound = serializers.BooleanField(label="相符", read_only=True)

    class Meta:
        model = Verification
        fields = ["uid", "at", "number", "head", "rows", "unsealed", "seconds", "is_sound", "fault"]
        read_only_fields = fields


class LedgersSerializer(serializers.Serializer):
    last = SealSerializer(label="最后一封", allow_null=True)
    ledgers = LedgerSerializer(label="各账本", many=True)
    verifications = VerificationSerializer(label="最近的核验", many=True)


class SealViewSet(viewsets.GenericViewSet):
    """封账, newest first."""

    noun = "封账"
    serializer_class = SealSerializer
    pagination_class = Pages
    filter_backends = []
    lookup_field = "number"
    lookup_value_converter = "int"

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @extend_schema(parameters=[OpenApiParameter("ledger", OpenApiTypes.STR, description="账本，如 points_entry；不写为全部")])
    def list(self, request):
        """封账的链。"""
        require(request.user, "ledger.verify")
        chain = selectors.seals_listed(request.query_params.get("ledger", "").replace("\x00", ""))
        return self.get_paginated_response(SealSerializer(self.paginate_queryset(chain), many=True).data)

    def retrieve(self, request, number):
        """一封。"""
        require(request.user, "ledger.verify")
        return Response(SealSerializer(get_object_or_404(LedgerSeal, number=min(number, 2**31 - 1))).data)

    @extend_schema(responses=LedgersSerializer)
    @action(detail=False, methods=["get"])
    def state(self, request):
        """封到哪里，核验是否相符。"""
        require(request.user, "ledger.verify")
        told = {"last": selectors.last_seal(), "ledgers": selectors.ledgers_now(), "verifications": selectors.verifications()}
        return Response(LedgersSerializer(told).data)
