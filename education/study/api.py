"""API of study: courses with their lessons and one's own progress, and taking a test. A right answer is never sent before the test is over."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.api import PlaceSerializer
from education.study import rules, services
from education.study.models import Attempt, Course, Lesson, Paper
from education.study.selectors.attempts import asked, may_review
from education.study.selectors.courses import own_lessons
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class OwnLessonSerializer(serializers.Serializer):
    """A lesson, and how far whoever asks has come in it."""

    uid = serializers.UUIDField(label="公开编号", source="lesson.uid")
    number = serializers.IntegerField(label="第几课", source="lesson.number")
    kind = serializers.ChoiceField(label="形式", choices=Lesson.Kind.choices, source="lesson.kind")
    title = serializers.CharField(label="题目", source="lesson.title")
    minutes = serializers.IntegerField(label="时长（分钟）", source="lesson.minutes")
    hours = serializers.DecimalField(4, 1, label="学时", source="lesson.hours")
    position = serializers.SerializerMethodField(label="看到第几秒")
    finished_at = serializers.SerializerMethodField(label="学完时间")
    counted = serializers.SerializerMethodField(label="已记学时")

    def get_position(self, own) -> int:
        return own.progress.position if own.progress else 0

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_finished_at(self, own):
        return own.progress.finished_at if own.progress else None

    def get_counted(self, own) -> bool:
        return own.credit is not None


class PaperSerializer(serializers.ModelSerializer):
    class Meta:
        model = Paper
        fields = ["pass_percent", "attempts_allowed", "minutes", "closes_on"]
        read_only_fields = fields


class AskedSerializer(serializers.Serializer):
    """A question of a try; answer and explanation stay empty until nobody can sit any more."""

    uid = serializers.UUIDField(label="试题的公开编号")
    kind = serializers.CharField(label="题型", source="kind_label")
    text = serializers.CharField(label="题目")
    options = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), label="选项", help_text="[字母, 文字]")
    said = serializers.CharField(label="所答", allow_blank=True)
    answer = serializers.CharField(label="正确答案", allow_null=True, help_text="考试截止以后才有。")
    explanation = serializers.CharField(label="解析", allow_blank=True)


class AttemptSerializer(serializers.ModelSerializer):
    course = serializers.UUIDField(label="课程的公开编号", source="paper.course.uid", read_only=True)
    questions = serializers.SerializerMethodField(label="试题")
    may_review = serializers.SerializerMethodField(label="可以看错题")

    class Meta:
        model = Attempt
        fields = ["uid", "course", "number", "started_at", "until", "submitted_at", "correct", "passed", "may_review", "questions"]
        read_only_fields = fields

    @extend_schema_field(AskedSerializer(many=True))
    def get_questions(self, attempt):
        return AskedSerializer(asked(attempt, timezone.localdate()), many=True).data

    def get_may_review(self, attempt) -> bool:
        return may_review(attempt, timezone.localdate())


class AnswersSerializer(serializers.Serializer):
    answers = serializers.DictField(
        child=serializers.CharField(max_length=8, allow_blank=True), label="所答", help_text="试题的公开编号 → 字母，多选写几个。"
    )


class AttemptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """One's own tries; those of others are read on the pages, when they have been handed in."""

    model = Attempt
    serializer_class = AttemptSerializer

    def rows(self, seen):
        return seen.filter(member__user=self.request.user).select_related("paper__course", "member").defer("member__id_number")

    @extend_schema(request=AnswersSerializer, responses=AttemptSerializer)
    @action(detail=True, methods=["post"])
    @change
    def submit(self, request, uid):
        """交卷；交第二次，第一次的算。"""
        said = AnswersSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        answers = {uid: rules.normal_answer(letters) for uid, letters in said.validated_data["answers"].items()}
        made = services.submit_attempt(self.get_object(), answers=answers, by=request.user, now=timezone.now())
        return Response(AttemptSerializer(made).data)


