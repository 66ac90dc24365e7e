"""API of the floor: the token, one's reminders, one's jobs."""

from django.contrib.auth import authenticate
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from partyportal.core import jobs as work
from partyportal.core import services
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, Notice
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.throttles import TokenThrottle
from partyportal.core.rest.viewsets import ScopedViewSet

LOCKED = 900  # seconds a caller is told to wait; axes counts for itself


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField(label="用户名或手机号码", max_length=64)
    password = serializers.CharField(label="密码", max_length=128, write_only=True, trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(label="令牌", help_text="放在 Authorization: Token … 里。只告诉这一次，到期或者改密码时失效。")


class TokenView(APIView):
    """A token of one's account: taken by password, given back by DELETE."""

    noun = "令牌"
    throttle_classes = [TokenThrottle]

    def get_permissions(self):
        return [IsAuthenticated()] if self.request and self.request.method == "DELETE" else [AllowAny()]

    def get_authenticators(self):
        # Logging in must not fail on the cookie or token one still carries.
        return super().get_authenticators() if self.request is None or self.request.method == "DELETE" else []

    @extend_schema(request=CredentialsSerializer, responses={200: TokenSerializer}, auth=[])
    def post(self, request):
        """用密码换令牌。连错几次密码，账号锁一会儿（429）；还在用初始密码的账号不给令牌（403）。"""
        asked = CredentialsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        django_request = request._request
        user = authenticate(django_request, **asked.validated_data)
        if getattr(django_request, "axes_locked_out", False):
            django_request.axes_locked_out = False  # its own page is for people
            raise Throttled(wait=LOCKED)
        if user is None:
            raise DomainError("用户名（手机号码）或密码不对。家里几个人共用一个手机号的，用各自的用户名登录。")
        if user.must_change_password:
            raise PermissionDenied("先在网页上把初始密码改成自己的。")
        return Response({"token": services.open_token(user)})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request):
        """作废正在用的令牌；用网页会话来办的，作废名下全部。"""
        services.close_token(request.user, token_key=getattr(request.auth, "token_key", ""))
        return Response(status=status.HTTP_204_NO_CONTENT)


class NoticeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Notice
        fields = ["uid", "title", "reason", "url", "due_on", "created_at", "read_at"]
        read_only_fields = fields


class NoticeFilters(filters.FilterSet):
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="只要没有读过的")

    class Meta:
        model = Notice
        fields = []


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """One's own inbox, newest first."""

    model = Notice
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters

    def rows(self, seen):
        return seen.order_by("-id")

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    @change
    def read(self, request, uid):
        """标为已读。"""
        notice = self.get_object()
        services.read_notices(request.user, notice=notice)
        notice.refresh_from_db()
        return Response(self.get_serializer(notice).data)


class JobSerializer(serializers.ModelSerializer):
    is_over = serializers.BooleanField(label="已结束", read_only=True)

    class Meta:
        model = Job
        fields = [
            "uid",
            "title",
            "state",
            "done",
            "total",
            "step",
            "error",
            "is_over",
            "cancel_asked",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """One's own long jobs, newest first."""

    model = Job
    serializer_class = JobSerializer
    filterset_fields = ["state"]

    def rows(self, seen):
        return seen.order_by("-id")

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    @change
    def cancel(self, request, uid):
        """请它停下。"""
        job = self.get_object()
        work.cancel(job)
        return self._now(job)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    @change
    def again(self, request, uid):
        """停下的接着做。"""
        job = self.get_object()
        work.again(job)
        return self._now(job)

    def _now(self, job: Job) -> Response:
        job.refresh_from_db()
        return Response(self.get_serializer(job).data)
