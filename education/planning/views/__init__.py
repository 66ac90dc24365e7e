"""Pages of plans, talks and campaigns."""

from education.planning.views.campaigns import campaign, campaign_act, campaign_file, campaign_new, campaigns, templates
from education.planning.views.plans import entry, entry_new, plan, plan_make
from education.planning.views.talks import talk_new, talk_void, talks

__all__ = [
    "campaign",
    "campaign_act",
    "campaign_file",
    "campaign_new",
    "campaigns",
    "entry",
    "entry_new",
    "plan",
    "plan_make",
    "talk_new",
    "talk_void",
    "talks",
    "templates",
]
