"""The rows of outreach, by noun."""

from members.outreach.models.areas import Area, AreaDuty
from members.outreach.models.cadres import Cultivation, CultivationNote
from members.outreach.models.cards import DutyCard
from members.outreach.models.dispatches import Dispatch, Visit

__all__ = ["Area", "AreaDuty", "Cultivation", "CultivationNote", "Dispatch", "DutyCard", "Visit"]
