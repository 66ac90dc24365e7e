"""Every write of 服务阵地, by noun."""

from members.care.stations.models import Station
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


def locked(station: Station) -> Station:
    """The station held for a change; one that is closed takes none."""
    held = Station.objects.select_for_update(of=("self",)).select_related("organisation", "kind").get(pk=station.pk)
    if held.closed_on is not None:
        raise DomainError(f"{held.name}已经停用，不再登记。")
    return held


def said(text: str, what: str, field: str) -> str:
    """What somebody wrote, or the sentence that asks for it."""
    if not text.strip():
        raise DomainError(f"写上{what}。", field=field)
    return text.strip()


def tell(code: str, row, station: Station, *, by: User | None, subject=None, **data) -> None:
    place = station.organisation
    audit.record(f"stations.{code}", row, by=by, path=place.path, subject=subject, organisation=place.code, station=station.uid, **data)
