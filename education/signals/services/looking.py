"""Looking through the records: what is found is written once under its key, and found again only if its facts have changed."""

from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic

from django.db import connection, transaction
from django.utils import timezone

from education.signals import rules
from education.signals.models import Question, QuestionStep
from education.signals.parameters import PARAMETERS
from education.signals.selectors.patterns import Found, found
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.parameters import values_on

LOOKED_BACK = timedelta(days=366)
LOCK = 0x5163  # one look at a time: two would find the same thing twice
BATCH = 1000

# The pieces' hashes and the smallest of them, in the database: a county's first night reads 40,000 texts, every other night the new ones.
# OFFSET 0 keeps the plain text from being made anew for every piece of it.
PRINTS = """
INSERT INTO signals_print (meeting_id, version, length, digest, sketch)
SELECT m.id, m.version, length(plain.text), md5(plain.text), coalesce(sketch.hashes, '{}')
FROM education_meeting m
CROSS JOIN LATERAL (
    SELECT string_agg(i.said || i.decided, '' ORDER BY i.position) AS text FROM education_agendaitem i WHERE i.meeting_id = m.id
) agenda
CROSS JOIN LATERAL (SELECT left(translate(m.minutes || m.decisions || coalesce(agenda.text, ''), %(ignored)s, ''), %(longest)s) AS text OFFSET 0) plain
LEFT JOIN LATERAL (
    SELECT array_agg(hash) AS hashes FROM (
        SELECT DISTINCT hashtext(substr(plain.text, at, %(shingle)s)) AS hash
        FROM generate_series(1, length(plain.text) - %(shingle)s + 1) at
        ORDER BY hash LIMIT %(sketch)s
    ) smallest
) sketch ON true
WHERE m.state = 'confirmed' AND m.held_on >= %(since)s
  AND NOT EXISTS (SELECT FROM signals_print p WHERE p.meeting_id = m.id AND p.version = m.version)
ON CONFLICT (meeting_id) DO UPDATE
    SET version = EXCLUDED.version, length = EXCLUDED.length, digest = EXCLUDED.digest, sketch = EXCLUDED.sketch
"""


@dataclass(frozen=True)
class Looked:
    """What one look did."""

    found: int
    new: int
    reopened: int
    gone: int
    seconds: float


@transaction.atomic
def look(*, today: date, path: str = "/", by: User | None = None) -> Looked:
    """Look through the last year's records under a path (all of them at night): new questions, those whose facts changed, those that are no more."""
    begun = monotonic()
    since = today - LOOKED_BACK
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        asked = {"ignored": rules.IGNORED, "longest": rules.LONGEST, "shingle": rules.SHINGLE, "sketch": rules.SKETCH, "since": since}
        cursor.execute(PRINTS, asked)
        cursor.execute("ANALYZE signals_print")
    seen = {one.key: one for one in found(since=since, today=today, path=path, numbers=values_on(today, PARAMETERS))}
    known = {q.key: q for q in Question.objects.filter(organisation__path__startswith=path).select_for_update(of=("self",))}
    new = _open(seen, known, today=today)
    reopened = _changed(seen, known, today=today)
    gone = _gone(seen, known, today=today)
    audit.record("signals.looked", by=by, path=path if by else "", found=len(seen), new=new, reopened=reopened, gone=gone)
    return Looked(found=len(seen), new=new, reopened=reopened, gone=gone, seconds=round(monotonic() - begun, 2))


def _open(seen: dict[str, Found], known: dict[str, Question], *, today: date) -> int:
    rows = [_row(one, found_on=today, acted_on=today) for key, one in seen.items() if key not in known]
    _step(Question.objects.bulk_create(rows, batch_size=BATCH), rules.FIND, today=today)
    return len(rows)


def _changed(seen: dict[str, Found], known: dict[str, Question], *, today: date) -> int:
    """What was laid aside or answered about other facts is asked again; what still waits is told as it stands now."""
    changed, again = [], []
    for key, one in seen.items():
        question = known.get(key)
        if question is None or (question.digest == one.digest and question.state != rules.GONE):
            if question is not None and question.state in rules.WAITING and question.until != one.until:
                _tell(question, one)
                changed.append(question)
            continue
        _tell(question, one)
        changed.append(question)
        if rules.may_move(rules.REOPEN, question.state):
            question.state, question.acted_on = rules.OPEN, today
            question.version += 1
            again.append(question)
    fields = ["digest", "numbers", "since", "until", "meeting", "other", "state", "acted_on", "version"]
    Question.objects.bulk_update(changed, fields, batch_size=BATCH)
    _step(again, rules.REOPEN, today=today)
    return len(again)


def _gone(seen: dict[str, Found], known: dict[str, Question], *, today: date) -> int:
    """What waited and is no longer so (a text was rewritten, a record returned, a year has passed) is asked no more."""
    gone = [q for key, q in known.items() if key not in seen and rules.may_move(rules.CLEAR, q.state)]
    for question in gone:
        question.state, question.acted_on = rules.GONE, today
        question.version += 1
    Question.objects.bulk_update(gone, ["state", "acted_on", "version"], batch_size=BATCH)
    _step(gone, rules.CLEAR, today=today)
    return len(gone)


def _row(one: Found, **days: date) -> Question:
    question = Question(kind=one.kind, key=one.key, organisation_id=one.organisation_id, **days)
    _tell(question, one)
    return question


def _tell(question: Question, one: Found) -> None:
    question.digest, question.numbers = one.digest, dict(one.numbers)
    question.since, question.until = one.since, one.until
    question.meeting_id, question.other_id = one.meeting_id, one.other_id


def _step(questions: list[Question], act: str, *, today: date) -> None:
    now = timezone.now()
    QuestionStep.objects.bulk_create([QuestionStep(question=q, act=act, on=today, at=now) for q in questions], batch_size=BATCH)
