"""Every address of the API, app by app."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from assessments.api import CardViewSet, IndicatorViewSet
from branches.api import OrganisationViewSet
from education.api import ExclusionViewSet, LeaveViewSet, MeetingViewSet, RequirementViewSet, SpotCheckViewSet
from education.documents.api import BookViewSet
from education.motions.api import MotionViewSet
from education.openness.api import CommentViewSet, DisclosureViewSet, ExemplarViewSet, PledgeViewSet
from education.planning.api import CampaignViewSet, PlanEntryViewSet
from education.signals.api import QuestionViewSet
from education.study.api import AttemptViewSet, CourseViewSet
from members.api.facts import FactViewSet
from members.api.merges import MergeViewSet
from members.api.offices import OfficeViewSet
from members.api.people import MemberViewSet
from members.api.statistics import FindingViewSet, StatisticsViewSet
from members.care.aid.api import CaseViewSet as AidCaseViewSet
from members.care.api import ConditionViewSet, CriterionViewSet, SnapshotViewSet
from members.care.fund.api import FundBookViewSet, FundClaimViewSet, FundSourceViewSet, FundVoucherViewSet
from members.care.stations.api import BookingViewSet, StationViewSet
from members.care.stations.api import RequestViewSet as ServiceRequestViewSet
from members.care.visits.api import PairViewSet, VisitViewSet
from members.development.api import CaseViewSet as DevelopmentCaseViewSet
from members.dues.api import AccountViewSet, PaymentViewSet
from members.mobility.api import ContactViewSet, OutflowViewSet
from members.outreach.api import DispatchViewSet
from members.transfers.api import TransferViewSet
from partyportal.api.me import MeView
from partyportal.api.pages import DocsView, SchemaView
from partyportal.core.api import JobViewSet, NoticeViewSet, TokenView
from partyportal.dashboard.api import DutyViewSet
from points.api import AccountViewSet as PointsAccountViewSet
from points.api import AwardViewSet, DraftViewSet, EntryViewSet, ReplayViewSet, SchemeViewSet, SealViewSet, StandingViewSet
from points.honours.api import CallViewSet, HonourViewSet
from points.publicity.api import ObjectionViewSet, PublicationViewSet

router = SimpleRouter(use_regex_path=False)
router.register("organisations", OrganisationViewSet, "organisation")
router.register("members", MemberViewSet, "member")
router.register("members/statistics", StatisticsViewSet, "statistics")
router.register("members/findings", FindingViewSet, "finding")
router.register("members/merges", MergeViewSet, "merge")
router.register("development/cases", DevelopmentCaseViewSet, "development-case")
router.register("facts", FactViewSet, "fact")
router.register("transfers", TransferViewSet, "transfer")
router.register("mobility/outflows", OutflowViewSet, "outflow")
router.register("mobility/contacts", ContactViewSet, "contact")
router.register("offices", OfficeViewSet, "office")
router.register("outreach/dispatches", DispatchViewSet, "dispatch")
router.register("care/stations", StationViewSet, "station")
router.register("care/bookings", BookingViewSet, "booking")
router.register("care/requests", ServiceRequestViewSet, "service-request")
router.register("care/visits", VisitViewSet, "care-visit")
router.register("care/pairs", PairViewSet, "care-pair")
router.register("care/conditions", ConditionViewSet, "condition")
router.register("care/criteria", CriterionViewSet, "criterion")
router.register("care/lists", SnapshotViewSet, "care-list")
router.register("dues/payments", PaymentViewSet, "payment")
router.register("dues/accounts", AccountViewSet, "account")
router.register("care/fund/books", FundBookViewSet, "fund-book")
router.register("care/fund/sources", FundSourceViewSet, "fund-source")
router.register("care/fund/claims", FundClaimViewSet, "fund-claim")
router.register("care/fund/vouchers", FundVoucherViewSet, "fund-voucher")
router.register("care/cases", AidCaseViewSet, "aid-case")
router.register("points/schemes", SchemeViewSet, "scheme")
router.register("points/drafts", DraftViewSet, "draft")
router.register("points/replay", ReplayViewSet, "replay")
router.register("points/seals", SealViewSet, "seal")
router.register("points/entries", EntryViewSet, "entry")
router.register("points/standings", StandingViewSet, "standing")
router.register("points/members", PointsAccountViewSet, "points-account")
router.register("points/awards", AwardViewSet, "award")
router.register("points/publications", PublicationViewSet, "publication")
router.register("points/objections", ObjectionViewSet, "objection")
router.register("honours/calls", CallViewSet, "honour-call")
router.register("honours/honours", HonourViewSet, "honour")
router.register("education/books", BookViewSet, "book")
router.register("education/meetings", MeetingViewSet, "meeting")
router.register("education/motions", MotionViewSet, "motion")
router.register("education/leaves", LeaveViewSet, "leave")
router.register("education/exclusions", ExclusionViewSet, "exclusion")
router.register("education/checks", SpotCheckViewSet, "spot-check")
router.register("education/requirements", RequirementViewSet, "requirement")
router.register("education/questions", QuestionViewSet, "question")
router.register("education/courses", CourseViewSet, "course")
router.register("education/attempts", AttemptViewSet, "attempt")
router.register("openness/items", DisclosureViewSet, "openness-item")
router.register("openness/exemplars", ExemplarViewSet, "openness-exemplar")
router.register("openness/pledges", PledgeViewSet, "openness-pledge")
router.register("openness/comments", CommentViewSet, "openness-comment")
router.register("planning/plans", PlanEntryViewSet, "plan-entry")
router.register("planning/campaigns", CampaignViewSet, "campaign")
router.register("assessments/cards", CardViewSet, "card")
router.register("assessments/indicators", IndicatorViewSet, "indicator")
router.register("duties", DutyViewSet, "duty")
router.register("notices", NoticeViewSet, "notice")
router.register("jobs", JobViewSet, "job")

app_name = "api"
urlpatterns = [
    path("docs/", DocsView.as_view(), name="docs"),
    path("v1/schema/", SchemaView.as_view(), name="schema"),
    path("v1/token/", TokenView.as_view(), name="token"),
    path("v1/me/", MeView.as_view(), name="me"),
    path("v1/", include(router.urls)),
]
