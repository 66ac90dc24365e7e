"""API of 发展党员: the cases in sight, their steps, and the next step done."""

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
from branches.models import Organisation
from members.api.people import PersonSerializer
from members.development.forms import CaseForm
from members.development.models import BallotExclusion, Case, StepRecord
from members.development.rules.procedure import STAGES, STEP_NAMES
from members.development.rules.steps import MATERIALS
from members.development.selectors.authority import acting_for
from members.development.services import cases as services
from members.development.services.steps import Said, Votes, record_step
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.selectors.voters import voters_on
from partyportal.core.errors import DomainError
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class StepRecordSerializer(serializers.ModelSerializer):
    """A step as it was done; one taken back says when and why."""

    organisation = PlaceSerializer(label="决定的党组织", read_only=True)

    class Meta:
        model = StepRecord
        fields = [
            *("uid", "step", "round", "day", "outcome", "organisation", "by_whom", "document_number", "note", "days", "hours"),
            *("verdict", "months", "recorded_at", "voided_at", "void_reason"),
        ]
        read_only_fields = fields


class CaseLineSerializer(serializers.ModelSerializer):
    branch = PlaceSerializer(label="党支部", read_only=True)
    member = PersonSerializer(label="党员", read_only=True, allow_null=True, help_text="接收以后才有。")

    class Meta:
        model = Case
        fields = [
            *("uid", "name", "sex", "birth_on", "id_masked", "branch", "member", "procedure", "applied_on", "state", "stage"),
            *("next_step", "not_before", "due_on", "is_limit", "probation_until", "closed_on", "stop_reason", "version"),
        ]
        read_only_fields = fields


class CaseSerializer(CaseLineSerializer):
    phone_masked = serializers.CharField(label="手机号码（遮盖）", read_only=True)
    records = StepRecordSerializer(label="步骤", many=True, read_only=True)

    class Meta(CaseLineSerializer.Meta):
        fields = [
            *CaseLineSerializer.Meta.fields,
            *("ethnicity", "education", "unit", "post", "is_mobile", "phone_masked", "extension", "postponed_until", "records"),
        ]
        read_only_fields = fields


class PartyApplicationSerializer(serializers.Serializer):
    """A written application. It is checked by the form of the page."""

    organisation = serializers.CharField(label="党支部代码", max_length=40)
    name = serializers.CharField(label="姓名", max_length=60)
    id_number = serializers.CharField(label="公民身份号码", max_length=24, write_only=True, help_text="性别和出生日期从号码里来。")
    applied_on = serializers.DateField(label="申请书日期")
    ethnicity = serializers.ChoiceField(label="民族", choices=list(ETHNICITIES.items()), default="01")
    education = serializers.ChoiceField(label="学历", choices=list(EDUCATIONS.items()), allow_blank=True, default="")
    unit = serializers.CharField(label="工作或者学习单位", max_length=80, allow_blank=True, default="")
    post = serializers.CharField(label="工作岗位", max_length=80, allow_blank=True, default="")
    mobile_phone = serializers.CharField(label="手机号码", max_length=24, allow_blank=True, default="")
    address = serializers.CharField(label="家庭住址", max_length=200, allow_blank=True, default="")
    is_mobile = serializers.BooleanField(label="流动人员", default=False)


class ExclusionSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    reason = serializers.ChoiceField(label="缘由", choices=BallotExclusion.Reason.choices)


class VotesSerializer(serializers.Serializer):
    present = serializers.IntegerField(label="到会有表决权", min_value=0, max_value=999)
    written = serializers.IntegerField(label="会前书面意见", min_value=0, max_value=999, default=0)
    in_favour = serializers.IntegerField(label="赞成", min_value=0, max_value=999)
    against = serializers.IntegerField(label="反对", min_value=0, max_value=999, default=0)
    abstained = serializers.IntegerField(label="弃权", min_value=0, max_value=999, default=0)
    exclusions = ExclusionSerializer(label="不计应到会", many=True, default=list)


