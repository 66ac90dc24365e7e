"""服务阵地: where they are and when they are open, their standard, bookings, displays and requests."""

from members.care.stations.models.bookings import Booking, BookingStep
from members.care.stations.models.displays import Display
from members.care.stations.models.places import Room, Station, StationChange, StationKind
from members.care.stations.models.requests import RequestKind, RequestStep, ServiceRequest
from members.care.stations.models.standards import CheckLine, Checklist, ChecklistItem, SelfCheck
from members.care.stations.models.times import DutySpell, HoursException, OpeningHours, OpeningSpan

__all__ = [
    "Booking",
    "BookingStep",
    "CheckLine",
    "Checklist",
    "ChecklistItem",
    "Display",
    "DutySpell",
    "HoursException",
    "OpeningHours",
    "OpeningSpan",
    "RequestKind",
    "RequestStep",
    "Room",
    "SelfCheck",
    "ServiceRequest",
    "Station",
    "StationChange",
    "StationKind",
]
