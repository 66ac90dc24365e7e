"""The rows of 流动党员, by noun."""

from members.mobility.models.hosting import Attestation, Hosting, Report
from members.mobility.models.inflows import Inflow, MobileFounding
from members.mobility.models.lost import LostCase, LostStep
from members.mobility.models.outflows import Contact, Outflow

__all__ = ["Attestation", "Contact", "Hosting", "Inflow", "LostCase", "LostStep", "MobileFounding", "Outflow", "Report"]
