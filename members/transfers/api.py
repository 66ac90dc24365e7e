"""API of 组织关系转接: what is in sight, an application, and the acts that move a case on. Numbers of people are masked."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from members.api.people import MemberFilter, PersonSerializer
from members.models import Member
from members.transfers import selectors, services
from members.transfers.models import Letter, Step, Transfer
from partyportal.core.errors import DomainError
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

Act = Step.Act
ACTS = [(act.value, act.label) for act in Act if act not in {Act.APPLY}]
# What each act takes of a request, beside the note and the version.
TAKES = {
    Act.AGREE: ("dues_until",),
    Act.APPROVE: ("days",),
    Act.ARCHIVE: ("received_on",),
    Act.PROVE: ("dues_until",),
    Act.REFUSE: ("refusal",),
    Act.RESUBMIT: ("dues_until", "to_branch", "elsewhere", "elsewhere_branch", "reach"),
}
REQUIRED = {Act.AGREE: "dues_until", Act.REFUSE: "refusal"}


class StepSerializer(serializers.ModelSerializer):
    by = serializers.CharField(label="办理人", source="by.name", read_only=True)
    organisation = PlaceSerializer(label="办理的党组织", allow_null=True, read_only=True)

    class Meta:
        model = Step
        fields = ["act", "state", "on", "by", "organisation", "refusal", "note"]
        read_only_fields = fields


class LetterSerializer(serializers.ModelSerializer):
    issuer = PlaceSerializer(label="开具党委", read_only=True)
    number = serializers.CharField(label="编号", read_only=True)
    code = serializers.CharField(label="校验码", source="shown_code", read_only=True)

    class Meta:
        model = Letter
        fields = ["number", "code", "issuer", "addressee", "issued_on", "days", "valid_until", "used_on", "voided_on"]
        read_only_fields = fields


class TransferLineSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", allow_null=True, read_only=True)
    person_name = serializers.CharField(label="姓名", read_only=True)
    from_branch = PlaceSerializer(label="转出党支部", allow_null=True, read_only=True)
    to_branch = PlaceSerializer(label="转入党支部", allow_null=True, read_only=True)
    waits_for = serializers.SerializerMethodField(label="等谁办", help_text="办结和撤销的为空。")
    expired = serializers.SerializerMethodField(label="介绍信过期")
    good_until = serializers.DateField(label="在途介绍信有效期至", allow_null=True, read_only=True)

    class Meta:
        model = Transfer
        fields = [
            *("uid", "kind", "state", "member", "person_name", "from_branch", "to_branch", "elsewhere", "elsewhere_branch", "reach"),
            *("reason", "note", "dues_until", "applied_on", "approved_on", "placed_on", "good_until", "expired", "waits_for", "version"),
        ]
        read_only_fields = fields

    def get_waits_for(self, row) -> str:
        return selectors.line_of(row, self.context["handlers"], timezone.localdate()).turn

    def get_expired(self, row) -> bool:
        return selectors.line_of(row, {}, timezone.localdate()).expired


class TransferSerializer(TransferLineSerializer):
    steps = StepSerializer(label="经过", many=True, read_only=True)
    letters = LetterSerializer(label="介绍信", many=True, read_only=True)

    class Meta(TransferLineSerializer.Meta):
        fields = [*TransferLineSerializer.Meta.fields, "steps", "letters"]
        read_only_fields = fields


class DestinationSerializer(serializers.Serializer):
    to_branch = serializers.CharField(label="转入党支部代码", max_length=40, allow_blank=True, default="", help_text="转到县外的不写。")
    elsewhere = serializers.CharField(label="县外党委全称", max_length=120, allow_blank=True, default="")
    elsewhere_branch = serializers.CharField(label="县外党支部", max_length=120, allow_blank=True, default="")
    reach = serializers.ChoiceField(label="转接范围", choices=Transfer.Reach.choices, default=Transfer.Reach.BEYOND)
    dues_until = serializers.DateField(label="党费交至", allow_null=True, default=None, help_text="那个月的任何一天；本人申请的不写。")
    note = serializers.CharField(label="说明", max_length=200, allow_blank=True, default="")


class ApplicationSerializer(DestinationSerializer):
    member = serializers.UUIDField(label="党员的公开编号")
    reason = serializers.ChoiceField(label="转接原因", choices=Transfer.Reason.choices)


class ActSerializer(DestinationSerializer):
    act = serializers.ChoiceField(label="办哪一步", choices=ACTS)
    days = serializers.IntegerField(label="介绍信有效期（天）", min_value=1, max_value=90, allow_null=True, default=None)
    received_on = serializers.DateField(label="回执上的接收日期", allow_null=True, default=None, help_text="转往县外的回执才写。")
    refusal = serializers.ChoiceField(label="退回的缘由", choices=Step.Refusal.choices, allow_blank=True, default="")


class TransferFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    year = NumberFilter(field_name="applied_on__year", label="申请年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    open = filters.BooleanFilter(method="still_open", label="还没有办完的")
    waiting = filters.BooleanFilter(method="waits_for_me", label="等自己办的")

    class Meta:
        model = Transfer
        fields = ["kind", "state"]

    def still_open(self, queryset, name, value):
        return queryset.exclude(state__in=Transfer.OVER) if value else queryset.filter(state__in=Transfer.OVER)

    def waits_for_me(self, queryset, name, value):
        mine = selectors.waiting_for(self.request.user, timezone.localdate()).values("pk")
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)


class TransferViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Transfers in sight, newest first: of the side one leaves, of the side one comes to once the letter is out, and one's own."""

    model = Transfer
    serializer_class = TransferSerializer
    filterset_class = TransferFilters

    def rows(self, seen):
        rows = selectors.whole(selectors.letters_ahead(seen.with_handlers(timezone.localdate()))).order_by("-applied_on", "-id")
        return rows if self.action == "list" else rows.prefetch_related("steps__by", "steps__organisation", "letters__issuer")

    def get_serializer_class(self):
        return TransferLineSerializer if self.action == "list" else TransferSerializer

    def get_serializer_context(self):
        names = dict(Organisation.objects.filter(pk__in=_committees()).values_list("path", "short_name"))
        return super().get_serializer_context() | {"handlers": names}

    def retrieve(self, request, uid):
        return self._answer(self.get_object())

    @extend_schema(request=ApplicationSerializer, responses={201: TransferSerializer})
    @change
    def create(self, request):
        """申请转接。书记申请就是支部同意；党员给自己申请的，等支部同意。"""
        asked = ApplicationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        seen = Member.objects.visible_to(request.user).select_related("branch").defer("id_number")
        member = seen.filter(uid=said.pop("member")).first()
        if member is None:
            raise DomainError("没有这位党员，或者不归你管。", field="member")
        if member.user_id != request.user.pk:
            require(request.user, "transfer.apply", member.branch)
        transfer = services.apply(member=member, by=request.user, today=timezone.localdate(), **_placed(said))
        self.kwargs["uid"] = transfer.uid
        where = {"Location": reverse("api:transfer-detail", args=[transfer.uid], request=request)}
        return self._answer(self.get_object(), status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=ActSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    @needs_version
    @change
    def acts(self, request, uid):
        """办一步：同意、审批、接收、编入、归档、退回、改好再报、证明重办、撤销。没轮到的、办过的，一句话说明，什么也不变。"""
        transfer = self.get_object()
        version = version_asked(request)
        asked = ActSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = _placed(asked.validated_data)
        act = said.pop("act")
        if not selectors.may(request.user, transfer, act):
            raise PermissionDenied
        if REQUIRED.get(act) and not said.get(REQUIRED[act]):
            raise DomainError("这一步要写这一项。", field=REQUIRED[act])
        kept = {name: said[name] for name in TAKES.get(act, ()) if name in said}
        getattr(services, act)(transfer, by=request.user, today=timezone.localdate(), version=version, note=said["note"], **kept)
        return self._answer(self.get_object())

    def _answer(self, transfer: Transfer, **kwargs) -> Response:
        return versioned(TransferSerializer(transfer, context=self.get_serializer_context()).data, transfer.version, **kwargs)


def _committees():
    return Organisation.objects.exclude(kind__in=[Organisation.Kind.BRANCH, Organisation.Kind.GROUP]).values("pk")


def _placed(said: dict) -> dict:
    """The branch named by its code; where one is named, nothing outside the county is."""
    code = said.pop("to_branch")
    if not code:
        return said
    branch = Organisation.objects.branches().existing().filter(code=code).first()
    if branch is None:
        raise DomainError("没有这个党支部。", field="to_branch")
    return said | {"to_branch": branch, "elsewhere": "", "elsewhere_branch": ""}
