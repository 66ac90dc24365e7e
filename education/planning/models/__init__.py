"""年度计划, 谈心谈话 and 主题活动."""

from education.planning.models.campaigns import Campaign, CampaignAct, CampaignResult, CampaignStep, CampaignTemplate
from education.planning.models.plans import PlanEntry, YearPlan
from education.planning.models.talks import Talk

__all__ = ["Campaign", "CampaignAct", "CampaignResult", "CampaignStep", "CampaignTemplate", "PlanEntry", "Talk", "YearPlan"]
