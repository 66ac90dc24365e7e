"""API of members: found, read, registered, changed, revealed."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import can, require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from members.forms.people import EditForm, PersonForm, RegisterForm
from members.models import Affiliation, Member, MemberClass
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.selectors.roster import EDUCATION, STATES, VIEWS, age_bounds, narrowed
from members.services import people as services
from partyportal.core.errors import DomainError
from partyportal.core.masks import mask_phone
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class PersonSerializer(serializers.ModelSerializer):
    """A 党员 as other rows name one."""

    class Meta:
        model = Member
        fields = ["uid", "name"]
        read_only_fields = fields


class MemberLineSerializer(serializers.ModelSerializer):
    branch = PlaceSerializer(label="所在党支部", read_only=True)
    phone_masked = serializers.CharField(label="手机号码（遮盖）", read_only=True)

    class Meta:
        model = Member
        fields = [
            *("uid", "name", "sex", "ethnicity", "birth_on", "id_masked", "education", "category", "joined_on", "full_on", "branch"),
            *("phone_masked", "standing", "is_lost", "is_mobile", "destination", "version"),
        ]
        read_only_fields = fields


class MemberSerializer(MemberLineSerializer):
    landline_masked = serializers.SerializerMethodField(label="固定电话（遮盖）")
    address = serializers.SerializerMethodField(label="家庭住址", help_text="能改的人和本人才看得到，别人为 null。")

    class Meta(MemberLineSerializer.Meta):
        fields = [*MemberLineSerializer.Meta.fields, "post", "landline_masked", "address", "lost_on", "left_on", "created_at", "updated_at"]
        read_only_fields = fields

    def get_landline_masked(self, member) -> str:
        return mask_phone(member.landline)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_address(self, member):
        user = self.context["request"].user
        shown = member.user_id == user.pk or (member.branch is not None and can(user, "member.edit", member.branch))
        return member.address if shown else None


class PersonFieldsSerializer(serializers.Serializer):
    """The national form's fields. They are checked by the same form, hence the same row rules, as on the page."""

    name = serializers.CharField(label="姓名", max_length=60)
    id_number = serializers.CharField(label="公民身份号码", max_length=24, write_only=True, help_text="性别和出生日期从号码里来。")
    ethnicity = serializers.ChoiceField(label="民族", choices=list(ETHNICITIES.items()), default="01")
    education = serializers.ChoiceField(label="学历", choices=list(EDUCATIONS.items()), allow_blank=True, default="")
    category = serializers.ChoiceField(label="人员类别", choices=Member.Category.choices)
    joined_on = serializers.DateField(label="加入党组织日期")
    full_on = serializers.DateField(label="转为正式党员日期", allow_null=True, default=None)
    post = serializers.CharField(label="工作岗位", max_length=80, allow_blank=True, default="")
    mobile_phone = serializers.CharField(label="手机号码", max_length=24, allow_blank=True, default="")
    landline = serializers.CharField(label="固定电话", max_length=24, allow_blank=True, default="")
    address = serializers.CharField(label="家庭住址", max_length=200, allow_blank=True, default="")
    standing = serializers.ChoiceField(label="党籍状态", choices=Member.Standing.choices, default=Member.Standing.NORMAL)
    is_mobile = serializers.BooleanField(label="流动党员", default=False)
    destination = serializers.CharField(label="外出流向", max_length=120, allow_blank=True, default="", help_text="写到县。")
    is_lost = serializers.BooleanField(label="失联党员", default=False)
    lost_on = serializers.DateField(label="失去联系日期", allow_null=True, default=None)


class RegistrationSerializer(PersonFieldsSerializer):
    branch = serializers.CharField(label="党支部代码", max_length=40)
    reason = serializers.ChoiceField(label="由来", choices=Affiliation.Reason.choices)
    start = serializers.DateField(label="从哪天起在这个支部")


class RevealSerializer(serializers.Serializer):
    what = serializers.ChoiceField(label="看什么", choices=[("id_number", "公民身份号码"), ("phone", "手机号码")])


class RevealedSerializer(serializers.Serializer):
    value = serializers.CharField(label="全号")


def _typed(data: dict) -> dict:
    """What a person would have typed into the form."""
    return {name: value.isoformat() if isinstance(value, date) else "" if value is None else value for name, value in data.items()}


def _valid(form: PersonForm) -> PersonForm:
    if not form.is_valid():
        raise serializers.ValidationError({name.replace("__all__", "non_field_errors"): list(found) for name, found in form.errors.items()})
    return form


