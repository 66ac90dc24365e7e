"""Who is asking, and what they may do where."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.access import Role, verbs_of
from branches.api import PlaceSerializer
from branches.models import Grant


class MyGrantSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(label="角色", choices=Role.choices)
    organisation = PlaceSerializer(label="党组织，连同下级")

    class Meta:
        model = Grant
        fields = ["role", "organisation", "start", "end"]
        read_only_fields = fields


class MeSerializer(serializers.Serializer):
    uid = serializers.UUIDField(label="账号的公开编号")
    username = serializers.CharField(label="用户名")
    name = serializers.CharField(label="姓名")
    member = serializers.UUIDField(label="本人党员资料的公开编号", allow_null=True)
    verbs = serializers.ListField(child=serializers.CharField(), label="能做的事")
    grants = MyGrantSerializer(label="授权", many=True)


class MeView(APIView):
    """Who I am."""

    noun = "我"

    @extend_schema(responses=MeSerializer)
    def get(self, request):
        """我是谁，能在哪里做什么。"""
        user = request.user
        held = (
            Grant.objects.in_force(timezone.localdate())
            .filter(user=user)
            .select_related("organisation")
            .order_by("organisation__path", "role")
        )
        me = {"uid": user.uid, "username": user.username, "name": user.name, "member": getattr(getattr(user, "member", None), "uid", None)}
        return Response(MeSerializer(me | {"verbs": sorted(verbs_of(user)), "grants": held}).data, headers={"Cache-Control": "no-store"})
