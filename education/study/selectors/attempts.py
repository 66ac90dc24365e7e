"""A try: what was drawn, what may be shown of it, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from education.study import rules
from education.study.models import Attempt, Course, Question


def pool_at(course: Course, moment: datetime) -> dict[str, list[str]]:
    """The bank as it stood at a moment, by 分类."""
    pool: dict[str, list[str]] = {}
    for stratum, uid in Question.objects.filter(course=course).at(moment).order_by("pk").values_list("stratum", "uid"):
        pool.setdefault(stratum, []).append(str(uid))
    return pool


def redrawn(attempt: Attempt) -> list[str]:
    """The draw made again from the seed and the moment: what a review compares with what was kept."""
    counts = {part.stratum: part.count for part in attempt.paper.parts.all()}
    return rules.draw(pool_at(attempt.paper.course, attempt.started_at), counts, attempt.seed)


def key_of(attempt: Attempt) -> dict[str, str]:
    """The right answers of what was drawn. Stays inside the services."""
    return {str(uid): answer for uid, answer in Question.objects.filter(uid__in=attempt.questions).values_list("uid", "answer")}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question as it may be shown now: its answer only once the test is over for everybody."""

    number: int
    uid: str
    kind: str
    kind_label: str
    text: str
    options: list[list[str]]
    said: str
    answer: str | None = None
    explanation: str = ""

    @property
    def is_right(self) -> bool:
        return self.said == self.answer

    def words(self, letters: str) -> str:
        """A 对; B 两项…: an answer with its text."""
        return "；".join(f"{letter} {text}" for letter, text in self.options if letter in letters) or "没有答"

    @property
    def said_words(self) -> str:
        return self.words(self.said)

    @property
    def answer_words(self) -> str:
        return self.words(self.answer or "")


def may_review(attempt: Attempt, today: date) -> bool:
    """错题 are shown when nobody can take the test any more: to show them sooner would tell the next one."""
    return attempt.submitted_at is not None and (today > attempt.paper.closes_on or attempt.paper.course.closed_on is not None)


def asked(attempt: Attempt, today: date) -> list[Asked]:
    """The questions of a try in its order; with answers only when `may_review`. Before, they are not even read."""
    open_to_all = may_review(attempt, today)
    rows = Question.objects.filter(uid__in=attempt.questions)
    rows = rows if open_to_all else rows.defer("answer", "explanation")
    by_uid = {str(row.uid): row for row in rows}
    return [
        Asked(
            number=number,
            uid=uid,
            kind=by_uid[uid].kind,
            kind_label=by_uid[uid].get_kind_display(),
            text=by_uid[uid].text,
            options=by_uid[uid].options,
            said=attempt.answers.get(uid, ""),
            **({"answer": by_uid[uid].answer, "explanation": by_uid[uid].explanation} if open_to_all else {}),
        )
        for number, uid in enumerate(attempt.questions, start=1)
    ]


def best_of(tries: Sequence[Attempt]) -> Attempt | None:
    """The try a transcript names: the passed one, else the one with most right."""
    done = [one for one in tries if one.submitted_at]
    return max(done, key=lambda one: (one.passed, one.correct, -one.number), default=None)
