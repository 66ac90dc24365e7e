"""API of 困难救助: the cases one may see, applying, and the next step done. Words of need go in and never come out."""

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from members.care.aid import rules, services
from members.care.aid.models import Case, Programme, Step
from members.care.aid.selectors import cases as selectors
from members.care.fund.models import Payment
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

# act → the service, and what it takes of a request beside the version
DECIDE = {
    rules.VOTE: (services.record_vote, ("day", "entitled", "present", "in_favour", "against", "note")),
    rules.REVIEW: (services.review, ("note",)),
    rules.APPROVE: (services.approve, ("line", "amount", "note")),
    rules.REFUSE: (services.refuse, ("note",)),
    rules.RETURN: (services.send_back, ("note",)),
    rules.RESUBMIT: (services.resubmit, ("need", "amount")),
    rules.WITHDRAW: (services.withdraw, ("note",)),
    rules.PREPARE: (services.prepare_payment, ("method", "reference")),
    rules.PAY: (services.confirm_payment, ()),
    rules.SIGN: (services.sign, ("day", "relation", "proxy", "note")),
    rules.FOLLOW_UP: (services.follow_up, ("day", "note")),
}
REQUIRED = {
    rules.VOTE: ("day", "entitled", "present", "in_favour", "against"),
    rules.APPROVE: ("line",),
    rules.PREPARE: ("method",),
    rules.SIGN: ("day",),
    rules.FOLLOW_UP: ("day",),
}


class AidStepSerializer(serializers.ModelSerializer):
    by = serializers.SerializerMethodField(label="经办人", help_text="到期自动办的为空。")

    class Meta:
        model = Step
        fields = ["uid", "act", "day", "by", "amount", "entitled", "present", "in_favour", "against"]
        read_only_fields = fields

    def get_by(self, step) -> str:
        return step.by.name if step.by else ""


class AidCaseLineSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="申请时所在党支部", read_only=True)
    programme = serializers.CharField(label="项目代码", source="programme_code", read_only=True)

    class Meta:
        model = Case
        fields = [
            *("uid", "programme", "member", "organisation", "year", "asked_by", "amount_asked", "amount", "state", "applied_on"),
            *("acted_on", "notice_from", "notice_until", "paid_on", "closed_on", "version"),
        ]
        read_only_fields = fields


class AidCaseSerializer(AidCaseLineSerializer):
    steps = AidStepSerializer(label="经过", many=True, read_only=True)

    class Meta(AidCaseLineSerializer.Meta):
        fields = [*AidCaseLineSerializer.Meta.fields, "steps"]
        read_only_fields = fields


class AidApplyingSerializer(serializers.Serializer):
    programme = serializers.SlugField(label="项目代码", max_length=40)
    member = serializers.UUIDField(label="党员的公开编号")
    amount = serializers.DecimalField(12, 2, label="申请金额")
    need = serializers.CharField(label="有什么困难", max_length=2000, help_text="加密保存，接口不返回。")


class AidDecidingSerializer(serializers.Serializer):
    act = serializers.ChoiceField(label="办哪一步", choices=[(act, Step.Act(act).label) for act in DECIDE])
    note = serializers.CharField(
        label="意见、理由", max_length=500, allow_blank=True, default="", help_text="不同意、退回、撤回、回访要写。"
    )
    day = serializers.DateField(label="哪一天", required=False, help_text="评议、签收、回访要写。")
    entitled = serializers.IntegerField(label="应到", min_value=1, max_value=9999, required=False)
    present = serializers.IntegerField(label="实到", min_value=0, max_value=9999, required=False)
    in_favour = serializers.IntegerField(label="赞成", min_value=0, max_value=9999, required=False)
    against = serializers.IntegerField(label="不赞成", min_value=0, max_value=9999, required=False)
    line = serializers.UUIDField(label="预算项目的公开编号", required=False, help_text="审批要写。")
    amount = serializers.DecimalField(12, 2, label="金额", required=False, help_text="不写就是申请的数。")
    need = serializers.CharField(label="困难情况", max_length=2000, required=False, help_text="补齐再报要写。")
    method = serializers.ChoiceField(label="付款方式", choices=Payment.Method.choices, required=False)
    reference = serializers.CharField(label="银行流水号", max_length=60, allow_blank=True, required=False)
    relation = serializers.ChoiceField(label="代签人与本人关系", choices=Case.Relation.choices, allow_blank=True, required=False)
    proxy = serializers.CharField(label="代签人姓名", max_length=30, allow_blank=True, required=False)


class CaseFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    year = NumberFilter(field_name="year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    programme = filters.CharFilter(field_name="programme_code", label="项目代码", max_length=40)

    class Meta:
        model = Case
        fields = ["state"]


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """救助事项, who has waited longest first: for whoever may see hardship there, and one's own."""

    model = Case
    serializer_class = AidCaseSerializer
    filterset_class = CaseFilters

    def rows(self, seen):
        rows = seen.select_related("programme", "member", "organisation", "claim__book__organisation").order_by("acted_on", "id")
        rows = rows.defer("member__id_number", "sealed_need", "sealed_asker")
        return rows if self.action == "list" else rows.prefetch_related(Prefetch("steps", Step.objects.select_related("by")))

    def get_serializer_class(self):
        return AidCaseLineSerializer if self.action == "list" else AidCaseSerializer

    def retrieve(self, request, uid):
        return self._answer(self.get_object())

    @extend_schema(request=AidApplyingSerializer, responses={201: AidCaseSerializer})
    @change
    def create(self, request):
        """申请：本人，或者支部以本人名义。"""
        asked = AidApplyingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        today = timezone.localdate()
        seen = Member.objects.where(request.user, "care.record") | Member.objects.filter(user=request.user)
        member = seen.select_related("branch").defer("id_number").filter(uid=said["member"]).first()
        if member is None:
            raise DomainError("没有这位党员，或者不归你管。", field="member")
        programme = Programme.objects.on(today).filter(code=said["programme"]).first()
        if programme is None:
            raise DomainError("没有这个项目，或者现在不受理。", field="programme")
        made = services.apply(programme, member=member, amount=said["amount"], need=said["need"], by=request.user, today=today)
        self.kwargs["uid"] = made.uid
        where = {"Location": reverse("api:aid-case-detail", args=[made.uid], request=request)}
        return self._answer(self.get_object(), status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=AidDecidingSerializer, responses=AidCaseSerializer)
    @action(detail=True, methods=["post"])
    @needs_version
    @change
    def decide(self, request, uid):
        """办一步：评议、审核、审批、退回、不同意、补报、撤回、开付款单、确认付款、签收、回访。没轮到的，一句话说明，什么也不变。"""
        case, today = self.get_object(), timezone.localdate()
        version = version_asked(request)
        asked = AidDecidingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        act = said["act"]
        if not (act in {rules.RESUBMIT, rules.WITHDRAW} and case.member.user_id == request.user.pk):
            require(request.user, *selectors.verb_for(act, case))
        for name in REQUIRED.get(act, ()):
            if said.get(name) is None:
                raise DomainError("这一步要写这一项。", field=name)
        service, takes = DECIDE[act]
        kept = {name: said[name] for name in takes if name in said}
        if act == rules.RESUBMIT:
            kept.setdefault("need", "")
        if "line" in kept:
            kept["line"] = selectors.lines_for(request.user, [case.organisation], today).filter(uid=kept["line"]).first()
            if kept["line"] is None:
                raise DomainError("没有这个预算项目，或者不是管着这个支部的基金。", field="line")
        service(case, by=request.user, today=today, version=version, **kept)
        return self._answer(self.get_object())

    def _answer(self, case: Case, **kwargs) -> Response:
        return versioned(AidCaseSerializer(case, context=self.get_serializer_context()).data, case.version, **kwargs)
