"""The four things looked for, each by one set-based statement over the confirmed meetings since a day.

A scope is a path of the tree: what is found belongs to a branch under it, though what it is compared with may stand elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from education.models import Meeting
from education.signals import parameters as p
from education.signals import rules
from education.signals.models import Question
from education.signals.selectors.texts import texts_of
from partyportal.core.days import quarter_of

Kind = Question.Kind


@dataclass(frozen=True, kw_only=True)
class Found:
    """One finding: its stable key, and a digest of the facts that made it."""

    kind: str
    key: str
    digest: str
    organisation_id: int
    since: date
    until: date
    meeting_id: int | None = None
    other_id: int | None = None
    numbers: Mapping = field(default_factory=dict)


def found(*, since: date, today: date, path: str, numbers: Mapping[str, int]) -> list[Found]:
    """All that is worth a question under a path, of meetings held since a day."""
    about = {"since": since, "today": today, "path": f"{path}%"}
    return [*_alike(about, numbers), *_bursts(about, numbers), *_photos(about), *_rolls(about, numbers)]


def _rows(statement: str, about: Mapping) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, about)
        return cursor.fetchall()


# Pieces that stand in many branches' minutes came from above and are not compared. Of the rest, whoever shares several is worth
# reading in full. A meeting two branches held together (one day, one place) may well have one text.
CANDIDATES = """
WITH piece AS MATERIALIZED (
    SELECT unnest(p.sketch) AS hash, m.id, m.organisation_id
    FROM signals_print p JOIN education_meeting m ON m.id = p.meeting_id
    WHERE m.state = 'confirmed' AND m.held_on BETWEEN %(since)s AND %(today)s AND p.length >= %(length)s
), ours AS MATERIALIZED (
    SELECT hash FROM piece GROUP BY hash HAVING count(*) > 1 AND count(DISTINCT organisation_id) <= %(common)s
), pair AS (
    SELECT a.id AS one, b.id AS other, count(*) AS shared
    FROM ours JOIN piece a USING (hash) JOIN piece b ON b.hash = a.hash AND b.id < a.id
    GROUP BY a.id, b.id
)
SELECT CASE WHEN later THEN one.id ELSE other.id END, CASE WHEN later THEN other.id ELSE one.id END
FROM pair
JOIN education_meeting one ON one.id = pair.one
JOIN education_meeting other ON other.id = pair.other
JOIN signals_print po ON po.meeting_id = one.id
JOIN signals_print pt ON pt.meeting_id = other.id
CROSS JOIN LATERAL (SELECT (one.held_on, one.id) > (other.held_on, other.id) AS later) l
JOIN branches_organisation o ON o.id = CASE WHEN later THEN one.organisation_id ELSE other.organisation_id END AND o.path LIKE %(path)s
WHERE pair.shared >= greatest(2, least(cardinality(po.sketch), cardinality(pt.sketch)) * %(share)s / 400)
  AND NOT (one.held_on = other.held_on AND one.place = other.place AND one.place <> '')
