"""What goes up on the wall, is changed and comes down."""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from members.care.stations.models import Display, Station
from members.care.stations.services import locked, said, tell
from partyportal.core import attachments
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def put_up(
    station: Station,
    *,
    title: str,
    spot: str,
    since: date,
    until: date,
    by: User | None,
    today: date,
    photos: Iterable[UploadedFile] = (),
    replaces: Display | None = None,
) -> Display:
    """上墙: with the day it is to be changed; what it replaces comes down the same day."""
    held = locked(station)
    if since > today:
        raise DomainError("这一天还没到。贴上了再登记。", field="since")
    if until <= since:
        raise DomainError("该换的日子要晚于上墙的日子。", field="until")
    if replaces is not None:
        take_down(replaces, on=since, by=by, today=today)
    kept = attachments.store(photos, by=by, field="photos")
    display = Display(
        station=held, title=said(title, "贴的是什么", "title"), spot=spot.strip(), since=since, until=until, put_by=by, replaces=replaces
    )
    display.full_clean(exclude=["put_by"])
    display.save()
    display.photos.set(kept)
    tell("display.put", display, held, by=by, since=since, until=until, files=len(kept))
    return display


@transaction.atomic
def take_down(display: Display, *, on: date, by: User, today: date) -> Display:
    """取下: it stays among what hung here."""
    held = Display.objects.select_for_update(of=("self",)).select_related("station__organisation").get(pk=display.pk)
    if held.down_on is not None:
        raise DomainError("这一项已经取下。")
    if not held.since <= on <= today:
        raise DomainError(f"取下的日子在 {held.since:%Y-%m-%d} 到今天之间。", field="since")
    held.down_on, held.down_by = on, by
    held.save(update_fields=["down_on", "down_by"])
    tell("display.taken_down", held, held.station, by=by, on=on)
    return held