class MemberFilters(filters.FilterSet):
    """The roster's own conditions (members.selectors.roster)."""

    organisation = OrganisationFilter()
    q = filters.CharFilter(method="asked", label="姓名、拼音、首字母、身份号码（全号或后四位）、手机号码后几位", max_length=60)
    view = filters.ChoiceFilter(method="asked", label="常用条件", choices=[view for view in VIEWS if view[0]])
    age = filters.CharFilter(method="aged", label="年龄：31-40、-30、61-", max_length=7)
    education = filters.ChoiceFilter(method="asked", label="学历", choices=EDUCATION)
    state = filters.ChoiceFilter(method="asked", label="状态", choices=STATES)
    member_class = filters.ChoiceFilter(method="asked", label="分类", choices=MemberClass.Name.choices)
    destination = filters.CharFilter(method="asked", label="外出流向的开头", max_length=120)
    at_home = filters.BooleanFilter(field_name="left_on", lookup_expr="isnull", label="组织关系在这里")

    class Meta:
        model = Member
        fields = ["category", "sex"]

    def asked(self, queryset, name, value):
        return narrowed(queryset, today=timezone.localdate(), **{name: value})

    def aged(self, queryset, name, value):
        if age_bounds(value) == (None, None):
            raise serializers.ValidationError({"age": ["年龄写成 31-40、-30 或 61-。"]})
        return self.asked(queryset, name, value)


class MemberViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Members in sight, by name; without a grant, oneself."""

    model = Member
    serializer_class = MemberSerializer
    filterset_class = MemberFilters

    def rows(self, seen):
        files = seen if self.detail else seen.filter(merged_into=None)
        return files.select_related("branch").defer("id_number", "id_index", "id_tail_index").order_by("pinyin", "id")

    def get_serializer_class(self):
        return MemberLineSerializer if self.action == "list" else MemberSerializer

    @extend_schema(responses={200: MemberSerializer, 307: OpenApiResponse(description="这份档案已并入另一份，Location 是保留的那份。")})
    def retrieve(self, request, uid):
        member = self.get_object()
        if member.merged_into_id is not None:
            kept = get_object_or_404(self.get_queryset(), pk=member.merged_into_id)
            where = {"Location": reverse("api:member-detail", args=[kept.uid], request=request)}
            return Response(status=status.HTTP_307_TEMPORARY_REDIRECT, headers=where)
        return self._answer(member)

    @extend_schema(request=RegistrationSerializer, responses={201: MemberSerializer})
    @change
    def create(self, request):
        """登记一名党员；性别、出生日期从身份号码来，错处逐项说明。"""
        require(request.user, "member.edit")
        asked = RegistrationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        branches = Organisation.objects.where(request.user, "member.edit").branches().existing()
        form = _valid(RegisterForm(_typed(asked.validated_data), branches=branches, today=timezone.localdate()))
        if form.branch is None:
            raise DomainError("没有找到这个党支部。", field="branch")
        member = services.register(by=request.user, **form.registration)
        where = {"Location": reverse("api:member-detail", args=[member.uid], request=request)}
        return self._answer(member, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=PersonFieldsSerializer(partial=True), responses=MemberSerializer)
    @needs_version
    @change
    def partial_update(self, request, uid):
        """改资料；没有写的项不变。组织关系不在这里改。"""
        member = self._held("member.edit")
        version = version_asked(request)
        asked = PersonFieldsSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        form = _valid(EditForm(self._filled(member, asked.validated_data, version), member=member, today=timezone.localdate()))
        services.edit(member, by=request.user, on=timezone.localdate(), **form.changes)
        return self._answer(self.get_object())

    def _held(self, verb: str) -> Member:
        """The member in sight where the verb holds; of somebody in no branch it holds nowhere."""
        member = self.get_object()
        if member.branch is None:
            raise PermissionDenied
        require(self.request.user, verb, member.branch)
        return member

    @staticmethod
    def _filled(member: Member, said: dict, version: int) -> dict:
        """The whole form: what was said over what stands. An empty phone is one to be removed, which the form calls 无."""
        unsaid = {name: getattr(member, name) for name in PersonForm.base_fields if name not in {"mobile_phone", "landline"}}
        removed = {name: "无" for name in ("mobile_phone", "landline") if said.get(name) == ""}
        return _typed(unsaid | said | removed | {"version": version})

    @extend_schema(request=RevealSerializer, responses=RevealedSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request, uid):
        """看全号；每看一次，审计里记一笔。回答不留存，所以不收 Idempotency-Key。"""
        member = self._held("member.reveal")
        asked = RevealSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        tell = services.reveal_phone if asked.validated_data["what"] == "phone" else services.reveal_id_number
        with transaction.atomic():
            value = tell(member, by=request.user)
        return Response({"value": value})

    def _answer(self, member: Member, **kwargs) -> Response:
        return versioned(MemberSerializer(member, context=self.get_serializer_context()).data, member.version, **kwargs)


class MemberFilter(filters.UUIDFilter):
    """The rows of one member, by uid. Rows out of sight are not there to be found."""

    def __init__(self, **kwargs):
        super().__init__(**{"field_name": "member__uid", "label": "党员的公开编号"} | kwargs)
