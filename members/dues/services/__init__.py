"""Every write of dues."""

from members.dues.services.arrears import note_arrears
from members.dues.services.bases import BaseLine, copy_from_last_year, set_bases
from members.dues.services.collecting import collect, confirm, pay, return_collection, reverse
from members.dues.services.exemptions import approve_exemption, file_exemption, refuse_exemption

__all__ = [
    "BaseLine",
    "approve_exemption",
    "collect",
    "confirm",
    "copy_from_last_year",
    "file_exemption",
    "note_arrears",
    "pay",
    "refuse_exemption",
    "return_collection",
    "reverse",
    "set_bases",
]
