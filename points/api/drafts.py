"""API of the drafts: a whole scheme written at once, put right, tried and published by those who write the rules.

A text goes in as a version comes out (`points/schemes/{uid}/`), so one can be read, changed and sent back.
"""

from dataclasses import replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.fields import empty
from rest_framework.response import Response
from rest_framework.reverse import reverse

from members.models import MemberClass
from partyportal.core.api import JobSerializer
from partyportal.core.errors import DomainError
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import PublicRulesViewSet
from points import services
from points.api.schemes import PARTS, SchemeFilters, SchemeLineSerializer, SchemeSerializer
from points.models import Period, QuarterCounts, Scheme, Simulation, Threshold
from points.rules import content
from points.rules.kinds import BY_CODE, is_by_hand
from points.schemes import BY_CODE as TEMPLATES
from points.selectors import drafts
from points.selectors.schemes import drafting_places, readable_schemes
from points.services.simulations import fingerprint, start_simulation


# ── What is told ───────────────────────────────────────────────────────────
class SimulationSerializer(serializers.ModelSerializer):
    """What a draft did to a year's facts, in sums; who it moves is read on the page."""

    is_current = serializers.SerializerMethodField(label="是现在这一稿", help_text="试算以后改过的为假，要重新试算。")

    class Meta:
        model = Simulation
        fields = [
            "year",
            "start",
            "members",
            "gains",
            "losses",
            "regraded",
            "falls",
            "before",
            "after",
            "made_at",
            "consented_at",
            "is_current",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_is_current(self, simulation):
        return simulation.fingerprint == self.context["fingerprint"]


class DraftFindingSerializer(serializers.Serializer):
    code = serializers.CharField(label="代码")
    stops = serializers.BooleanField(label="拦住发布")
    sentence = serializers.CharField(label="哪里不对，怎么改")


class DraftLineSerializer(SchemeLineSerializer):
    class Meta(SchemeLineSerializer.Meta):
        fields = [*SchemeLineSerializer.Meta.fields, "revision", "consent_asked_at"]
        read_only_fields = fields


class DraftSerializer(SchemeSerializer):
    findings = serializers.SerializerMethodField(label="查出的问题")
    simulations = serializers.SerializerMethodField(label="试算")

    class Meta(SchemeSerializer.Meta):
        fields = [*SchemeSerializer.Meta.fields, "revision", "consent_asked_at", "findings", "simulations"]
        read_only_fields = fields

    @extend_schema_field(DraftFindingSerializer(many=True))
    def get_findings(self, draft):
        found = drafts.findings_of(draft, drafts.content_of(draft), timezone.localdate())
        return DraftFindingSerializer(found, many=True).data

    @extend_schema_field(SimulationSerializer(many=True))
    def get_simulations(self, draft):
        tried = draft.simulations.order_by("-year")
        return SimulationSerializer(tried, many=True, context=self.context | {"fingerprint": fingerprint(draft)}).data


# ── What is sent ────────────────────────────────────────────────────────────
def _code(label: str, **kwargs) -> serializers.RegexField:
    said = {"invalid": "代码用小写英文字母、数字和下划线。"}
    return serializers.RegexField(r"^[a-z0-9_]+$", label=label, max_length=20, error_messages=said, **kwargs)


def _points(label: str, digits: int = 8, **kwargs) -> serializers.DecimalField:
    return serializers.DecimalField(digits, 2, label=label, **kwargs)


class CappedSerializer(serializers.Serializer):
    """A cap and the period it counts over: both or neither."""

    cap = _points("上限", min_value=0, allow_null=True, default=None)
    cap_period = serializers.ChoiceField(label="上限周期", choices=Period.choices, allow_blank=True, default="")


class CategoryTextSerializer(CappedSerializer):
    code = _code("代码")
    name = serializers.CharField(label="名称", max_length=30)
    floor = _points("全年下限", allow_null=True, default=None, help_text="扣到这里为止。")


class GradeTextSerializer(serializers.Serializer):
    code = _code("代码", allow_blank=True, default="", help_text="不写就按名称定。")
    name = serializers.CharField(label="名称", max_length=30)
    value = _points("每单位分值", 6)


class ItemTextSerializer(CappedSerializer):
    code = _code("代码", help_text="各版之间不变：上限跟着它走。")
    category = _code("类别代码")
    name = serializers.CharField(label="名称", max_length=60)
    article = serializers.CharField(label="条款", max_length=30, allow_blank=True, default="")
    note = serializers.CharField(label="说明", max_length=120, allow_blank=True, default="")
    fact_kind = serializers.RegexField(
        r"^[a-z_]+\.[a-z0-9_]+$",
        label="记实种类",
        max_length=40,
        help_text="如 meeting.theme_day；本县自订、人工认定的以 manual. 开头。",
        error_messages={"invalid": "记实种类写成 meeting.theme_day 这样。"},
    )
    value = _points("每单位分值", 6, help_text="扣分写负数。")
    unit = serializers.CharField(label="单位", max_length=10, allow_blank=True, default="", help_text="不写就用记实的单位。")
    classes = serializers.ListField(
        label="适用分类", child=serializers.ChoiceField(choices=MemberClass.Name.choices), default=list, help_text="空为全部。"
    )
    is_veto = serializers.BooleanField(label="一票否决", default=False)
    shares_fact = serializers.BooleanField(label="与别的项目同计", default=False)
    grades = GradeTextSerializer(label="档次", many=True, default=list)


class RatioTextSerializer(serializers.Serializer):
    code = _code("代码", allow_blank=True, default="", help_text="不写就按名称定。")
    name = serializers.CharField(label="名称", max_length=30)
    ratio = _points("系数", 4, min_value=0)


class MultiplierTextSerializer(serializers.Serializer):
    category = _code("类别代码", allow_null=True, default=None, help_text="空为总分。")
    name = serializers.CharField(label="名称", max_length=60)
    article = serializers.CharField(label="条款", max_length=30, allow_blank=True, default="")
    fact_kind = serializers.CharField(label="记实种类", max_length=40)
    grades = RatioTextSerializer(label="各档系数", many=True, default=list)


class ThresholdTextSerializer(serializers.Serializer):
    period = serializers.ChoiceField(label="周期", choices=Threshold._meta.get_field("period").choices, default=Period.YEAR.value)
    of = serializers.ChoiceField(label="适用", choices=Threshold.Of.choices, default=Threshold.Of.ALL.value)
    name = serializers.CharField(label="等次", max_length=20)
    at_least = _points("满多少分")
    stars = serializers.IntegerField(label="星级", min_value=0, max_value=5, default=0)
    on_list = serializers.ChoiceField(label="榜单", choices=Threshold.List.choices, allow_blank=True, default="")
    consequence = serializers.CharField(label="随之而来", max_length=120, allow_blank=True, default="")


class DraftTextSerializer(CappedSerializer):
    """A draft's own columns and every part."""

    name = serializers.CharField(label="名称", max_length=80)
    start = serializers.DateField(label="施行日期")
    document_number = serializers.CharField(label="文号", max_length=60, allow_blank=True, default="")
    source = serializers.CharField(label="依据", max_length=200, allow_blank=True, default="")
    floor = _points("全年总分下限", allow_null=True, default=None)
    quarter_counts = serializers.ChoiceField(label="季度定级按", choices=QuarterCounts.choices, default=QuarterCounts.QUARTER.value)
    categories = CategoryTextSerializer(label="类别", many=True, default=list)
    items = ItemTextSerializer(label="项目", many=True, default=list)
    multipliers = MultiplierTextSerializer(label="系数", many=True, default=list)
    thresholds = ThresholdTextSerializer(label="等次", many=True, default=list)


class DraftChangeSerializer(DraftTextSerializer):
    """What of a draft is written anew: any of its parts, each of them whole. (DRF's `partial` would let the parts' own fields go too.)"""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required, field.default = False, empty


class BeginningSerializer(DraftTextSerializer):
    organisation = serializers.CharField(label="制定的党组织代码", max_length=40)
    origin = serializers.CharField(
        label="从哪一份起草",
        max_length=40,
        allow_blank=True,
        default="",
        help_text=f"一版的公开编号，或样本：{'、'.join(TEMPLATES)}。写了它，就只写党组织和施行日期。",
    )
    name = serializers.CharField(label="名称", max_length=80, allow_blank=True, default="", help_text="从样本或别的一版起草的不写。")


class TrialSerializer(serializers.Serializer):
    year = serializers.IntegerField(label="用哪一年的记实", min_value=1949, max_value=2200)


OWN = ("start", "document_number")  # a draft's own columns, beside its text


def _text_of(said: dict) -> dict:
    """What was said of the text, as the rules' own words."""
    told = {name: value for name, value in said.items() if name not in (*OWN, "organisation", "origin")}
    if "categories" in told:
        told["categories"] = tuple(content.Category(**one) for one in told["categories"])
    if "items" in told:
        told["items"] = tuple(map(_item, told["items"]))
    if "multipliers" in told:
        told["multipliers"] = tuple(
            content.Multiplier(**one | {"category": one["category"] or "", "grades": tuple(content.Ratio(**r) for r in one["grades"])})
            for one in told["multipliers"]
        )
    if "thresholds" in told:
        told["thresholds"] = tuple(content.Threshold(**one) for one in told["thresholds"])
    return told


def _item(one: dict) -> content.Item:
    kind = one["fact_kind"]
    unit = one["unit"] or (BY_CODE[kind].unit if kind in BY_CODE else "次")
    grades = tuple(content.Grade(**grade) for grade in one["grades"])
    return content.Item(**one | {"unit": unit, "manual": is_by_hand(kind), "classes": tuple(one["classes"]), "grades": grades})


class DraftViewSet(mixins.RetrieveModelMixin, PublicRulesViewSet):
    """Drafts of the organisations whose rules the user writes; of everybody else's there is none."""

    model = Scheme
    noun = "积分办法草稿"
    serializer_class = DraftSerializer
    filterset_class = SchemeFilters

    def rows(self, seen):
        places = drafting_places(self.request.user, timezone.localdate())
        rows = seen.drafts().filter(organisation__in=places.values("pk"))
        rows = rows.select_related("organisation").order_by("organisation__code", "-version")
        return rows if self.action == "list" else rows.prefetch_related(*PARTS)

    def get_serializer_class(self):
        return DraftLineSerializer if self.action == "list" else DraftSerializer

    def retrieve(self, request, uid):
        return self._answer(self.get_object())

    @extend_schema(request=BeginningSerializer, responses={201: DraftSerializer})
    @change
    def create(self, request):
        """起草一版：整份办法一次写好，或者从一版、一个样本起草。发布以前谁的积分都不变。"""
        asked = BeginningSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said, today = asked.validated_data, timezone.localdate()
        places = drafting_places(request.user, today)
        if not places.exists():
            raise PermissionDenied("points.scheme")
        place = places.filter(code=said["organisation"]).first()
        if place is None:
            raise DomainError("没有这个党组织，或者它的办法不由你起草。", field="organisation")
        kept = {"organisation": place, "start": said["start"], "by": request.user}
        if said["origin"]:
            draft = self._copy(said["origin"], today, **kept)
        elif not said["name"]:
            raise DomainError("写办法的名称。", field="name")
        else:
            text = content.Scheme(**_text_of(said))
            draft = services.begin_from_text(text, document_number=said["document_number"], **kept)
        where = {"Location": reverse("api:draft-detail", args=[draft.uid], request=request)}
        return self._answer(self._again(draft), status=status.HTTP_201_CREATED, headers=where)

    def _copy(self, origin: str, today: date, **kept) -> Scheme:
        if template := TEMPLATES.get(origin):
            return services.begin_from_template(template, **kept)
        version = next((one for one in readable_schemes(self.request.user, today) if str(one.uid) == origin), None)
        if version is None:
            raise DomainError("没有这一版，也没有这个样本。", field="origin")
        return services.begin_from_version(version, **kept)

    @extend_schema(request=DraftChangeSerializer, responses=DraftSerializer)
    @needs_version
    @change
    def partial_update(self, request, uid):
        """改草稿：写了的部分整个换掉（items 写了就是全部项目），没有写的不变。"""
        draft, revision = self.get_object(), version_asked(request)
        asked = DraftChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        text = replace(drafts.content_of(draft), **_text_of(asked.validated_data))
        own = {name: asked.validated_data[name] for name in OWN if name in asked.validated_data}
        services.rewrite(draft, text, revision=revision, by=request.user, **own)
        return self._answer(self._again(draft))

    @extend_schema(request=None, responses={204: None})
    @needs_version
    @change
    def destroy(self, request, uid):
        """删去草稿。"""
        services.delete_draft(self.get_object(), revision=version_asked(request), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=TrialSerializer, responses={202: JobSerializer})
    @action(detail=True, methods=["post"])
    @change
    def simulate(self, request, uid):
        """试算：用今年或去年的记实，看这一稿让谁多得、谁少得。办完在草稿的 simulations 里。"""
        draft = self.get_object()
        asked = TrialSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        job = start_simulation(draft, year=asked.validated_data["year"], by=request.user, today=timezone.localdate())
        where = {"Location": reverse("api:job-detail", args=[job.uid], request=request)}
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED, headers=where)

    @extend_schema(request=None, responses=SchemeSerializer)
    @action(detail=True, methods=["post"])
    @needs_version
    @change
    def publish(self, request, uid):
        """发布：从施行日期起有效，不能再改。会让人少得分的，要另一位能制定办法的人先在页面上看过名单并同意。"""
        published = services.publish(self.get_object(), revision=version_asked(request), by=request.user)
        where = {"Location": reverse("api:scheme-detail", args=[published.uid], request=request)}
        return Response(SchemeSerializer(published, context=self.get_serializer_context()).data, headers=where)

    def _again(self, draft: Scheme) -> Scheme:
        """As it stands after the change."""
        return self.get_queryset().get(pk=draft.pk)

    def _answer(self, draft: Scheme, **kwargs) -> Response:
        return versioned(DraftSerializer(draft, context=self.get_serializer_context()).data, draft.revision, **kwargs)