ORDER BY 1, pair.shared DESC, 2
"""
READ_OF_EACH = 5  # the nearest of a meeting's candidates


def _alike(about: Mapping, numbers: Mapping[str, int]) -> Iterator[Found]:
    """纪要相似: of each meeting the earlier one whose text stands in it most; one question a meeting."""
    share = numbers[p.ALIKE_SHARE.key]
    asked = {"length": numbers[p.ALIKE_LENGTH.key], "common": numbers[p.COMMON_BRANCHES.key], "share": share}
    pairs: dict[int, list[int]] = {}
    for one, other in _rows(CANDIDATES, about | asked):
        near = pairs.setdefault(one, [])
        if len(near) < READ_OF_EACH:
            near.append(other)
    wanted = pairs.keys() | {other for near in pairs.values() for other in near}
    meetings = {m.pk: m for m in Meeting.objects.filter(pk__in=wanted).only("uid", "organisation_id", "held_on").order_by()}
    texts = texts_of(wanted)
    cut = {pk: rules.pieces(rules.squeezed(text)) for pk, text in texts.items()}
    for one, near in pairs.items():
        likest, other = max((rules.shared(cut[one], cut[pk]), -pk) for pk in near)
        if likest >= share:
            later, earlier = meetings[one], meetings[-other]
            yield Found(
                kind=Kind.ALIKE,
                key=f"alike:{later.uid}:{earlier.uid}",
                digest=rules.digest(texts[later.pk], texts[earlier.pk]),
                organisation_id=later.organisation_id,
                meeting_id=later.pk,
                other_id=earlier.pk,
                since=earlier.held_on,
                until=later.held_on,
                numbers={"share": likest, "own": later.organisation_id == earlier.organisation_id},
            )


LATE = """
SELECT m.organisation_id, o.uid, date_trunc('quarter', m.held_on)::date AS quarter, m.held_on,
       (m.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS recorded_on
FROM education_meeting m JOIN branches_organisation o ON o.id = m.organisation_id
WHERE m.state = 'confirmed' AND o.path LIKE %(path)s AND m.held_on BETWEEN date_trunc('quarter', %(since)s::date)::date AND %(today)s
"""
BURSTS = f"""
WITH late AS ({LATE}), told AS (
    SELECT organisation_id, uid, quarter, (quarter + interval '3 months - 1 day')::date AS last, count(*) AS recorded,
           count(*) FILTER (WHERE recorded_on - held_on >= %(late)s
               AND recorded_on BETWEEN (quarter + interval '3 months')::date - %(days)s AND (quarter + interval '3 months - 1 day')::date + %(days)s) AS late,
           max(recorded_on - held_on) AS latest
    FROM late GROUP BY organisation_id, uid, quarter
)
SELECT organisation_id, uid, quarter, last, recorded, late, latest FROM told WHERE late >= %(count)s AND late * 100 >= recorded * %(share)s
"""


def _bursts(about: Mapping, numbers: Mapping[str, int]) -> Iterator[Found]:
    """集中补记: many of a quarter's meetings were written down long after, in the days around its end."""
    asked = {
        "late": numbers[p.LATE_DAYS.key],
        "days": numbers[p.BURST_DAYS.key],
        "count": numbers[p.BURST_COUNT.key],
        "share": numbers[p.BURST_SHARE.key],
    }
    for organisation_id, uid, quarter, last, recorded, late, latest in _rows(BURSTS, about | asked):
        yield Found(
            kind=Kind.BURST,
            key=f"burst:{uid}:{quarter.year}Q{quarter_of(quarter)}",
            digest=f"{late}/{recorded}",
            organisation_id=organisation_id,
            since=quarter,
            until=last,
            numbers={"late": late, "recorded": recorded, "latest": latest},
        )


PHOTOS = """
SELECT meeting_id, uid, organisation_id, held_on, first_id, first_uid, first_on, digest, organisation_id = first_organisation
FROM (
    SELECT f.meeting_id, f.digest, m.uid, m.organisation_id, m.held_on, m.place, o.path,
           first_value(m.id) OVER sorted AS first_id, first_value(m.uid) OVER sorted AS first_uid,
           first_value(m.held_on) OVER sorted AS first_on, first_value(m.place) OVER sorted AS first_place,
           first_value(m.organisation_id) OVER sorted AS first_organisation
    FROM education_meetingfile f
    JOIN core_attachment a ON a.id = f.attachment_id AND a.kind LIKE 'image/%%'
    JOIN education_meeting m ON m.id = f.meeting_id AND m.state = 'confirmed'
    JOIN branches_organisation o ON o.id = m.organisation_id
    WINDOW sorted AS (PARTITION BY f.digest ORDER BY m.held_on, m.id)
) seen
WHERE meeting_id <> first_id AND held_on BETWEEN %(since)s AND %(today)s AND path LIKE %(path)s
  AND NOT (held_on = first_on AND place = first_place AND place <> '')
"""


def _photos(about: Mapping) -> Iterator[Found]:
    """照片重复: the same file under two meetings, though they may be years apart; known by its digest, no photo is opened."""
    for meeting_id, uid, organisation_id, held_on, first_id, first_uid, first_on, digest, own in _rows(PHOTOS, about):
        yield Found(
            kind=Kind.PHOTO,
            key=f"photo:{uid}:{digest[:32]}",
            digest=f"{first_uid}",
            organisation_id=organisation_id,
            meeting_id=meeting_id,
            other_id=first_id,
            since=first_on,
            until=held_on,
            numbers={"own": own, "file": digest},
        )


# The latest meetings of a kind back to the first whose list differs: one run, in which nobody was ever ill or away.
ROLLS = """
WITH roll AS (
    SELECT m.id, m.organisation_id, m.group_id, m.kind, m.held_on,
           count(*) FILTER (WHERE a.state <> 'excused') AS expected,
           md5(string_agg(a.member_id::text, ',' ORDER BY a.member_id) FILTER (WHERE a.state = 'present')) AS present
    FROM education_meeting m
    JOIN branches_organisation o ON o.id = m.organisation_id AND o.path LIKE %(path)s
    JOIN education_attendance a ON a.meeting_id = m.id AND NOT a.is_guest
    WHERE m.state = 'confirmed' AND m.held_on BETWEEN %(since)s AND %(today)s
    GROUP BY m.id
), compared AS (
    SELECT *, present IS DISTINCT FROM first_value(present) OVER latest AS differs, row_number() OVER latest AS at
    FROM roll WINDOW latest AS (PARTITION BY organisation_id, group_id, kind ORDER BY held_on DESC, id DESC)
), run AS (
    SELECT *, bool_or(differs) OVER (PARTITION BY organisation_id, group_id, kind ORDER BY at) AS is_over FROM compared
)
SELECT r.organisation_id, o.uid, r.kind, min(r.held_on), max(r.held_on), count(*), min(r.expected), min(r.present),
       (array_agg(r.id ORDER BY r.held_on DESC, r.id DESC))[1], r.group_id
FROM run r JOIN branches_organisation o ON o.id = coalesce(r.group_id, r.organisation_id)
WHERE NOT r.is_over
GROUP BY r.organisation_id, r.group_id, o.uid, r.kind
HAVING count(*) >= %(meetings)s AND min(r.expected) >= %(people)s
"""


def _rolls(about: Mapping, numbers: Mapping[str, int]) -> Iterator[Found]:
    """名单不变: in a branch large enough for somebody to be ill or away, exactly the same people every time."""
    asked = {"meetings": numbers[p.ROLL_MEETINGS.key], "people": numbers[p.ROLL_PEOPLE.key]}
    for organisation_id, uid, kind, first, last, times, expected, present, latest, _ in _rows(ROLLS, about | asked):
        yield Found(
            kind=Kind.ROLL,
            key=f"roll:{uid}:{kind}",
            digest=present,
            organisation_id=organisation_id,
            meeting_id=latest,
            since=first,
            until=last,
            numbers={"times": times, "people": expected, "kind": kind},
        )