class PositionSerializer(serializers.Serializer):
    position = serializers.IntegerField(label="看到第几秒", min_value=0, max_value=86_400)


class LessonContentSerializer(serializers.ModelSerializer):
    course = serializers.UUIDField(label="课程的公开编号", source="course.uid", read_only=True)

    class Meta:
        model = Lesson
        fields = ["uid", "course", "number", "kind", "title", "body", "minutes", "hours"]
        read_only_fields = fields


class CourseLineSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="主办党组织", read_only=True)
    lesson_count = serializers.IntegerField(label="几课", read_only=True)
    hour_count = serializers.DecimalField(6, 1, label="学时", allow_null=True, read_only=True)

    class Meta:
        model = Course
        fields = ["uid", "organisation", "title", "about", "opened_on", "closed_on", "lesson_count", "hour_count"]
        read_only_fields = fields


class CourseSerializer(CourseLineSerializer):
    paper = PaperSerializer(label="考试", read_only=True, allow_null=True)
    lessons = serializers.SerializerMethodField(label="课")

    class Meta(CourseLineSerializer.Meta):
        fields = [*CourseLineSerializer.Meta.fields, "paper", "lessons"]
        read_only_fields = fields

    @extend_schema_field(OwnLessonSerializer(many=True))
    def get_lessons(self, course):
        return OwnLessonSerializer(own_lessons(course, self.context["me"]), many=True).data


class CourseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Courses in sight, latest first; one also with its lessons and one's own progress."""

    model = Course
    filterset_fields = {"opened_on": ["isnull"], "closed_on": ["isnull"]}

    def rows(self, seen):
        rows = seen.select_related("organisation").with_counts().order_by("-created_at", "-id")
        return rows if self.action == "list" else rows.select_related("paper")

    def get_serializer_class(self):
        return CourseLineSerializer if self.action == "list" else CourseSerializer

    def get_serializer_context(self):
        return super().get_serializer_context() | {"me": _own_file(self.request)}

    @extend_schema(request=None, responses={201: AttemptSerializer})
    @action(detail=True, methods=["post"])
    @change
    def attempts(self, request, uid):
        """开始考试；没有交的那一张接着考。"""
        paper = Paper.objects.filter(course=self.get_object()).first()
        if paper is None:
            raise DomainError("这门课没有考试。")
        made = services.start_attempt(paper, member=_me(request), by=request.user, now=timezone.now())
        where = {"Location": reverse("api:attempt-detail", args=[made.uid], request=request)}
        return Response(AttemptSerializer(made).data, status=status.HTTP_201_CREATED, headers=where)

    def _lesson(self, request, lesson) -> Lesson:
        return get_object_or_404(self.get_object().lessons.select_related("course"), uid=lesson)

    @extend_schema(responses=LessonContentSerializer)
    @action(detail=True, methods=["get"], url_path="lessons/<uuid:lesson>", url_name="lesson")
    def lesson(self, request, uid, lesson):
        """一课的文字；文档和视频在网页上看。"""
        return Response(LessonContentSerializer(self._lesson(request, lesson)).data)

    @extend_schema(request=PositionSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="lessons/<uuid:lesson>/position", url_name="position")
    @change
    def position(self, request, uid, lesson):
        """记下看到哪里，换个手机接着看。停留多久不算学时。"""
        said = PositionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        services.keep_position(
            self._lesson(request, lesson), member=_me(request), by=request.user, now=timezone.now(), **said.validated_data
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="lessons/<uuid:lesson>/finish", url_name="finish")
    @change
    def finish(self, request, uid, lesson):
        """学完了。考过或支部确认后才记学时。"""
        services.finish_lesson(self._lesson(request, lesson), member=_me(request), by=request.user, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _own_file(request) -> Member | None:
    return Member.objects.filter(user=request.user).defer("id_number").first() if request.user.is_authenticated else None


def _me(request) -> Member:
    me = _own_file(request)
    if me is None:
        raise DomainError("这个账号没有对应的党员，不能学习。")
    return me