class StepDoneSerializer(serializers.Serializer):
    """The next step as it was done; each step asks for some of it."""

    step = serializers.ChoiceField(label="步骤", choices=list(STEP_NAMES.items()))
    day = serializers.DateField(label="日期")
    organisation = serializers.CharField(
        label="决定的党委代码", max_length=40, allow_blank=True, default="", help_text="上级党委办的步骤才写。"
    )
    outcome = serializers.ChoiceField(label="结果", choices=StepRecord.Outcome.choices, default=StepRecord.Outcome.PASSED)
    by_whom = serializers.CharField(label="经办人", max_length=60, allow_blank=True, default="")
    document_number = serializers.CharField(label="文号", max_length=60, allow_blank=True, default="")
    note = serializers.CharField(label="说明", max_length=300, allow_blank=True, default="")
    days = serializers.IntegerField(label="培训天数", min_value=0, max_value=999, allow_null=True, default=None)
    hours = serializers.IntegerField(label="学时", min_value=0, max_value=999, allow_null=True, default=None)
    leaving_on = serializers.DateField(label="预计离开", allow_null=True, default=None)
    verdict = serializers.ChoiceField(label="决议", choices=StepRecord.Verdict.choices, allow_blank=True, default="")
    months = serializers.IntegerField(label="延长月数", min_value=0, max_value=99, allow_null=True, default=None)
    people = serializers.ListField(label="联系人或者介绍人的公开编号", child=serializers.UUIDField(), default=list, max_length=5)
    materials = serializers.ListField(
        label="收到的材料", child=serializers.ChoiceField(choices=list(MATERIALS.items())), default=list, max_length=len(MATERIALS)
    )
    votes = VotesSerializer(label="表决", allow_null=True, default=None)


class CaseFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    stage = filters.ChoiceFilter(label="阶段", choices=list(STAGES.items()))
    overdue = filters.BooleanFilter(label="已逾期", method="late")

    class Meta:
        model = Case
        fields = ["state", "procedure", "next_step"]

    def late(self, rows, name, value):
        late = {"state": Case.State.OPEN, "due_on__lt": timezone.localdate()}
        return rows.filter(**late) if value else rows.exclude(**late)


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Development cases of whoever keeps them; numbers are masked. An applicant has no login and reads nothing."""

    model = Case
    serializer_class = CaseSerializer
    filterset_class = CaseFilters

    def rows(self, seen):
        kept = Case.objects.where(self.request.user, "development.record")
        rows = (
            seen.filter(pk__in=kept.values("pk")).select_related("organisation", "member__branch").defer("id_number", "member__id_number")
        )
        if self.action == "list":
            return rows.order_by("-id")
        return rows.prefetch_related(Prefetch("records", StepRecord.objects.select_related("organisation").order_by("day", "id")))

    def get_serializer_class(self):
        return CaseLineSerializer if self.action == "list" else CaseSerializer

    def retrieve(self, request, uid):
        return self._answer(self.get_object())

    @extend_schema(request=PartyApplicationSerializer, responses={201: CaseSerializer})
    @change
    def create(self, request):
        """登记入党申请：第一步随着办好，按申请那天施行的细则。"""
        require(request.user, "development.record")
        asked = PartyApplicationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        typed = {name: "" if value is False else value for name, value in asked.validated_data.items()}
        branches = Organisation.objects.where(request.user, "development.record").branches().existing()
        form = CaseForm(typed, branches=branches)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name.replace("__all__", "non_field_errors"): list(told) for name, told in form.errors.items()}
            )
        case = services.open_case(by=request.user, today=timezone.localdate(), **form.content())
        where = {"Location": reverse("api:development-case-detail", args=[case.uid], request=request)}
        return self._answer(self._again(case), status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=StepDoneSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"], url_path="steps")
    @needs_version
    @change
    def steps(self, request, uid):
        """办下一步。上级党委办的步骤写上党委代码，要有那里的权限。"""
        case = self.get_object()
        asked = StepDoneSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        superior = case.rules.by_code[told["step"]].decider.superior
        require(request.user, "development.decide" if superior else "development.record", case.branch)
        code = told.pop("organisation")
        organisation = next((above for above in acting_for(request.user, case.branch) if above.code == code), None)
        if superior and organisation is None:
            raise DomainError("没有这个上级党委，或者不是你办的。", field="organisation")
        step = told.pop("step")
        services.refuse_stale(case, version=version_asked(request))
        record_step(case, step=step, said=_said(case, told), by=request.user, today=timezone.localdate(), organisation=organisation)
        return self._answer(self._again(case))

    def _again(self, case: Case) -> Case:
        self.kwargs["uid"] = case.uid
        return self.get_object()

    def _answer(self, case: Case, **kwargs) -> Response:
        return versioned(CaseSerializer(case, context=self.get_serializer_context()).data, case.version, **kwargs)


def _said(case: Case, told: dict) -> Said:
    """What the service takes: uids of people on the branch's roll of that day become the members they are."""
    ids = {person.uid: person.member_id for person in voters_on(case.branch, told["day"])}

    def member_id(uid, field: str) -> int:
        if str(uid) not in ids:
            raise DomainError("这个人那天不在这个党支部。", field=field)
        return ids[str(uid)]

    votes = told.pop("votes")
    if votes is not None:
        left_out = {member_id(line["member"], "votes"): line["reason"] for line in votes.pop("exclusions")}
        votes = Votes(exclusions=left_out, **votes)
    people = tuple(member_id(uid, "people") for uid in told.pop("people"))
    return Said(people=people, materials=frozenset(told.pop("materials")), votes=votes, **told)
