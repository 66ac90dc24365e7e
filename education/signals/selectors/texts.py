"""What was said at a meeting as one text: the minutes, the decisions, the agenda's items. `services.looking.PRINTS` puts the same together in SQL."""

from collections.abc import Iterable

from education.models import AgendaItem, Meeting


def texts_of(meetings: Iterable[int]) -> dict[int, str]:
    """The text of each meeting by id: two statements."""
    wanted = list(meetings)
    told = {
        pk: [minutes, decisions]
        for pk, minutes, decisions in Meeting.objects.filter(pk__in=wanted).values_list("pk", "minutes", "decisions")
    }
    for pk, said, decided in (
        AgendaItem.objects.filter(meeting__in=wanted).order_by("position").values_list("meeting_id", "said", "decided")
    ):
        told[pk] += [said, decided]
    return {pk: "\n".join(part for part in parts if part) for pk, parts in told.items()}
