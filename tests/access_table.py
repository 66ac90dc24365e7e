"""Who gets which answer where: one line for every address and every way to ask it.

To add a page, add its line to TABLE: method, URL name, target, then an answer for each of ROLES. A number is a status;
`in` is being sent to log in. The target names a function of TARGETS, which makes what the address needs (arguments,
query, form) from the world; `-` needs nothing. The same address may stand several times with different targets.

`test_access.py` asks every line as everybody and fails when an address of the portal has no line. It also searches each
answer for what must not be in it, so an aggregate, an export or an error page that names one of ours is found here.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments import services as assessments
from assessments.models import Card
from branches.models import Grant, Term
from branches.services import grants
from education.documents.models import Book, Piece
from education.models import Attendance, DrawnMeeting, Leave, Meeting, MeetingFile, RollExclusion, SpotCheck
from education.motions.models import Motion, Opinion, Voter
from education.openness.services import comments, pieces, pledges
from education.planning import services as planning
from education.signals.models import Question
from education.study import services as study
from education.study.models import Attempt, Course
from education.study.models import Question as BankQuestion
from members.care.aid import services as aid
from members.care.fund.services.bank import upload as upload_bank
from members.care.models import Condition, Criterion, CriterionVersion
from members.care.services import conditions
from members.care.services.death import record_death
from members.care.services.snapshots import fix_list
from members.care.stations.models import Booking, SelfCheck
from members.care.stations.services import standards
from members.care.stations.services.displays import put_up
from members.care.stations.services.times import make_exception, put_on_duty
from members.care.visits.models import Occasion
from members.dues import services as dues
from members.dues.models import Payment
from members.dues.services import sheets
from members.mobility.services import hosting, inflows
from members.models import ImportBatch, Office
from members.outreach.models import Area, AreaDuty, Cultivation, Dispatch, DutyCard, Visit
from members.transfers import services as transfers
from members.transfers.models import Transfer
from partyportal.core import attachments, crypto
from partyportal.core.models import Job, Notice, User
from partyportal.core.sheets import write_xlsx
from partyportal.dashboard.services import export_file as figures_file
from partyportal.dashboard.workflows import merging
from points.honours import services as honours
from points.honours.models import Call, Honour, Nomination
from points.models import Award, Simulation
from points.publicity.models import Objection, Publication, SheetLine
from points.schemes import TEMPLATES
from points.services import schemes
from points.services.simulations import simulate
from tests.aid.makers import Department, advance, fill_branch, make_case, make_line, make_programme
from tests.development.makers import make_case as make_applicant
from tests.factories import make_grant, make_member, make_user
from tests.fund import makers as fund
from tests.mobility.makers import START, TODAY, make_hosting, make_outflow
from tests.mobility.makers import make_case as make_lost_case
from tests.points.makers import deed, happened, make_scheme
from tests.stations.makers import found, make_room, make_station, take
from tests.study.makers import finish, make_bank, make_course, make_tested_course
from tests.visits.makers import make_birthday, make_due, make_ill, make_outing, make_pair

ROLES = (
    "anonymous",
    "outsider",
    "member",
    "secretary",
    "neighbour",
    "committee",
    "department",
    "reader",
    "system_admin",
    "security_admin",
    "auditor",
)

TABLE = """
# method name                   target         anon outs memb secr neig comm dept read sysa seca audi
GET  core:login                 -              200  302  302  302  302  302  302  302  302  302  302
POST core:logout                -              in   in   in   in   in   in   in   in   in   in   in
GET  core:password              -              in   200  200  200  200  200  200  200  200  200  200
GET  core:tokens                -              in   200  200  200  200  200  200  200  200  200  200
POST core:token_close           -              in   302  302  302  302  302  302  302  302  302  302
POST core:large_text            -              302  302  302  302  302  302  302  302  302  302  302
GET  core:more                  -              in   200  200  200  200  200  200  200  200  200  200
GET  core:parts                 -              in   404  404  404  404  404  404  404  200  404  404
GET  core:jobs                  -              in   200  200  200  200  200  200  200  200  200  200
GET  core:job                   our_job        in   404  404  200  404  404  404  404  404  404  404
POST core:job_cancel            our_job        in   404  404  302  404  404  404  404  404  404  404
POST core:job_again             our_job        in   404  404  302  404  404  404  404  404  404  404
GET  core:notices               -              in   200  200  200  200  200  200  200  200  200  200
POST core:notices               -              in   302  302  302  302  302  302  302  302  302  302
GET  core:notice                our_notice     in   404  404  302  404  404  404  404  404  404  404
GET  core:settings              -              in   403  403  403  403  403  403  403  200  403  403
GET  core:settings              parameter      in   403  403  403  403  403  403  403  200  403  403
POST core:settings              new_value      in   403  403  403  403  403  403  403  302  403  403

GET  dashboard:home             -              in   200  302  200  200  200  302  302  200  200  200
GET  dashboard:duties           -              in   403  403  200  200  200  200  403  403  403  403
GET  dashboard:duties           in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  dashboard:search           -              in   403  403  200  200  200  200  200  200  403  403
GET  dashboard:search           search         in   403  403  200  200  200  200  200  200  403  403
GET  dashboard:cockpit          -              in   403  403  403  403  200  200  200  403  403  403
GET  dashboard:cockpit          in_ours        in   403  403  403  403  200  200  200  403  403  403
GET  dashboard:cockpit          in_far         in   403  403  403  403  404  200  200  403  403  403
GET  dashboard:attention        -              in   403  403  403  403  200  200  200  403  403  403
GET  dashboard:attention        in_far         in   403  403  403  403  404  200  200  403  403  403
GET  dashboard:reports          -              in   403  403  403  403  200  200  200  403  403  403
POST dashboard:export           -              in   403  403  403  403  302  302  302  403  403  403
POST dashboard:export           in_far         in   403  403  403  403  404  302  302  403  403  403
GET  dashboard:exported         our_figures    in   404  404  404  404  200  404  404  404  404  404
GET  dashboard:export_file      our_figures    in   404  404  404  404  200  404  404  404  404  404

GET  assessments:cards          -              in   403  403  200  200  200  200  403  403  403  403
GET  assessments:cards          in_ours        in   403  403  200  404  200  200  403  403  403  403
POST assessments:cards          -              in   403  403  200  200  200  200  403  403  403  403
GET  assessments:card           our_card       in   404  404  200  404  200  200  403  403  404  404
GET  assessments:evidence       our_evidence   in   404  404  200  404  200  200  403  403  404  404
GET  assessments:indicators     -              in   403  403  200  200  200  200  403  403  403  403
POST assessments:indicators     weights        in   403  403  403  403  403  302  403  403  403  403

GET  branches:tree              -              in   403  403  200  200  200  200  200  200  403  403
GET  branches:tree              search         in   403  403  200  200  200  200  200  200  403  403
POST branches:tree              -              in   403  403  200  200  200  200  200  200  403  403
GET  branches:organisation      ours           in   404  404  200  404  200  200  200  200  404  404
GET  branches:organisation      county         in   404  404  404  404  404  200  200  200  404  404
GET  branches:organisation      nowhere        in   404  404  404  404  404  404  404  404  404  404
POST branches:power             ours_power     in   404  404  403  404  403  302  403  302  404  404
GET  branches:accounts          -              in   403  403  403  403  403  403  403  200  403  403
GET  branches:account           account        in   403  403  403  403  403  403  403  200  403  403
POST branches:account           account_reset  in   403  403  403  403  403  403  403  200  403  403
GET  branches:account_new       -              in   403  403  403  403  403  403  403  200  403  403
POST branches:account_new       newcomer       in   403  403  403  403  403  403  403  200  403  403
GET  branches:grants            -              in   403  403  403  403  403  403  403  403  200  403
GET  branches:grant_new         -              in   403  403  403  403  403  403  403  403  200  403
POST branches:grant_new         new_grant      in   403  403  403  403  403  403  403  403  302  403
GET  branches:grant_confirm     waiting_grant  in   403  403  403  403  403  403  403  403  200  403
POST branches:grant_confirm     waiting_grant  in   403  403  403  403  403  403  403  403  302  403
GET  branches:grant_end         our_grant      in   403  403  403  403  403  403  403  403  200  403
POST branches:grant_end         our_grant      in   403  403  403  403  403  403  403  403  302  403
GET  branches:audit             -              in   403  403  403  403  403  403  403  403  403  200
POST branches:audit_export      -              in   403  403  403  403  403  403  403  403  403  200

GET  members:roster             -              in   403  403  200  200  200  200  200  200  403  403
GET  members:roster             search         in   403  403  200  200  200  200  200  200  403  403
GET  members:roster             in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  members:roster             in_far         in   403  403  404  404  404  200  200  200  403  403
POST members:export             -              in   403  403  200  200  200  200  403  403  403  403
POST members:export             in_ours        in   403  403  200  404  200  200  403  403  403  403
POST members:export             whole_numbers  in   403  403  403  403  403  200  403  403  403  403
GET  members:new                -              in   403  403  200  200  200  200  403  403  403  403
GET  members:slips              -              in   403  403  403  403  403  403  403  200  403  403
GET  members:mine               -              in   200  302  200  200  200  200  200  200  200  200
GET  members:member             our_person     in   404  404  200  404  200  200  200  200  404  404
GET  members:member             themselves     in   404  200  200  404  200  200  200  200  404  404
GET  members:edit               our_person     in   404  404  200  404  200  200  403  403  404  404
GET  members:edit               themselves     in   404  403  200  404  200  200  403  403  404  404
GET  members:exemption          our_person     in   404  404  200  404  200  200  403  403  404  404
GET  members:exemption          themselves     in   404  403  200  404  200  200  403  403  404  404
POST members:reveal             our_person     in   404  404  200  404  200  200  403  403  404  404
POST members:reveal             themselves     in   404  403  200  404  200  200  403  403  404  404

GET  members:statistics         -              in   403  403  403  403  200  200  200  403  403  403
GET  members:statistics         in_ours        in   404  404  403  404  200  200  200  403  404  404
GET  members:statistics_rows    in_ours        in   404  404  403  404  200  200  200  403  404  404
GET  members:statistics_rows    in_far         in   404  404  404  404  404  200  200  403  404  404
GET  members:annual_tables      in_ours        in   404  404  403  404  200  200  200  403  404  404
POST members:annual_tables      in_ours        in   404  404  403  404  200  200  200  403  404  404
POST members:annual_tables      in_far         in   404  404  404  404  404  200  200  403  404  404
GET  members:duplicates         -              in   403  403  403  403  200  200  403  200  403  403
GET  members:duplicates         in_ours        in   403  403  403  403  200  200  403  200  403  403
GET  members:duplicates         in_far         in   403  403  403  403  404  200  403  200  403  403
POST members:not_same           our_pair       in   403  403  403  403  302  302  403  302  403  403
GET  members:merge              our_two        in   404  404  403  404  200  200  403  200  404  404
POST members:merge              our_two        in   404  404  403  404  302  302  403  302  404  404
GET  members:merged             -              in   403  403  403  403  200  200  403  200  403  403
GET  members:merge_reverse      our_merge      in   404  404  404  404  200  200  404  200  404  404
POST members:merge_reverse      our_merge      in   404  404  404  404  302  302  404  302  404  404
GET  members:quality            -              in   403  403  200  200  200  200  200  403  403  403
GET  members:quality            in_ours        in   404  404  200  404  200  200  200  403  404  404
GET  members:quality_rows       finding        in   404  404  200  404  200  200  200  403  404  404
POST members:quality_rows       finding        in   404  404  200  404  200  200  403  403  404  404
POST members:roster_check       ours           in   404  404  302  404  302  302  403  403  404  404
GET  members:batches            -              in   403  403  403  403  200  200  403  200  403  403
GET  members:import_upload      -              in   403  403  403  403  200  200  403  200  403  403
GET  members:import_template    -              in   403  403  403  403  200  200  403  200  403  403
GET  members:import_batch       our_batch      in   404  404  404  404  200  200  403  200  404  404
POST members:import_choose      our_batch      in   404  404  404  404  302  302  403  302  404  404
POST members:import_commit      our_batch      in   404  404  404  404  302  302  403  302  404  404
POST members:import_discard     our_batch      in   404  404  404  404  302  302  403  302  404  404
GET  members:import_undo        our_written    in   404  404  404  404  200  200  403  200  404  404
POST members:import_undo        our_written    in   404  404  404  404  302  302  403  302  404  404
GET  members:import_faults      our_batch      in   404  404  404  404  404  404  403  404  404  404

GET  mobility:register          -              in   403  403  200  200  200  200  200  200  403  403
GET  mobility:register          in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  mobility:register          with_outflow   in   403  403  200  200  200  200  200  200  403  403
POST mobility:export            with_outflow   in   403  403  200  200  200  200  403  403  403  403
GET  mobility:outflow_new       -              in   403  403  200  200  200  200  403  403  403  403
GET  mobility:outflow_new       name_person    in   403  403  200  404  200  200  403  403  403  403
GET  mobility:outflow           our_outflow    in   404  404  200  404  200  200  200  200  404  404
GET  mobility:outflow           own_outflow    in   404  200  200  404  200  200  200  200  404  404
POST mobility:outflow_edit      our_outflow    in   404  404  422  404  422  422  403  403  404  404
POST mobility:outflow_move      our_outflow    in   404  404  422  404  422  422  403  403  404  404
GET  mobility:outflow_end       our_outflow    in   404  404  200  404  200  200  403  403  404  404
GET  mobility:contact           our_outflow    in   404  404  200  404  200  200  403  403  404  404
GET  mobility:attest            our_outflow    in   404  404  200  404  200  200  403  403  404  404
POST mobility:attest_void       our_paper      in   404  404  302  404  302  302  403  403  404  404
GET  mobility:hosting_new       our_outflow    in   404  404  200  404  200  200  403  403  404  404
GET  mobility:hosting           asked_of_far   in   404  404  200  404  200  200  200  200  404  404
POST mobility:hosting_accept    asked_of_far   in   404  404  403  404  403  302  403  403  404  404
POST mobility:hosting_decline   asked_of_far   in   404  404  403  404  403  302  403  403  404  404
POST mobility:hosting_end       hosted_by_far  in   404  404  302  404  302  302  403  403  404  404
POST mobility:hosting_report    hosted_by_far  in   404  404  403  404  403  302  403  403  404  404
GET  mobility:inflow_new        -              in   403  403  200  200  200  200  403  403  403  403
GET  mobility:inflow            our_inflow     in   404  404  200  404  200  200  200  200  404  404
POST mobility:inflow_reveal     our_inflow     in   404  404  200  404  200  200  403  403  404  404
POST mobility:inflow_mark       our_inflow     in   404  404  302  404  302  302  403  403  404  404
POST mobility:inflow_end        our_inflow     in   404  404  302  404  302  302  403  403  404  404
GET  mobility:lost_new          -              in   403  403  200  200  200  200  403  403  403  403
GET  mobility:lost_new          name_person    in   403  403  200  404  200  200  403  403  403  403
GET  mobility:lost              our_case       in   404  404  200  404  200  200  200  200  404  404
POST mobility:lost_try          our_case       in   404  404  422  404  422  422  403  403  404  404
POST mobility:lost_report       our_case       in   404  404  422  404  422  422  403  403  404  404
POST mobility:lost_decide       our_case       in   404  404  403  404  422  422  403  403  404  404
GET  mobility:founding_new      -              in   403  403  403  403  403  200  403  200  403  403
GET  stations:stations          -              in   403  200  200  200  200  200  200  200  403  403
GET  stations:stations          stations_sheet in   403  403  200  200  200  200  403  403  403  403
GET  stations:station           our_station    in   404  200  200  404  200  200  200  200  404  404
GET  stations:station_new       -              in   403  403  200  200  200  200  403  403  403  403
GET  stations:station_edit      our_station    in   404  403  200  404  200  200  403  403  404  404
GET  stations:station_close     our_station    in   404  403  200  404  200  200  403  403  404  404
GET  stations:room_new          our_station    in   404  403  200  404  200  200  403  403  404  404
GET  stations:room_close        our_room       in   404  403  200  404  200  200  403  403  404  404
GET  stations:hours             our_station    in   404  200  200  404  200  200  200  200  404  404
POST stations:hours             our_station    in   404  403  422  404  422  422  403  403  404  404
POST stations:exception_new     our_station    in   404  403  422  404  422  422  403  403  404  404
POST stations:exception_drop    our_exception  in   404  403  302  404  302  302  403  403  404  404
GET  stations:roster            our_station    in   404  200  200  404  200  200  200  200  404  404
POST stations:roster            our_station    in   404  403  422  404  422  422  403  403  404  404
POST stations:duty_end          our_spell      in   404  403  302  404  302  302  403  403  404  404
GET  stations:bookings          our_station    in   404  200  200  404  200  200  200  200  404  404
GET  stations:booking_new       our_station    in   404  200  200  404  200  200  403  403  404  404
GET  stations:booking           our_booking    in   404  404  200  404  200  200  200  200  404  404
POST stations:booking_act       answer_booking in   404  404  302  404  302  302  403  403  404  404
POST stations:booking_act       cancel_booking in   404  302  302  404  302  302  403  403  404  404
GET  stations:standards         -              in   403  403  200  200  200  200  200  200  403  403
GET  stations:standard          a_standard     in   403  403  200  200  200  200  200  200  403  403
POST stations:standard          a_standard     in   403  403  403  403  403  302  403  403  403  403
GET  stations:check_new         our_station    in   404  403  200  404  200  200  403  403  404  404
GET  stations:check             our_self_check in   403  403  200  404  200  200  200  200  403  403
POST stations:check_act         accept_check   in   404  403  403  404  302  302  403  403  404  404
POST stations:mend              our_missing    in   404  404  302  404  302  302  403  403  404  404
GET  stations:display_new       our_station    in   404  403  200  404  200  200  403  403  404  404
POST stations:display_down      our_display    in   404  403  302  404  302  302  403  403  404  404
GET  stations:display_photo     our_wall_photo in   404  200  200  404  200  200  200  200  404  404
GET  stations:requests          -              in   403  200  200  200  200  200  403  403  403  403
GET  stations:request_new       our_station    in   404  403  200  404  200  200  403  403  404  404
GET  stations:request_ask       our_station    in   404  200  403  404  403  403  403  403  404  404
GET  stations:request           our_request    in   404  404  200  404  200  200  404  404  404  404
GET  stations:request           own_request    in   404  200  200  404  200  200  404  404  404  404
POST stations:request_act       finish_request in   404  404  302  404  302  302  404  404  404  404
POST stations:request_reveal    our_villager   in   404  404  200  404  200  200  404  404  404  404

GET  outreach:outreach          -              in   403  403  200  200  200  200  200  200  403  403
GET  outreach:outreach          in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  outreach:outreach          grids          in   403  403  200  200  200  200  200  200  403  403
GET  outreach:outreach          cadres         in   403  403  200  200  200  200  200  200  403  403
GET  outreach:outreach          cards          in   403  403  200  200  200  200  200  200  403  403
POST outreach:export            -              in   403  403  200  200  200  200  403  403  403  403
POST outreach:export            in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  outreach:dispatch_new      -              in   403  403  403  403  200  200  403  403  403  403
GET  outreach:dispatch          our_dispatch   in   404  404  200  404  200  200  200  200  404  404
POST outreach:dispatch          our_dispatch   in   404  404  302  404  302  302  403  403  404  404
GET  outreach:dispatch_end      our_dispatch   in   404  404  403  404  200  200  403  403  404  404
POST outreach:visit_void        our_visit      in   404  404  302  404  302  302  403  403  404  404
GET  outreach:area_new          -              in   403  403  200  200  200  200  403  403  403  403
GET  outreach:area_new          in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  outreach:area              our_area       in   404  404  200  404  200  200  200  200  404  404
POST outreach:area              our_area       in   404  404  422  404  422  422  403  403  404  404
POST outreach:area_part         our_area       in   404  404  302  404  302  302  403  403  404  404
GET  outreach:area_close        our_area       in   404  404  200  404  200  200  403  403  404  404
GET  outreach:cultivation_new   -              in   403  403  200  200  200  200  403  403  403  403
GET  outreach:cultivation_new   in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  outreach:cultivation       our_cadre      in   404  404  200  404  200  200  200  200  404  404
POST outreach:cultivation       our_cadre      in   404  404  302  404  302  302  403  403  404  404
GET  outreach:cultivation_end   our_cadre      in   404  404  200  404  200  200  403  403  404  404
GET  outreach:card_new          -              in   403  403  200  200  200  200  403  403  403  403
GET  outreach:card_new          in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  outreach:card              our_duty_card  in   404  404  200  404  200  200  200  200  404  404
GET  outreach:card_end          our_duty_card  in   404  404  200  404  200  200  403  403  404  404
GET  dues:dues                  -              in   403  403  200  200  200  200  403  403  403  403
GET  dues:dues                  in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  dues:dues                  in_far         in   404  404  404  404  404  200  403  403  404  404
POST dues:collect               in_ours        in   404  404  422  404  422  422  403  403  404  404
GET  dues:mine                  -              in   200  200  200  200  200  200  200  200  200  200
GET  dues:member                our_person     in   404  404  200  404  200  200  403  403  404  404
GET  dues:member                themselves     in   404  403  200  404  200  200  403  403  404  404
POST dues:pay                   our_person     in   404  404  422  404  422  422  403  403  404  404
POST dues:reverse               our_payment    in   404  404  302  404  302  302  403  403  404  404
GET  dues:bases                 -              in   403  403  200  200  200  200  403  403  403  403
GET  dues:bases                 in_ours        in   404  404  200  404  200  200  403  403  404  404
POST dues:bases_set             in_ours        in   404  404  422  404  422  422  403  403  404  404
POST dues:bases_copy            in_ours        in   404  404  302  404  302  302  403  403  404  404
GET  dues:base                  our_person     in   404  404  200  404  200  200  403  403  404  404
GET  dues:confirm               -              in   403  403  200  200  200  200  403  403  403  403
POST dues:confirm_all           -              in   403  403  302  302  302  302  403  403  403  403
GET  dues:collection            our_collection in   404  404  200  404  200  200  403  403  404  404
GET  dues:exemptions            -              in   403  403  200  200  200  200  403  403  403  403
GET  dues:exemption_new         -              in   403  403  200  200  200  200  403  403  403  403
GET  dues:exemption_new         in_ours        in   403  403  200  404  200  200  403  403  403  403
POST dues:exemption_decide      our_exemption  in   404  404  403  404  302  302  403  403  404  404
GET  dues:arrears               -              in   403  403  200  200  200  200  403  403  403  403
GET  dues:arrears               in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  dues:import                in_ours        in   404  404  200  404  200  200  403  403  404  404
POST dues:import                in_ours        in   404  404  422  404  422  422  403  403  404  404
GET  dues:sheet_template        in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  dues:sheet                 our_sheet      in   404  404  200  404  200  200  403  403  404  404
POST dues:sheet_commit          our_sheet      in   404  404  302  404  302  302  403  403  404  404
POST dues:sheet_discard         our_sheet      in   404  404  302  404  302  302  403  403  404  404
GET  dues:publication           -              in   403  403  200  200  200  200  403  403  403  403
GET  dues:publication           in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  transfers:transfers        -              in   200  200  200  200  200  200  200  200  200  200
GET  transfers:transfers        in_ours        in   404  404  200  404  200  200  200  200  404  404
GET  transfers:apply            -              in   403  200  200  200  200  200  403  403  403  403
GET  transfers:apply            find_person    in   403  200  200  200  200  200  403  403  403  403
GET  transfers:apply            for_person     in   404  404  200  404  200  200  403  403  404  404
GET  transfers:branches         find_branch    in   403  200  200  200  200  200  403  403  403  403
GET  transfers:arrive           -              in   403  403  403  403  200  200  403  403  403  403
GET  transfers:transfer         our_transfer   in   404  404  200  404  200  200  200  200  404  404
GET  transfers:transfer         own_transfer   in   404  200  200  404  200  200  200  200  404  404
GET  transfers:letter           our_letter     in   404  404  200  404  200  200  200  200  404  404
POST transfers:letter           our_letter     in   404  404  200  404  200  200  403  403  404  404
POST transfers:act              approve_ours   in   404  404  403  404  302  302  403  403  404  404
POST transfers:act              withdraw_ours  in   404  404  302  404  302  302  403  403  404  404
POST transfers:act              agree_own      in   404  403  302  404  302  302  403  403  404  404
POST transfers:act              withdraw_own   in   404  302  302  404  302  302  403  403  404  404
POST transfers:act              no_such_act    in   404  404  404  404  404  404  404  404  404  404
GET  transfers:verify           -              200  200  200  200  200  200  200  200  200  200  200
GET  transfers:verify           our_code       200  200  200  200  200  200  200  200  200  200  200
GET  members:offices            -              in   403  403  200  200  200  200  200  200  403  403
GET  members:offices            in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  members:offices            search         in   403  403  200  200  200  200  200  200  403  403
GET  members:terms              -              in   403  403  200  200  200  200  200  200  403  403
GET  members:terms              in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  members:office_holders     in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  members:office_holders     -              in   403  403  200  200  200  200  200  200  403  403
POST members:offices_export     -              in   403  403  200  200  200  200  403  403  403  403
POST members:offices_export     in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  members:leaders            ours           in   404  404  200  404  200  200  200  200  404  404
GET  members:leaders            county         in   404  404  404  404  404  200  200  200  404  404
GET  members:office_new         in_ours        in   403  403  403  403  200  200  403  403  403  403
GET  members:office_new         in_township    in   403  403  403  403  403  200  403  403  403  403
GET  members:office_new         in_far         in   403  403  403  403  404  200  403  403  403  403
POST members:office_new         our_secretary  in   403  403  403  403  302  302  403  403  403  403
GET  members:office_end         our_office     in   404  404  403  404  200  200  403  403  404  404
POST members:office_end         our_office     in   404  404  403  404  302  302  403  403  404  404
POST members:office_grant       our_office     in   404  404  403  404  302  302  403  403  404  404
GET  members:term_new           in_ours        in   403  403  403  403  200  200  403  403  403  403
GET  members:term_new           in_far         in   403  403  403  403  404  200  403  403  403  403
GET  members:term_change        our_term       in   404  404  403  404  200  200  403  403  404  404
POST members:term_change        our_term       in   404  404  403  404  302  302  403  403  404  404
GET  members:leave              our_person     in   404  404  200  404  200  200  403  403  404  404
GET  members:leave              themselves     in   404  403  200  404  200  200  403  403  404  404
POST members:leave              our_withdrawal in   404  404  302  404  302  302  403  403  404  404
POST members:leave              our_removal    in   404  404  422  404  302  302  403  403  404  404
GET  members:move_all           in_ours        in   403  403  403  403  403  200  403  200  403  403
POST members:move_all           our_merger     in   403  403  403  403  403  302  403  302  403  403
GET  members:dissolve           in_ours        in   403  403  403  403  403  200  403  200  403  403
POST members:dissolve           our_end        in   403  403  403  403  403  422  403  422  403  403

GET  care:lists                 -              in   403  403  200  200  200  200  403  403  403  403
GET  care:lists                 in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  care:list                  our_list       in   403  403  200  404  200  200  403  403  403  403
POST care:list_export           the_list       in   403  403  200  200  200  200  403  403  403  403
GET  care:list_fix              the_list       in   403  403  403  403  200  200  403  403  403  403
GET  care:snapshot              our_fixed_list in   404  404  200  404  200  200  404  404  404  404
POST care:snapshot_export       our_fixed_list in   404  404  200  404  200  200  404  404  404  404
GET  care:conditions            -              in   403  403  200  200  200  200  403  403  403  403
GET  care:condition             our_hardship   in   404  404  200  404  200  200  404  404  404  404
POST care:condition_proof       our_hardship   in   404  404  200  404  200  200  404  404  404  404
GET  care:condition_file        our_paper_of   in   404  404  200  404  200  200  404  404  404  404
POST care:condition_act         our_review     in   404  404  302  404  302  302  404  404  404  404
GET  care:person                our_person     in   404  404  200  404  200  200  403  403  404  404
GET  care:condition_new         our_person     in   404  404  200  404  200  200  403  403  404  404
GET  care:mine                  -              in   200  200  200  200  200  200  200  200  200  200
GET  care:criteria              -              in   403  403  200  200  200  200  403  403  403  403
GET  care:criterion             the_list       in   403  403  200  200  200  200  403  403  403  403
GET  care:criterion_new         -              in   403  403  403  403  403  200  403  403  403  403
POST care:criterion_draft       the_list       in   404  404  403  403  403  302  404  404  404  404
POST care:criterion_stop        a_stop         in   404  404  403  403  403  302  404  404  404  404
GET  care:draft                 a_criterion    in   404  404  403  403  403  200  404  404  404  404
POST care:draft_line            a_line         in   404  404  403  403  403  302  404  404  404  404
POST care:draft_change          a_group        in   404  404  403  403  403  302  404  404  404  404
POST care:draft_source          a_source       in   404  404  403  403  403  302  404  404  404  404
POST care:draft_enact           an_enactment   in   404  404  403  403  403  302  404  404  404  404
GET  care:condolences           -              in   403  403  200  200  200  200  200  200  403  403
GET  care:condolences           in_ours        in   403  403  200  404  200  200  200  200  403  403
POST care:condolences_export    our_condolence_list in 403 403 200 200  200  200  403  403  403  403
GET  care:condolence            our_condolence in   404  404  200  404  200  200  200  200  404  404
POST care:condolence_step       our_step       in   404  404  302  404  302  302  403  403  404  404
POST care:condolence_withdraw   our_mistake    in   404  404  302  404  302  302  403  403  404  404
GET  care:death                 our_person     in   404  404  200  404  200  200  403  403  404  404
GET  care:death                 themselves     in   404  403  200  404  200  200  403  403  404  404
POST care:death                 our_death      in   404  404  302  404  302  302  403  403  404  404
GET  aid:cases                  -              in   403  403  200  200  200  200  403  403  403  403
GET  aid:cases                  in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  aid:cases                  aid_search     in   403  403  200  200  200  200  403  403  403  403
POST aid:export                 aid_listed     in   403  403  200  200  200  200  403  403  403  403
GET  aid:mine                   -              in   200  200  200  200  200  200  200  200  200  200
GET  aid:apply                  -              in   403  200  200  200  200  200  403  403  403  403
GET  aid:apply                  for_person     in   404  404  200  404  200  200  403  403  404  404
POST aid:apply                  aid_new        in   404  404  302  404  302  302  403  403  404  404
GET  aid:from_list              aid_listing    in   403  403  200  200  200  200  403  403  403  403
GET  aid:overview               -              in   403  403  200  200  200  200  403  403  403  403
GET  aid:overview               in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  aid:disclosure             -              in   403  403  200  200  200  200  200  200  403  403
GET  aid:person                 our_person     in   404  404  200  404  200  200  403  403  404  404
GET  aid:person                 themselves     in   404  403  200  404  200  200  403  403  404  404
GET  aid:bulk                   aid_review     in   403  403  403  403  200  200  403  403  403  403
GET  aid:notices                -              in   404  200  200  200  200  200  404  404  404  404
GET  aid:notices                in_ours        in   404  200  200  404  200  200  404  404  404  404
GET  aid:programmes             -              in   403  403  200  200  200  200  403  403  403  403
GET  aid:programme_new          -              in   403  403  403  403  403  200  403  403  403  403
POST aid:programme_new          aid_programme  in   403  403  403  403  403  302  403  403  403  403
POST aid:programme_end          aid_end        in   403  403  403  403  403  302  403  403  403  403
GET  aid:case                   aid_case       in   404  404  200  404  200  200  404  404  404  404
GET  aid:case                   aid_own        in   404  200  200  404  200  200  404  404  404  404
POST aid:reveal                 aid_case       in   404  404  200  404  200  200  404  404  404  404
GET  aid:file                   aid_paper      in   404  404  200  404  200  200  404  404  404  404
POST aid:act                    aid_vote       in   404  404  302  404  302  302  404  404  404  404
POST aid:act                    aid_check      in   404  404  403  404  422  422  404  404  404  404
POST aid:act                    aid_withdraw   in   404  302  302  404  302  302  404  404  404  404
POST aid:objection_new          aid_hung       in   404  404  302  404  302  302  404  404  404  404
POST aid:objection_answer       aid_doubted    in   404  404  403  404  302  302  404  404  404  404

GET  fund:books                 -              in   403  403  200  200  200  200  403  403  403  403
GET  fund:book_new              -              in   403  403  200  200  200  200  403  403  403  403
POST fund:book_new              fund_new       in   403  403  302  422  302  302  403  403  403  403
GET  fund:budget                -              in   403  403  200  200  200  200  403  403  403  403
GET  fund:waiting               -              in   403  403  403  403  200  200  403  403  403  403
POST fund:payments_confirm      -              in   403  403  403  403  302  302  403  403  403  403
GET  fund:book                  fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:book                  fund_county    in   404  404  404  404  404  200  403  403  404  404
GET  fund:lines                 fund_book      in   404  404  200  404  200  200  403  403  404  404
POST fund:lines                 fund_line      in   404  404  302  404  302  302  403  403  404  404
GET  fund:accounts              fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:account               fund_account   in   404  404  200  404  200  200  403  403  404  404
GET  fund:close                 fund_book      in   404  404  403  404  403  200  403  403  404  404
GET  fund:sources               fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:source_new            fund_book      in   404  404  200  404  200  200  403  403  404  404
POST fund:source_new            fund_income    in   404  404  302  404  302  302  403  403  404  404
GET  fund:source                fund_source    in   404  404  200  404  200  200  403  403  404  404
POST fund:source_confirm        fund_source    in   404  404  403  404  302  302  403  403  404  404
POST fund:source_return         fund_source    in   404  404  302  404  302  302  403  403  404  404
GET  fund:source_document       fund_source    in   404  404  200  404  200  200  403  403  404  404
GET  fund:certificate           fund_gift      in   404  404  200  404  200  200  403  403  404  404
GET  fund:donors                fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:claims                fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:spend                 fund_book      in   404  404  200  404  200  200  403  403  404  404
POST fund:spend                 fund_book      in   404  404  422  404  422  422  403  403  404  404
GET  fund:claim                 fund_expense   in   404  404  200  404  200  200  403  403  404  404
POST fund:claim_prepare         fund_expense   in   404  404  422  404  422  422  403  403  404  404
POST fund:claim_release         fund_expense   in   404  404  403  404  422  422  403  403  404  404
GET  fund:claim_document        fund_expense   in   404  404  200  404  200  200  403  403  404  404
POST fund:payment_confirm       fund_payslip   in   404  404  403  404  302  302  403  403  404  404
POST fund:payment_return        fund_payslip   in   404  404  302  404  302  302  403  403  404  404
GET  fund:vouchers              fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:voucher               fund_voucher   in   404  404  200  404  200  200  403  403  404  404
POST fund:voucher_reverse       fund_voucher   in   404  404  403  404  302  302  403  403  404  404
GET  fund:statement             fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:disclosure            fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:bank                  fund_book      in   404  404  200  404  200  200  403  403  404  404
GET  fund:bank_statement        fund_month     in   404  404  200  404  200  200  403  403  404  404
POST fund:bank_match            fund_month     in   404  404  302  404  302  302  403  403  404  404
POST fund:bank_confirm          fund_month     in   404  404  403  404  302  302  403  403  404  404
POST fund:bank_discard          fund_month     in   404  404  302  404  302  302  403  403  404  404

GET  visits:visits              -              in   403  403  200  200  200  200  403  403  403  403
GET  visits:visits              in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  visits:visits              our_round      in   404  404  200  404  200  200  403  403  404  404
GET  visits:visits              our_ill        in   404  404  200  404  200  200  403  403  404  404
POST visits:dues_export         our_round      in   404  404  200  404  200  200  403  403  404  404
GET  visits:waive               our_due        in   404  404  200  404  200  200  404  404  404  404
POST visits:waive               our_due        in   404  404  302  404  302  302  404  404  404  404
GET  visits:record              in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  visits:record              our_calling      in   404  404  200  404  200  200  403  403  404  404
POST visits:record              our_calling      in   404  404  302  404  302  302  403  403  404  404
GET  visits:log                 in_ours        in   404  404  200  404  200  200  403  403  404  404
POST visits:log_export          in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  visits:visit               our_visit_made in   404  404  200  404  200  200  404  404  404  404
GET  visits:visit               own_visit      in   404  200  200  404  200  200  404  404  404  404
POST visits:reveal              our_visit_made in   404  404  200  404  200  200  404  404  404  404
POST visits:reveal              own_visit      in   404  403  200  404  200  200  404  404  404  404
POST visits:visit_void          our_visit_made in   404  404  302  404  302  302  404  404  404  404
POST visits:visit_void          own_visit      in   404  403  302  404  302  302  404  404  404  404
GET  visits:pairs               in_ours        in   404  404  200  404  200  200  403  403  404  404
POST visits:pairs_export        in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  visits:pair_new            -              in   403  403  200  200  200  200  403  403  403  403
GET  visits:pair                our_helped     in   404  404  200  404  200  200  404  404  404  404
GET  visits:pair                own_pair       in   404  200  200  404  200  200  404  404  404  404
POST visits:pair_contact        own_pair       in   404  302  403  404  403  403  404  404  404  404
POST visits:pair_end            our_helped     in   404  404  302  404  302  302  404  404  404  404
POST visits:pair_end            own_pair       in   404  403  302  404  302  302  404  404  404  404
GET  visits:birthdays           in_ours        in   403  403  200  404  200  200  200  200  403  403
POST visits:birthdays_export    in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  visits:birthday_card       our_person     in   404  404  200  404  200  200  200  200  404  404
GET  visits:birthday_card       themselves     in   404  200  200  404  200  200  200  200  404  404
POST visits:birthday_keep       our_birthday   in   404  404  302  404  302  302  403  403  404  404
POST visits:birthday_void       our_kept       in   404  404  302  404  302  302  403  403  404  404
GET  visits:mine                -              in   200  200  200  200  200  200  200  200  200  200
GET  visits:occasions           -              in   403  403  403  403  403  200  403  403  403  403
GET  visits:occasion_new        -              in   403  403  403  403  403  200  403  403  403  403
GET  visits:occasion            spring         in   403  403  403  403  403  200  403  403  403  403
POST visits:occasion_day        spring         in   403  403  403  403  403  422  403  403  403  403
POST visits:round_open          spring         in   403  403  403  403  403  422  403  403  403  403
POST visits:round_refresh       a_round        in   403  403  403  403  403  302  403  403  403  403

GET  points:mine                -              in   200  200  200  200  200  200  200  200  200  200
GET  points:member              our_person     in   404  404  200  404  200  200  200  200  404  404
GET  points:member              themselves     in   404  200  200  404  200  200  200  200  404  404
GET  points:overview            -              in   403  403  200  200  200  200  200  200  403  403
GET  points:overview            in_ours        in   404  404  200  404  200  200  200  200  404  404
GET  points:entries             in_ours        in   404  404  200  404  200  200  200  200  404  404
GET  points:awards              -              in   200  200  200  200  200  200  200  200  200  200
GET  points:award_new           -              in   403  403  200  200  200  200  403  403  403  403
GET  points:award_new           in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  points:award               our_award      in   404  404  200  404  200  200  200  200  404  404
POST points:award_decide        our_award      in   404  404  302  404  302  302  403  403  404  404
POST points:awards_confirm      our_choice     in   403  403  200  302  200  200  403  403  403  403
POST points:award_revoke        our_confirmed  in   404  404  403  404  302  302  403  403  404  404
GET  points:award_file          our_photo      in   404  404  200  404  200  200  200  200  404  404
GET  points:report              -              in   200  200  200  200  200  200  200  200  200  200
GET  points:seals               -              in   403  403  403  403  403  200  403  403  403  200
POST points:seals_verify        -              in   403  403  403  403  403  302  403  403  403  302
POST points:seals_export        -              in   403  403  403  403  403  302  403  403  403  302
GET  points:seals_exported      ledger_file    in   403  403  403  403  403  404  403  403  403  404
GET  points:seals_print         -              in   403  403  403  403  403  200  403  403  403  200
GET  points:letter              our_person     in   404  404  200  404  200  200  200  200  404  404
GET  points:letter              themselves     in   404  200  200  404  200  200  200  200  404  404
GET  points:letters             -              in   403  403  200  200  200  200  403  403  403  403
GET  points:letters             in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  points:grades              -              in   403  403  200  200  200  200  403  403  403  403
GET  points:grades              in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  points:year_end            -              in   403  403  200  200  200  200  403  403  403  403
GET  points:year_end            in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  points:schemes             -              in   200  200  200  200  200  200  200  200  200  200
GET  points:scheme              our_scheme     in   200  200  200  200  200  200  200  200  200  200
GET  points:simulation          tried_draft    in   404  404  404  404  404  200  403  403  404  404
POST points:simulate            tried_draft    in   404  404  404  404  404  302  403  403  404  404
POST points:simulation_consent  tried_draft    in   404  404  404  404  404  302  403  403  404  404
GET  points:simulated_member    ours_tried     in   404  404  404  404  404  200  403  403  404  404
GET  points:replay              -              in   403  403  200  200  200  200  200  200  403  403
GET  points:replay              in_ours        in   404  404  200  404  200  200  200  200  404  404
GET  points:member_replay       our_person     in   404  404  200  404  200  200  200  200  404  404
GET  points:member_replay       themselves     in   404  200  200  404  200  200  200  200  404  404
GET  points:scheme              scheme_draft   in   404  404  404  404  404  200  404  404  404  404
GET  points:scheme_new          -              in   403  403  403  403  403  200  403  403  403  403
POST points:scheme_new          scheme_begun   in   403  403  403  403  403  302  403  403  403  403
GET  points:scheme_head         scheme_draft   in   404  404  404  404  404  200  404  404  404  404
GET  points:scheme_delete       scheme_draft   in   404  404  404  404  404  200  404  404  404  404
GET  points:scheme_publish      scheme_draft   in   404  404  404  404  404  200  404  404  404  404
GET  points:scheme_head         our_scheme     in   403  403  403  403  403  302  403  403  403  403
POST points:scheme_head         scheme_head    in   404  404  404  404  404  302  404  404  404  404
POST points:scheme_delete       scheme_revised in   404  404  404  404  404  302  404  404  404  404
POST points:scheme_publish      scheme_revised in   404  404  404  404  404  302  404  404  404  404
POST points:scheme_consent      scheme_revised in   404  404  404  404  404  302  404  404  404  404
GET  points:scheme_part_new     scheme_item_new in   404  404  404  404  404  200  404  404  404  404
GET  points:scheme_part         scheme_item    in   404  404  404  404  404  200  404  404  404  404
GET  points:scheme_part_remove  scheme_item    in   404  404  404  404  404  302  404  404  404  404
POST points:scheme_part_remove  scheme_removed in   404  404  404  404  404  302  404  404  404  404

GET  openness:exemplars         -              in   200  200  200  200  200  200  200  200  200  200
GET  openness:exemplars         in_work        in   200  200  200  200  200  200  200  200  200  200
GET  openness:disclosures       -              in   200  200  200  200  200  200  200  200  200  200
GET  openness:catalogue         -              in   403  403  200  200  200  200  200  200  403  403
GET  openness:catalogue         in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  openness:piece_new         exemplar_ours  in   403  403  200  404  200  200  403  403  403  403
POST openness:piece_new         exemplar_ours  in   403  403  302  404  302  302  403  403  403  403
GET  openness:piece             our_draft_piece in  404  404  200  404  200  200  404  404  404  404
GET  openness:piece             our_piece      in   404  200  200  404  200  200  200  200  404  404
GET  openness:piece_edit        our_draft_piece in  404  404  200  404  200  200  404  404  404  404
POST openness:piece_act         submit_our_piece in 404  404  302  404  302  302  404  404  404  404
POST openness:piece_act         review_our_piece in 404  404  403  404  302  302  404  404  404  404
POST openness:piece_act         withdraw_our_piece in 404 403 302  404  302  302  403  403  404  404
GET  openness:pledges           -              in   200  200  200  200  200  200  200  200  200  200
GET  openness:pledges           in_ours        in   404  404  200  404  200  200  200  200  404  404
GET  openness:pledge_new        -              in   403  200  403  403  403  403  403  403  403  403
GET  openness:pledge_new        in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  openness:pledge            own_pledge     in   404  200  200  404  200  200  200  200  404  404
POST openness:pledge_act        confirm_own    in   404  403  302  404  302  302  403  403  404  404
POST openness:pledge_act        rewrite_own    in   404  302  302  404  302  302  403  403  404  404
GET  openness:judging           in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  openness:board             in_ours        in   404  200  200  404  200  200  200  200  404  404
GET  openness:identity          our_person     in   404  200  200  404  200  200  200  200  404  404
GET  openness:post_new          in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  openness:post_end          own_post       in   404  403  200  404  200  200  403  403  404  404
GET  openness:deed_file         own_deed_photo in   404  200  200  404  200  200  200  200  404  404
GET  openness:comments          -              in   200  200  200  200  200  200  200  200  200  200
GET  openness:comments          to_answer      in   200  200  200  200  200  200  200  200  200  200
POST openness:comment_new       say_of_ours    in   404  302  302  404  302  302  302  302  404  404
GET  openness:comment           held_of_ours   in   404  404  404  404  200  200  404  404  404  404
GET  openness:comment           said_of_ours   in   404  200  200  404  200  200  200  200  404  404
POST openness:comment_act       pass_of_ours   in   404  404  404  404  302  302  404  404  404  404
POST openness:comment_act       answer_of_ours in   404  403  302  404  302  302  403  403  404  404
POST openness:comment_act       report_of_ours in   404  302  302  404  302  302  302  302  404  404
GET  openness:piece_file        our_piece_photo in  404  200  200  404  200  200  200  200  404  404

GET  publicity:publications     -              in   403  403  200  200  200  200  200  200  403  403
GET  publicity:publications     in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  publicity:mine             -              in   200  200  200  200  200  200  200  200  200  200
GET  publicity:object_to_fact   own_fact       in   404  302  404  404  404  404  404  404  404  404
GET  publicity:publication_new  in_ours        in   404  404  200  404  200  200  403  403  404  404
POST publicity:publication_new  in_ours        in   404  404  302  404  302  302  403  403  404  404
GET  publicity:publication      our_published      in   404  200  200  404  200  200  200  200  404  404
GET  publicity:publication_print our_published     in   404  200  200  404  200  200  200  200  404  404
POST publicity:publication_close our_published     in   404  403  302  404  302  302  403  403  404  404
GET  publicity:objections       -              in   200  200  200  200  200  200  200  200  200  200
GET  publicity:objection_new    our_line       in   404  403  200  404  200  200  403  403  404  404
GET  publicity:objection_new    own_line       in   404  200  403  404  403  403  403  403  404  404
GET  publicity:objection        our_dispute  in   404  404  200  404  200  200  200  200  404  404
GET  publicity:objection        own_dispute  in   404  200  200  404  200  200  200  200  404  404
POST publicity:objection_act    hear_ours      in   404  404  302  404  302  302  403  403  404  404
POST publicity:objection_act    withdraw_own_one in 404  302  403  404  403  403  403  403  404  404
GET  publicity:objection_file   our_objection_photo in 404 404 200 404 200 200 200 200 404 404
GET  dashboard:fact_source      our_fact       in   404  404  302  404  302  302  302  302  404  404

GET  honours:calls              -              in   200  200  200  200  200  200  200  200  200  200
GET  honours:new                -              in   403  403  403  403  200  200  403  403  403  403
GET  honours:call               our_call       in   404  200  200  200  200  200  200  200  404  404
POST honours:act                extend_ours    in   404  403  403  403  403  302  403  403  404  404
GET  honours:nominate           our_call       in   404  403  200  200  200  200  403  403  404  404
GET  honours:nominate           our_call_ours  in   404  403  200  404  200  200  403  403  404  404
GET  honours:notice             our_notice_up  in   404  200  200  200  200  200  200  200  404  404
GET  honours:nomination         our_nominee    in   404  404  200  404  200  200  200  200  404  404
POST honours:nomination_act     approve_nominee in  404  404  403  404  302  302  403  403  404  404
POST honours:nomination_act     withdraw_nominee in 404  404  302  404  302  302  403  403  404  404
POST honours:objection          our_objection  in   404  404  404  404  404  302  403  403  404  404
GET  honours:register           -              in   403  403  200  200  200  200  200  200  403  403
GET  honours:register           in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  honours:register           honours_sheet  in   403  403  200  200  200  200  403  403  403  403
GET  honours:honour             our_honour     in   404  404  200  404  200  200  200  200  404  404
POST honours:honour             our_withdrawn_honour in 404 404 403 404 403  302  403  403  404  404
GET  honours:wall               ours           in   404  200  200  404  200  200  200  200  404  404
GET  honours:member             our_person     in   404  404  200  404  200  200  200  200  404  404
GET  honours:member             themselves     in   404  200  200  404  200  200  200  200  404  404
GET  honours:uses               -              in   403  403  200  200  200  200  200  200  403  403
GET  honours:uses               in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  honours:talks              -              in   403  403  200  200  200  200  403  403  403  403
GET  honours:talks              in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  honours:use_new            -              in   403  403  200  200  200  200  403  403  403  403
GET  honours:use_new            for_person     in   403  403  200  404  200  200  403  403  403  403
GET  honours:use_void           our_use        in   404  404  200  404  200  200  403  403  404  404
POST honours:use_void           our_use        in   404  404  302  404  302  302  403  403  404  404

GET  documents:books            -              in   403  403  200  200  200  200  403  403  403  403
GET  documents:books            in_ours        in   403  403  200  404  200  200  403  403  403  403
POST documents:books            our_wish       in   403  403  302  422  302  302  403  403  403  403
POST documents:book_meeting     our_meeting_sheet in   404  404  302  404  302  302  403  403  404  404
GET  documents:book             our_book       in   404  404  200  404  404  404  404  404  404  404
GET  documents:book_file        our_book       in   404  404  200  404  404  404  404  404  404  404
POST documents:book_throw       our_book       in   404  404  302  404  404  404  404  404  404  404

GET  education:meetings         -              in   200  200  200  200  200  200  200  200  200  200
GET  education:meetings         in_ours        in   404  404  200  404  200  200  200  200  404  404
GET  education:record           record_ours    in   404  404  200  404  200  200  403  403  404  404
GET  education:worker           -              200  200  200  200  200  200  200  200  200  200  200
GET  education:compliance       in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  education:miss             our_miss       in   403  403  200  404  200  200  200  200  403  403
POST education:miss             our_miss       in   403  403  302  404  302  302  403  403  403  403
GET  planning:plan              -              in   403  403  200  200  200  200  200  200  403  403
GET  planning:plan              in_ours        in   403  403  200  404  200  200  200  200  403  403
POST planning:plan_make         ours_year      in   404  404  302  404  302  302  403  403  404  404
GET  planning:entry_new         in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  planning:entry             our_entry      in   404  404  200  404  200  200  403  403  404  404
GET  planning:talks             in_ours        in   200  200  200  404  200  200  200  200  200  200
GET  planning:talk_new          in_ours        in   403  403  200  404  200  200  403  403  403  403
POST planning:talk_void         heart_talk     in   404  403  302  404  302  302  403  403  404  404
GET  planning:campaigns         in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  planning:campaign_new      own_campaign   in   403  403  200  404  200  200  403  403  403  403
GET  planning:campaign          our_campaign   in   404  404  200  404  200  200  200  200  404  404
POST planning:campaign_act      our_step_done  in   404  404  302  404  302  302  403  403  404  404
GET  planning:campaign_file     result_file    in   404  404  200  404  200  200  200  200  404  404
GET  planning:templates         -              in   403  403  200  200  200  200  200  200  403  403
POST planning:templates         new_pattern    in   403  403  403  403  302  302  403  403  403  403
GET  education:requirements     -              in   403  403  200  200  200  200  200  200  403  403
POST education:requirements     new_often      in   403  403  403  403  403  302  403  403  403  403
GET  education:hours            -              in   200  200  200  200  200  200  200  200  200  200
GET  education:meeting          our_meeting    in   404  404  200  404  200  200  200  200  404  404
GET  education:meeting_edit     our_draft      in   404  404  200  404  200  200  403  403  404  404
POST education:meeting_confirm  our_draft      in   404  404  302  404  302  302  403  403  404  404
POST education:meeting_return   our_returned in   404  404  403  404  302  302  403  403  404  404
POST education:meeting_void     our_draft      in   404  404  302  404  302  302  403  403  404  404
GET  education:meeting_agenda   our_draft      in   404  404  200  404  200  200  403  403  404  404
GET  education:meeting_minutes  our_meeting    in   403  403  200  404  200  200  200  200  403  403
POST education:meeting_approve  our_meeting    in   404  404  302  404  302  302  403  403  404  404
GET  education:meeting_files    our_meeting    in   404  404  200  404  200  200  403  403  404  404
GET  education:meeting_file     our_file       in   404  404  200  404  200  200  200  200  404  404
POST education:meeting_file_remove our_file    in   404  404  302  404  302  302  403  403  404  404
GET  education:sign_in          in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  education:leaves           -              in   200  200  200  200  200  200  200  200  200  200
GET  education:leave_new        -              in   403  200  403  403  403  403  403  403  403  403
GET  education:leave            our_leave      in   404  404  200  404  200  200  200  200  404  404
POST education:leave            our_leave      in   404  404  302  404  302  302  403  403  404  404
GET  education:exclusions       -              in   403  403  200  200  200  200  200  200  403  403
GET  education:exclusion_new    in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  education:exclusion        our_exclusion  in   404  404  200  404  200  200  200  200  404  404
POST education:exclusion        our_exclusion  in   404  404  403  404  302  302  403  403  404  404
GET  motions:motions            -              in   200  200  200  200  200  200  200  200  200  200
GET  motions:motion_new         in_ours        in   404  404  200  404  200  200  403  403  404  404
GET  motions:motion             our_ballot     in   404  200  200  404  200  200  200  200  404  404
GET  motions:motion_open        our_motion     in   404  404  200  404  200  200  403  403  404  404
POST motions:motion_void        our_motion     in   404  404  302  404  302  302  403  403  404  404
GET  motions:opinion            our_motion     in   404  404  200  404  200  200  403  403  404  404
GET  motions:opinion_file       our_opinion    in   404  404  200  404  200  200  403  403  404  404
GET  motions:ballots            our_ballot     in   404  403  200  404  200  200  403  403  404  404
GET  motions:count              our_ballot     in   404  403  200  404  200  200  403  403  404  404
GET  motions:vote               our_urn        in   404  200  200  404  200  200  200  200  404  404
POST motions:close              our_urn        in   404  403  302  404  302  302  403  403  404  404
GET  education:checks           -              in   403  403  403  403  200  200  403  403  403  403
GET  education:check_new        -              in   403  403  403  403  200  200  403  403  403  403
GET  education:check            our_check      in   403  403  403  403  200  200  403  403  403  403
POST education:check            our_check      in   403  403  403  403  302  302  403  403  403  403
GET  signals:questions          -              in   403  403  200  200  200  200  403  403  403  403
GET  signals:questions          in_ours        in   403  403  200  404  200  200  403  403  403  403
POST signals:look               -              in   403  403  403  403  302  302  403  403  403  403
GET  signals:question           our_question   in   404  404  403  404  200  200  403  403  404  404
GET  signals:question           asked_of_ours  in   404  404  200  404  200  200  403  403  404  404
POST signals:question_act       lay_aside_ours in   404  404  403  404  302  302  403  403  404  404
POST signals:question_act       ask_ours       in   404  404  403  404  302  302  403  403  404  404
POST signals:question_act       answer_ours    in   404  404  302  404  302  302  403  403  404  404

GET  study:courses              -              in   200  200  200  200  200  200  200  200  200  200
GET  study:course_new           -              in   403  403  403  403  200  200  403  403  403  403
GET  study:course               our_course     in   404  200  200  200  200  200  200  200  404  404
POST study:course_open          draft_course   in   404  404  404  404  302  302  403  403  404  404
POST study:course_close         our_course     in   404  403  403  403  302  302  403  403  404  404
GET  study:assign               our_course     in   404  403  403  403  200  200  403  403  404  404
POST study:assignment_end       our_required   in   404  404  403  404  302  302  403  403  404  404
GET  study:learners             our_studied    in   404  403  200  200  200  200  200  200  404  404
POST study:learners             our_studied    in   404  403  302  302  302  302  403  403  404  404
POST study:withdraw             our_studied    in   404  403  403  403  302  302  403  403  404  404
GET  study:lesson               our_lesson     in   404  200  200  200  200  200  200  200  404  404
POST study:lesson_position      our_position   in   404  204  404  404  404  404  404  404  404  404
GET  study:lesson_file          our_lesson     in   404  200  200  200  200  200  200  200  404  404
GET  study:lesson_new           draft_course   in   404  404  404  404  200  200  403  403  404  404
POST study:lesson_remove        draft_lesson   in   404  404  404  404  302  302  403  403  404  404
GET  study:bank                 our_course     in   404  403  403  403  200  200  403  403  404  404
GET  study:paper                our_course     in   404  403  403  403  200  200  403  403  404  404
POST study:question_retire      bank_question  in   404  403  403  403  302  302  403  403  404  404
POST study:attempt_new          our_test       in   404  302  403  403  403  403  403  403  404  404
GET  study:attempt              our_attempt    in   404  404  200  404  200  200  403  403  404  404
GET  study:sessions             -              in   403  403  200  200  200  200  200  200  403  403
GET  study:training_new         -              in   403  403  403  403  200  200  403  403  403  403
GET  study:session              our_training   in   404  404  404  404  200  200  200  200  404  404
POST study:session_confirm      our_training   in   404  404  404  404  302  302  403  403  404  404
POST study:session_void         our_training   in   404  404  404  404  302  302  403  403  404  404
GET  study:sites                -              in   403  403  200  200  200  200  200  200  403  403
GET  study:site_record          our_site       in   404  404  200  404  200  200  403  403  404  404
POST study:site_close           our_site       in   404  404  302  404  302  302  403  403  404  404
GET  study:table                in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  study:transcript           our_transcript in   404  404  200  404  200  200  200  200  404  404
GET  study:transcript           -              in   200  200  200  200  200  200  200  200  200  200

GET  development:cases          -              in   403  403  200  200  200  200  403  403  403  403
GET  development:cases          in_ours        in   403  403  200  404  200  200  403  403  403  403
GET  development:cases          cases_sheet    in   403  403  200  200  200  200  403  403  403  403
GET  development:new            -              in   403  403  200  200  200  200  403  403  403  403
GET  development:analysis       -              in   403  403  403  403  200  200  403  403  403  403
POST development:analysis       an_analysis    in   403  403  403  403  302  302  403  403  403  403
GET  development:rules          -              in   403  403  200  200  200  200  403  403  403  403
GET  development:member         our_young      in   404  404  200  404  200  200  403  403  404  404
POST development:member         our_young      in   404  404  302  404  302  302  403  403  404  404
GET  development:case           our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:edit           our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:step           our_talk       in   404  404  200  404  200  200  403  403  404  404
POST development:step           our_talk       in   404  404  302  404  302  302  403  403  404  404
GET  development:step           our_filing     in   404  404  403  404  200  200  403  403  404  404
GET  development:materials      our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:inspection     our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:publicity      our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:contacts       our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:move           our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:stop           our_applicant  in   404  404  200  404  200  200  403  403  404  404
POST development:stop           our_stop       in   404  404  302  404  302  302  403  403  404  404
GET  development:void           our_applicant  in   404  404  200  404  200  200  403  403  404  404
GET  development:postpone       our_applicant  in   404  404  200  404  200  200  403  403  404  404
"""

# Addresses whose answers are asserted elsewhere, by namespace or name, with where.
ELSEWHERE = {
    "healthz": "tests/test_demo.py: open to everybody, 200 or 503 by what runs",
    "admin": "test_access.py, below: the back office opens to the system admin alone",
    "api": "tests/api: the same scopes over tokens and sessions",
}

# Where a whole ID number may stand in an answer: it was asked for, and the audit log says by whom.
REVEALING = {("members:reveal", "our_person"), ("transfers:letter", "our_letter"), ("members:export", "whole_numbers")}

# Who may never read of our people, whatever they ask; and what would tell of them.
BLIND = {"anonymous", "outsider", "neighbour", "security_admin", "auditor"}


@dataclass(frozen=True)
class Ask:
    """What an address is asked with."""

    args: tuple = ()
    query: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)


def _our_figures(world: SimpleNamespace) -> Ask:
    kind, told = "partyportal.dashboard.tasks.export_in_job", {"organisation": world.tree.township.code, "year": 2026}
    done = {"state": Job.State.DONE, "result": {"name": "概况.xlsx"}}
    job = Job.objects.create(kind=kind, title="导出概况", params=told, created_by=world.committee, **done)
    file = figures_file(job)
    file.parent.mkdir(parents=True, exist_ok=True)
    with write_xlsx(["党组织"], [["山门镇"]]) as sheet:
        file.write_bytes(sheet.read())
    return Ask((job.uid,))


def _ledger_file(world: SimpleNamespace) -> Ask:
    """An export whose file is no longer kept: gone for whoever asked for it, nobody else's business."""
    job = Job.objects.create(kind="points.tasks.export_in_job", title="导出账本", state="done", created_by=world.department)
    return Ask((job.uid,))


def _our_job(world: SimpleNamespace) -> Ask:
    job = Job.objects.create(
        kind="partyportal.core.tasks.resume_jobs", title="写入高家杨村名册", state=Job.State.FAILED, created_by=world.secretary
    )
    return Ask((job.uid,))


def _waiting_grant(world: SimpleNamespace) -> Ask:
    proposer = User.objects.filter(username="proposer").first() or make_user("提议人", username="proposer")
    held = Grant.objects.filter(user=proposer).exists() or make_grant(proposer, world.tree.county, "security_admin")
    assert held
    grant = grants.propose(user=world.outsider, organisation=world.tree.far, role="reader", start=date(2026, 1, 1), by=proposer)
    return Ask((grant.uid,))


def _our_notice(world: SimpleNamespace) -> Ask:
    notice = Notice.objects.create(user=world.secretary, key="education:1", title="补记 10 月支委会", url="/more/")
    return Ask((notice.uid,))


def _our_card(world: SimpleNamespace) -> Card:
    assessments.recompute(year=date.today().year, today=date.today(), organisations=[world.tree.ours])
    return Card.objects.get(organisation=world.tree.ours)


def _meeting(world: SimpleNamespace, **fields) -> Meeting:
    meeting = Meeting.objects.create(
        **{
            "organisation": world.tree.ours,
            "kind": "theme_day",
            "held_on": date(2026, 3, 10),
            "topic": "义务植树",
            "recorded_by": world.secretary,
        }
        | fields
    )
    Attendance.objects.create(meeting=meeting, member=world.person)
    return meeting


def _our_meeting(world: SimpleNamespace, **data) -> Ask:
    return Ask((_meeting(world, state="confirmed", confirmed_at=timezone.now()).uid,), data=data)


def _our_book(world: SimpleNamespace) -> Ask:
    job = Job.objects.create(kind="education.documents.tasks.make_book", title="台账", state=Job.State.DONE, created_by=world.secretary)
    told = {"made_at": timezone.now(), "expires_at": timezone.now() + timedelta(days=7), "files": 1, "size": 8, "digest": "0" * 64}
    book = Book.objects.create(
        organisation=world.tree.ours,
        span="year",
        start=date(2026, 1, 1),
        form="pdf",
        as_of=date(2026, 3, 1),
        job=job,
        asked_by=world.secretary,
        **told,
    )
    sealed = crypto.encrypt(b"%PDF-1.4", context=book.uid.bytes)
    Piece.objects.create(book=book, branch=world.tree.ours, name="台账.pdf", form="pdf", size=8, digest="0" * 64, sealed=sealed)
    return Ask((book.uid,))


def _our_draft(world: SimpleNamespace) -> Ask:
    return Ask((_meeting(world).uid,))


def _our_file(world: SimpleNamespace) -> Ask:
    meeting = _meeting(world)
    (kept,) = attachments.store([SimpleUploadedFile("1.jpg", b"\xff\xd8\xff\xe0")], by=meeting.recorded_by)
    return Ask((MeetingFile.objects.create(meeting=meeting, attachment=kept, digest=kept.digest, added_by=meeting.recorded_by).uid,))


def _our_leave(world: SimpleNamespace) -> Ask:
    asker = User.objects.filter(username="asker").first() or make_user("请假人", username="asker")
    leave = Leave.objects.create(organisation=world.tree.ours, member=world.person, day=timezone.localdate(), reason="away", asked_by=asker)
    return Ask((leave.uid,), data={"act": "grant"})


def _our_exclusion(world: SimpleNamespace) -> Ask:
    meeting = _meeting(world, state="confirmed", confirmed_at=timezone.now())
    row = RollExclusion.objects.create(
        organisation=world.tree.ours,
        member=world.person,
        reason="grave",
        start=meeting.held_on,
        end=meeting.held_on + timedelta(days=300),
        agreed_at=meeting,
        proposed_by=meeting.recorded_by,
    )
    return Ask((row.uid,), data={"act": "answer", "number": "山门组〔2026〕12号"})


def _our_check(world: SimpleNamespace) -> Ask:
    meeting = _meeting(world, state="confirmed", confirmed_at=timezone.now())
    check = SpotCheck.objects.create(
        organisation=world.tree.township,
        since=meeting.held_on,
        until=meeting.held_on,
        seed="0" * 32,
        population=1,
        drawn_on=timezone.localdate(),
        drawn_by=world.committee,
    )
    DrawnMeeting.objects.create(spot_check=check, meeting=meeting, position=1)
    return Ask((check.uid,), data={"position": "1"})


def _our_question(world: SimpleNamespace, act: str = "", *, asked: bool = False) -> Ask:
    """What a night found of our quarter's records; by one who is none of the cast, so that any of them may act."""
    day = date(2026, 3, 31)
    found = Question.objects.create(
        kind="burst", key="burst:ours", organisation=world.tree.ours, since=date(2026, 1, 1), until=day, digest="3/6",
        numbers={"late": 3, "recorded": 6, "latest": 60}, found_on=day, acted_on=day,
        **({"state": "asked", "asked_on": day} if asked else {}),
    )  # fmt: skip
    return Ask((found.uid, act), data={"note": "核过了", "version": 1}) if act else Ask((found.uid,))


def _our_award(world: SimpleNamespace) -> Ask:
    filer = make_user("登记人", username="filer")
    award = Award.objects.create(
        member=world.person,
        organisation=world.tree.ours,
        item_code="volunteer",
        fact_kind="manual.volunteer",
        day=date(2026, 3, 10),
        title="护林巡查",
        evidence="巡山记录",
        filed_by=filer,
    )
    return Ask((award.uid,), data={"decision": "refuse", "reason": "没有依据"})


def _motion(world: SimpleNamespace, method: str = "hands", state: str = "draft") -> Motion:
    """A 支委会's motion; once open, 刘明 and 潘山洋 stand on its roll."""
    watchers = {"teller": world.person, "counter": make_member(world.tree.ours, "计票人")} if method == "paper" else {}
    held = Motion.objects.create(
        organisation=world.tree.ours, kind="committee", method=method, title="慰问", held_on=timezone.localdate(), state=state, **watchers
    )
    if state == "open":
        Voter.objects.bulk_create([Voter(motion=held, member=one, is_present=True) for one in (world.member, world.person)])
    return held


def _written_opinion(world: SimpleNamespace) -> Ask:
    held = _motion(world)
    said = {"choice": "for", "received_on": timezone.localdate(), "recorded_by": world.secretary}
    opinion = Opinion.objects.create(motion=held, member=world.person, **said)
    (file,) = attachments.store([SimpleUploadedFile("意见.png", b"\x89PNG\r\n\x1a\n1")], by=world.secretary)
    opinion.files.add(file)
    return Ask((held.uid, opinion.uid, file.uid))


def _published(world: SimpleNamespace) -> Publication:
    today = timezone.localdate()
    held, made = Publication.objects.get_or_create(
        organisation=world.tree.ours,
        year=today.year,
        quarter=1,
        defaults={"published_on": today, "until": today, "as_of": timezone.now(), "categories": [], "published_by": world.secretary},
    )
    if made:
        for one in (world.person, world.member):
            SheetLine.objects.create(publication=held, member=one, points=3, to_date=3)
    return held


def _dispute(world: SimpleNamespace, act: str = "", *, own: bool = False) -> Ask:
    person = world.member if own else world.person
    by = world.member.user if own else make_user("提出人", username="objector")
    today = timezone.localdate()
    one = Objection.objects.create(
        publication=_published(world), member=person, what="少记了一次", filed_by=by, filed_on=today, acted_on=today
    )
    return Ask((one.uid, act) if act else (one.uid,), data={"note": "问过了", "version": 1})


def _dispute_photo(world: SimpleNamespace) -> Ask:
    one = Objection.objects.get(uid=_dispute(world).args[0])
    one.files.set(attachments.store([SimpleUploadedFile("1.jpg", b"\xff\xd8\xff\xe0")], by=one.filed_by))
    return Ask((one.uid, one.files.get().uid))


def _fact_of(member) -> Ask:
    happened(deed(member, date(2026, 3, 10)))
    return Ask((member.facts.get().uid,))


def _our_confirmed(world: SimpleNamespace) -> Ask:
    ask = _our_award(world)
    second = make_user("认定人", username="second")
    Award.objects.filter(uid=ask.args[0]).update(state="confirmed", decided_by=second, decided_at=timezone.now())
    return Ask(ask.args, data={"reason": "值班表上没有"})


def _our_photo(world: SimpleNamespace) -> Ask:
    ask = _our_award(world)
    award = Award.objects.get(uid=ask.args[0])
    award.files.set(attachments.store([SimpleUploadedFile("1.jpg", b"\xff\xd8\xff\xe0")], by=award.filed_by))
    return Ask((award.uid, award.files.get().uid))


def _our_written(world: SimpleNamespace) -> Ask:
    batch = ImportBatch.objects.create(
        organisation=world.tree.township,
        file_name="山门镇.xlsx",
        day=date(2026, 11, 1),
        state=ImportBatch.State.COMMITTED,
        created_by=world.committee,
        committed_by=world.committee,
        committed_at=timezone.now(),
    )
    return Ask((batch.uid,))


def _our_applicant(world: SimpleNamespace, code: str = "", **data) -> Ask:
    person = make_applicant(world.tree.ours, world.secretary, name="申请人")
    return Ask((person.uid, code) if code else (person.uid,), data=data)


def _our_young(world: SimpleNamespace) -> Ask:
    joined = date(2026, 1, 20)
    young = make_member(world.tree.ours, "预备的", category="probationary", joined_on=joined, full_on=None, start=joined)
    return Ask((young.uid,))


def _our_batch(world: SimpleNamespace) -> Ask:
    batch = ImportBatch.objects.create(
        organisation=world.tree.township,
        file_name="山门镇.xlsx",
        day=date(2026, 11, 1),
        state=ImportBatch.State.READY,
        created_by=world.committee,
    )
    return Ask((batch.uid,))


def _our_two(world: SimpleNamespace) -> Ask:
    return Ask((world.person.uid, make_member(world.tree.ours, world.person.name).uid), data={"act": "merge"})


def _our_pair(world: SimpleNamespace) -> Ask:
    one, other = _our_two(world).args
    return Ask(data={"one": one, "other": other})


def _our_merge(world: SimpleNamespace) -> Ask:
    other = make_member(world.tree.ours, world.person.name)
    return Ask((merging.merge(world.person, other, by=make_user("合并人"), on=timezone.localdate()).merge.uid,))


def _our_paper(world: SimpleNamespace) -> Ask:
    paper = hosting.attest(
        make_outflow(world.person),
        day=date(2026, 9, 5),
        kind="theme_day",
        host_name="长安镇流动党员党支部",
        topic="义务清扫",
        evidence="回执",
        today=TODAY,
        by=world.secretary,
    )
    return Ask((paper.uid,))


def _our_course(world: SimpleNamespace, *, opened: bool = True, tested: bool = False) -> Course:
    teacher = make_user("讲师", username="teacher")
    return (make_tested_course if tested else make_course)(world.tree.township, teacher, **({} if tested or opened else {"open_on": None}))


def _our_lesson(world: SimpleNamespace, **data) -> Ask:
    """A lesson of a document, in a course that is open."""
    course, today = _our_course(world, opened=False), timezone.localdate()
    pdf = SimpleUploadedFile("1.pdf", b"%PDF-1.7")
    said = {"kind": "file", "title": "讲义", "minutes": 45, "uploads": [pdf], "today": today}
    made = study.add_lesson(course, by=course.created_by, **said)
    study.open_course(course, by=course.created_by, today=today)
    return Ask((made.uid,), data=data)


def _our_required(world: SimpleNamespace) -> Ask:
    course, today = _our_course(world), timezone.localdate()
    made = study.assign(course, organisation=world.tree.ours, due_on=today, by=course.created_by, today=today)
    return Ask((made.uid,), data={"reason": "改期"})


def _our_studied(world: SimpleNamespace) -> Ask:
    """Our person has studied, which the neighbour must not read."""
    course, now = _our_course(world), timezone.now()
    world.person.user = make_user("潘山洋", username="studious")
    world.person.save(update_fields=["user"])
    finish(course, world.person, now=now)
    return Ask((course.uid,), data={"members": str(world.person.uid), "member": str(world.person.uid), "reason": "记错"})


def _bank_question(world: SimpleNamespace) -> Ask:
    course = _our_course(world)
    make_bank(course, course.created_by, count=1)
    return Ask((BankQuestion.objects.get().uid,))


def _our_attempt(world: SimpleNamespace) -> Ask:
    paper, now = _our_course(world, tested=True).paper, timezone.now()
    made = Attempt.objects.create(
        paper=paper, member=world.person, number=1, seed=1, questions=[], started_at=now, submitted_at=now, correct=0
    )
    return Ask((made.uid,))


def _our_training(world: SimpleNamespace) -> Ask:
    today = timezone.localdate()
    said = {"organisation": world.tree.township, "title": "培训班", "starts_on": today, "half_days": 1, "members": [world.person]}
    return Ask((study.record_session(by=make_user("登记人", username="recorder"), today=today, **said).uid,), data={"reason": "没有办"})


def _our_site(world: SimpleNamespace) -> Ask:
    today = timezone.localdate()
    said = {"organisation": world.tree.ours, "name": "远教站点", "place": "村部", "opened_on": today, "today": today}
    return Ask((study.open_site(by=make_user("登记人", username="opener"), **said).uid,))


def _far_hosting(world: SimpleNamespace, *, accepted: bool = True, **data) -> Ask:
    return Ask((make_hosting(make_outflow(world.person), world.tree.far, accepted=accepted).uid,), data=data)


def _our_inflow(world: SimpleNamespace) -> Ask:
    inflow = inflows.register_inflow(
        branch=world.tree.ours, name="外来人", phone="18900001234", province="62", home="礼县某村党支部", start=START, today=TODAY, by=None
    )
    return Ask((inflow.uid,), data={"what": "reported_on", "reason": "left", "on": "2026-11-01"})


def _our_dispatch(world: SimpleNamespace) -> Dispatch:
    return Dispatch.objects.create(
        kind="counsellor", member=world.person, organisation=world.tree.ours, task="指导三会一课", start=date(2026, 1, 1)
    )


def _station(world: SimpleNamespace):
    return make_station(world.tree.ours, today=timezone.localdate())


def _booking(world: SimpleNamespace, by) -> Booking:
    day, now = timezone.localdate() + timedelta(days=7), timezone.now()
    room = make_room(_station(world))
    return Booking.objects.create(
        room=room,
        organisation=world.tree.ours,
        starts_at=now + timedelta(days=7),
        ends_at=now + timedelta(days=7, hours=1),
        purpose=f"{day}",
        people=9,
        asked_by=by,
    )


def _self_check(world: SimpleNamespace) -> SelfCheck:
    today, station = timezone.localdate(), _station(world)
    missing = found(station, missing=[1], mend_by=today + timedelta(days=9))
    return standards.check(station, found=missing, day=today, by=world.secretary, today=today)


def _display(world: SimpleNamespace):
    today, file = timezone.localdate(), SimpleUploadedFile("wall.jpg", b"\xff\xd8\xff\xe0 a wall")
    said = {"title": "值班表", "spot": "", "since": today, "until": today + timedelta(days=9)}
    return put_up(_station(world), **said, by=world.secretary, today=today, photos=[file])


def _matter(world: SimpleNamespace, **who) -> Ask:
    asked = take(_station(world), world.secretary, on=timezone.localdate(), **who)
    return Ask((asked.uid,), data={"words": "已办", "on": timezone.localdate()})


def _matter_done(world: SimpleNamespace) -> Ask:
    asked = _matter(world, member=world.person, asker="", asker_phone="")
    return Ask((*asked.args, "finish"), data=asked.data)


def _our_spell(world: SimpleNamespace) -> Ask:
    return Ask((put_on_duty(_station(world), member=world.person, start=date(2026, 1, 1), by=None).uid,))


def _our_exception(world: SimpleNamespace) -> Ask:
    today = timezone.localdate()
    row = make_exception(_station(world), day=today, opens=None, closes=None, why="防汛演练", by=world.secretary, today=today)
    return Ask((row.uid,))


def _our_visit(world: SimpleNamespace) -> Ask:
    visit = Visit.objects.create(dispatch=_our_dispatch(world), kind="guidance", day=date(2026, 3, 10), content="指导开主题党日")
    return Ask((visit.uid,))


def _our_area(world: SimpleNamespace) -> Ask:
    area = Area.objects.create(kind="grid", organisation=world.tree.ours, name="第一网格", start=date(2026, 1, 1))
    AreaDuty.objects.create(area=area, member=world.person, role="lead", start=date(2026, 1, 1))
    return Ask((area.uid,), data={"member": world.person.uid})


def _our_cadre(world: SimpleNamespace) -> Ask:
    row = Cultivation.objects.create(
        direction="reserve",
        organisation=world.tree.ours,
        member=world.person,
        source="skilled",
        plan="跟班学习",
        mentor=world.member,
        start=date(2026, 1, 1),
    )
    return Ask((row.uid,), data={"day": "2026-03-10", "content": "参加镇里培训"})


def _our_duty_card(world: SimpleNamespace) -> Ask:
    card = DutyCard.objects.create(
        organisation=world.tree.ours, title="组织委员", member=world.person, duties="管好党员名册", start=date(2026, 1, 1)
    )
    return Ask((card.uid,))


def _transfer(world: SimpleNamespace, person=None, *, by=None, today: date = date(2026, 3, 10)) -> Transfer:
    """One of ours on the way to the other township, as far as our branch's consent; by the member, as far as the application."""
    dues = today.replace(day=1) if by is None else None
    return transfers.apply(
        member=person or world.person,
        by=by or make_user("代办人", username="applier"),
        today=today,
        to_branch=world.tree.far,
        reason="work",
        dues_until=dues,
    )


def _fund_book(world: SimpleNamespace, organisation=None, kind: str = "operating"):
    """A book with money in it and a line to spend it on."""
    today = timezone.localdate()
    clerk = User.objects.filter(username="clerk").first() or make_user("出纳", username="clerk")
    other = User.objects.filter(username="checker").first() or make_user("会计", username="checker")
    book = fund.make_book(organisation or world.tree.ours, by=clerk, kind=kind, name="党建经费", today=today, since=today)
    fund.receive(book, "8000", by=clerk, second=other, kind="donation", donor="清源农商行", day=today, today=today)
    fund.make_line(book, "6000", year=today.year, by=clerk, today=today)
    return book, clerk


def _fund_source(world: SimpleNamespace):
    book, clerk = _fund_book(world)
    said = {"kind": "interest", "amount": Decimal("1.23"), "day": timezone.localdate(), "files": [fund.paper()]}
    return fund.sources.record(book=book, by=clerk, today=timezone.localdate(), **said)


def _fund_payslip(world: SimpleNamespace):
    book, clerk = _fund_book(world)
    said = {"amount": Decimal("88"), "title": "购学习用书", "files": [fund.paper()], "method": "cash", "today": timezone.localdate()}
    return fund.claims.spend(line=book.lines.get(), organisation=book.organisation, by=clerk, **said)


def _fund_month(world: SimpleNamespace):
    book, clerk = _fund_book(world)
    today = timezone.localdate()
    rows = write_xlsx(("日期", "收入", "支出"), [(today.isoformat(), "8000", "")]).read()
    said = {"month": today.replace(day=1), "closing": Decimal("8000"), "by": clerk, "today": today}
    return upload_bank(rows, account=book.accounts.get(is_bank=True), **said)


def _own_transfer(world: SimpleNamespace) -> Transfer:
    return _transfer(world, world.member, by=world.member.user)


def _tried(world: SimpleNamespace) -> Simulation:
    """A draft of the county's, tried by somebody."""
    draft = make_scheme(world.tree.county, {}, published=False)
    return simulate(draft, year=timezone.localdate().year, by=make_user("试算人", username="trier"))


def _our_letter(world: SimpleNamespace) -> Transfer:
    chief = make_user("镇党委", username="chief")
    make_grant(chief, world.tree.township, "committee")
    today = timezone.localdate()  # a letter that has run out opens no number
    return transfers.approve(_transfer(world, today=today), by=chief, today=today)


def _our_payment(world: SimpleNamespace) -> Payment:
    today = timezone.localdate()
    start = today.replace(month=1, day=1)
    line = dues.BaseLine(kind="farmer", fixed=Decimal("0.50"))
    dues.set_bases(organisation=world.tree.ours, lines={world.person.pk: line}, start=start, by=None, today=today)
    until = today.replace(day=1)
    amount = Decimal("10")
    return dues.pay(world.person, until=until, amount=amount, day=today, method="cash", by=world.committee, today=today).payments.get()


def _our_sheet(world: SimpleNamespace) -> Ask:
    with write_xlsx(("姓名", "党员类别", "每月交"), [(world.person.name, "农民", "0.5")]) as file:
        sheet = sheets.upload(
            file.read(), "党费.xlsx", what="bases", organisation=world.tree.ours, by=world.secretary, today=timezone.localdate()
        )
    return Ask((sheet.uid,))


def _our_exemption(world: SimpleNamespace) -> Ask:
    today = timezone.localdate()
    asked = {"start": today, "until": today, "monthly": Decimal(0), "reason": "患病住院", "by": world.secretary, "today": today}
    return Ask((dues.file_exemption(world.person, **asked).uid,), data={"decision": "refuse", "refusal": "不符合"})


def _our_office(world: SimpleNamespace) -> Ask:
    office = Office.objects.create(member=world.person, organisation=world.tree.ours, position="deputy", start=date(2024, 1, 1))
    return Ask((office.uid,), data={"on": timezone.localdate().isoformat(), "reason": "resigned"})


def _our_term(world: SimpleNamespace) -> Ask:
    term = Term.objects.create(organisation=world.tree.ours, number=1, start=date(2024, 3, 1), due_on=date(2029, 3, 1), basis="〔1〕")
    return Ask((term.uid,), data={"kind": "extended", "until": "2029-09-01", "reason": "村改居", "basis": "〔2〕"})


def _appointment(world: SimpleNamespace) -> Ask:
    said = {"member": world.person.uid, "position": "secretary", "start": "2026-01-01", "way": "opening"}
    return Ask(query={"organisation": world.tree.ours.code}, data=said)


def _leaving(world: SimpleNamespace, reason: str) -> Ask:
    return Ask((world.person.uid,), data={"reason": reason, "on": "2026-01-01", "basis": "〔3〕"})


def _condolence(world: SimpleNamespace):
    recorder = make_user("登记去世的人", username="recorder")
    return record_death(world.person, died_on=date(2026, 1, 1), by=recorder, today=timezone.localdate())


def _our_step(world: SimpleNamespace) -> Ask:
    said = {"outcome": "done", "done_on": timezone.localdate().isoformat(), "who": "郑月"}
    return Ask((_condolence(world).steps.first().uid,), data=said)


# ── 走访帮扶 ─────────────────────────────────────────────────────────────────
def _made_visit(world: SimpleNamespace, *, own=False):
    return make_outing(world.tree.ours, [world.member if own else world.person], by=world.secretary).visits.get()


def _call_on_ours(world: SimpleNamespace) -> Ask:
    said = {"uid": str(uuid4()), "kind": "call", "day": timezone.localdate().isoformat(), "companions": "镇民政办"}
    return Ask(query={"organisation": world.tree.ours.code, "member": str(world.person.uid)}, data=said)


def _own_pair(world: SimpleNamespace) -> Ask:
    said = {"uid": str(uuid4()), "day": timezone.localdate().isoformat(), "reason": "done", "on": timezone.localdate().isoformat()}
    return Ask((make_pair(world.person, helper=world.member).uid,), data=said)


# ── 应关怀名单 ────────────────────────────────────────────────────────────────
def _hardship(world: SimpleNamespace, files=()) -> Condition:
    said = {"kind": "hardship", "start": timezone.localdate() - timedelta(days=400), "proof": "低保证", "files": files}
    return conditions.record_condition(world.person, by=world.department, today=timezone.localdate(), **said)


def _our_paper_of(world: SimpleNamespace) -> Ask:
    held = _hardship(world, [SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n0")])
    return Ask((held.uid, held.files.get().uid))


def _our_fixed_list(world: SimpleNamespace) -> Ask:
    _hardship(world)
    criterion = Criterion.objects.get(code="hardship")
    fixed = fix_list(criterion, organisation=world.tree.ours, on=timezone.localdate(), purpose="春节走访", by=world.department)
    return Ask((fixed.uid,))


def _on_draft(*args, **data):
    """A target: the draft the portal brings, with more of the address and what is sent."""

    def target(world: SimpleNamespace) -> Ask:
        draft = CriterionVersion.objects.drafts().get(criterion__code="eighty-fifty")
        return Ask((draft.uid, *args), data={"revision": draft.revision} | data)

    return target


# ── 评比表彰 ─────────────────────────────────────────────────────────────────
def _call(world: SimpleNamespace) -> Call:
    today = timezone.localdate()
    said = {"kind": "outstanding_member", "title": "全县优秀共产党员", "document_number": "清组通〔2026〕18号", "words": "先锋模范"}
    days = {"issued_on": today, "opens_on": today, "closes_on": today + timedelta(days=9), "year": today.year}
    return honours.issue(organiser=world.tree.county, quota=5, by=_someone("经办人"), today=today, **said, **days)


def _someone(name: str) -> User:
    return User.objects.filter(name=name).first() or make_user(name)


def _nominee(world: SimpleNamespace, person=None, *, call: Call | None = None) -> Nomination:
    today = timezone.localdate()
    vote = {"meeting": "assembly", "met_on": today, "entitled": 20, "present": 15, "in_favour": 14}
    return honours.nominate(
        call or _call(world), member=person or world.person, deeds="带领群众种花椒", by=_someone("推荐人"), today=today, **vote
    )


def _public(world: SimpleNamespace, person=None, *, workdays=5) -> Nomination:
    """One of ours in a 公示 that runs today: its window is over by now."""
    row, today = _nominee(world, person), timezone.localdate()
    chief = User.objects.filter(username="judge").first() or make_user("审核人", username="judge")
    if not chief.__class__.objects.filter(pk=chief.pk, grants__isnull=False).exists():
        make_grant(chief, world.tree.county, "department")
    honours.approve(row, by=chief, today=today)
    yesterday = today - timedelta(days=1)
    Call.objects.filter(pk=row.call_id).update(issued_on=yesterday, opens_on=yesterday, closes_on=yesterday)
    honours.publicise(row.call, start=today, workdays=workdays, public_at="公开栏；组织股", by=chief, today=today)
    row.refresh_from_db()
    return row


def _our_objection(world: SimpleNamespace) -> Ask:
    row, today = _public(world), timezone.localdate()
    objection = honours.note_objection(row, content="账目没有公开", received_on=today, by=_someone("登记人"), today=today)
    return Ask((objection.uid,), data={"upheld": "no", "finding": "账目已经公开"})


def _honour(world: SimpleNamespace) -> Honour:
    row, today = _public(world), timezone.localdate()
    Call.objects.filter(pk=row.call_id).update(
        **{
            name: today - timedelta(days=days)
            for name, days in (("issued_on", 9), ("opens_on", 9), ("closes_on", 8), ("public_from", 7), ("public_until", 1))
        }
    )
    row.call.refresh_from_db()
    (honour,) = honours.decide(row.call, decision_number="清委〔2026〕12号", day=today, by=_someone("经办人"), today=today)
    return honour


def _our_use(world: SimpleNamespace) -> Ask:
    today = timezone.localdate()
    said = {"year": today.year, "result": "yellow", "outcome": "黄榜", "purpose": "talk", "day": today}
    use = honours.record_use(member=world.person, by=_someone("经办人"), today=today, **said)
    return Ask((use.uid,), data={"reason": "登错了人"})


def _draft_of_scheme(world):
    return schemes.begin_from_template(TEMPLATES[0], organisation=world.tree.county, start=date(2099, 1, 1), by=None)


def _our_piece(world, state="published"):
    """A deed of our branch, with a photo, written by somebody of the county who is not of the cast."""
    writer = make_user("县里写稿的", username="piece_writer")
    make_grant(writer, world.tree.county, "department")
    said = {"title": "清淤三公里", "text": "潘山洋带着大家清淤", "reach": "branch", "sort": "exemplar"}
    photo = SimpleUploadedFile("1.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40, "image/png")
    piece = pieces.draft(world.tree.ours, by=writer, today=timezone.localdate(), files=[photo], **said)
    if state != "draft":
        piece = pieces.submit(piece, by=writer, today=timezone.localdate())
    if state == "published":
        reviewer = make_user("县里审稿的", username="piece_reviewer")
        make_grant(reviewer, world.tree.county, "department")
        piece = pieces.publish(piece, by=reviewer, today=timezone.localdate())
    return piece


def _asked_of_piece(world, *, passed=True):
    """A question under it, asked by 潘山洋."""
    piece = _our_piece(world)
    asking = make_user("潘山洋", username="asking")
    world.person.user = asking
    world.person.save(update_fields=["user"])
    question = comments.say(piece, kind="question", text="花了多少钱？", by=asking, today=timezone.localdate())
    return comments.pass_(question, by=world.department, today=timezone.localdate()) if passed else question


def _own_pledge(world):
    today = timezone.localdate()
    return pledges.pledge(world.member, year=today.year, text="每月帮一天工", by=world.member.user, today=today)


def _own_post(world):
    today = timezone.localdate()
    said = {"kind": "vanguard", "title": "便民窗口", "start": today, "today": today}
    return Ask((pledges.give_post(world.member, by=world.department, **said).uid,))


def _own_deed_photo(world):
    today, photo = timezone.localdate(), SimpleUploadedFile("1.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40, "image/png")
    confirmed = pledges.confirm(_own_pledge(world), by=world.department, today=today)
    done = pledges.record_deed(confirmed, day=today, what="帮工", evidence="值班表", files=[photo], by=world.member.user, today=today)
    return Ask((done.uid, done.files.get().uid))


def _exemplar_ours(world):
    said = {"title": "清淤三公里", "text": "大家一起清淤", "reach": "branch"}
    return Ask(query={"sort": "exemplar", "organisation": world.tree.ours.code}, data=said)


def _entry(world: SimpleNamespace):
    today = timezone.localdate()
    return planning.add_entry(
        organisation=world.tree.ours, year=today.year, planned_on=today, kind="lecture", by=world.secretary, today=today
    )


def _talk(world: SimpleNamespace):
    today = timezone.localdate()
    other = make_member(world.tree.ours, "韩梅")
    return planning.record_talk(
        organisation=world.tree.ours,
        first=world.member,
        second=other,
        held_on=today,
        outcome="说了家里的难处",
        by=world.secretary,
        today=today,
    )


def _campaign(world: SimpleNamespace):
    today = timezone.localdate()
    said = {"theme": "volunteer", "name": "邻里守望", "goal": "结对 12 户", "starts_on": today, "ends_on": today + timedelta(days=90)}
    return planning.plan_campaign(organisation=world.tree.ours, steps=[(today, "摸底")], by=world.secretary, **said)


def _step_done(world: SimpleNamespace) -> Ask:
    campaign = _campaign(world)
    return Ask(args=[campaign.uid], data={"act": "step", "step": campaign.steps.get().uid})


def _result_file(world: SimpleNamespace) -> Ask:
    campaign, today = _campaign(world), timezone.localdate()
    photo = SimpleUploadedFile("照片.jpg", b"\xff\xd8\xff" + b"0" * 20)
    result = planning.record_result(campaign, day=today, words="走访 12 户", by=world.secretary, today=today, files=[photo])
    return Ask(args=[campaign.uid, result.files.get().uid])


def _aid(world: SimpleNamespace, member=None, **fields):
    """One of ours in need, applied for by the branch today."""
    today = timezone.localdate()
    programme = make_programme(start=today)
    fill_branch(world.tree.ours, 3)
    return make_case(programme, member or world.person, by=world.secretary, today=today, **fields)


def _aid_own(world: SimpleNamespace):
    today = timezone.localdate()
    return make_case(make_programme(start=today), world.member, by=world.member.user, today=today)


def _aid_hung(world: SimpleNamespace):
    """Its notice hangs; who took it there is none of the cast."""
    today, hands = timezone.localdate(), Department(world.tree.county)
    line = make_line(world.tree.county, by=hands.cashier, second=hands.checker, today=today)
    recorder = make_user("录入员")
    make_grant(recorder, world.tree.ours, "secretary")
    fill_branch(world.tree.ours, 4)
    case = make_case(make_programme(start=today), world.person, by=recorder, today=today)
    return advance(case, "publicity", secretary=recorder, committee=hands.checker, department=hands, line=line, today=today)


def _aid_doubted(world: SimpleNamespace):
    case = _aid_hung(world)
    return aid.receive_objection(case, words="他家有车", by=case.recorded_by, today=timezone.localdate())


def _aid_vote(world: SimpleNamespace) -> Ask:
    case = _aid(world)
    said = {"day": timezone.localdate(), "entitled": 3, "present": 3, "in_favour": 3, "against": 0, "version": case.version}
    return Ask((case.uid, "vote"), data=said)


def _aid_paper(world: SimpleNamespace) -> Ask:
    case = _aid(world, files=[SimpleUploadedFile("1.jpg", b"\xff\xd8\xff\xe0 a bill")])
    return Ask((case.uid, case.files.get().uid))


def _aid_new(world: SimpleNamespace) -> Ask:
    said = {"programme": make_programme(start=timezone.localdate()).uid, "amount": "100", "need": "手术", "asked_by": "branch"}
    return Ask(query={"member": world.person.uid}, data=said)


_PROGRAMME = {
    "code": "flood",
    "name": "灾害救助",
    "source": "清组发〔2026〕9号",
    "amount": "2000",
    "notice_days": "5",
    "follow_up_days": "60",
    "retention_years": "10",
}


TARGETS = {
    "aid_search": lambda world: Ask(query={"q": _aid(world).member.name}),
    "aid_listed": lambda world: Ask(data={"held": _aid(world).uid}),
    "aid_new": _aid_new,
    "aid_listing": lambda world: Ask(query={"list": Criterion.objects.order_by("position", "code").first().code}),
    "aid_review": lambda world: Ask(("review",), data={"held": _aid(world).uid}),
    "aid_programme": lambda world: Ask(data=_PROGRAMME | {"start": timezone.localdate()}),
    "aid_end": lambda world: Ask((make_programme(start=timezone.localdate() - timedelta(days=1)).uid,)),
    "aid_case": lambda world: Ask((_aid(world).uid,)),
    "aid_own": lambda world: Ask((_aid_own(world).uid,)),
    "aid_paper": _aid_paper,
    "aid_vote": _aid_vote,
    "aid_check": lambda world: Ask((_aid(world).uid, "review"), data={"version": "1"}),
    "aid_withdraw": lambda world: Ask((_aid_own(world).uid, "withdraw"), data={"note": "保险赔了", "version": "1"}),
    "aid_hung": lambda world: Ask((_aid_hung(world).uid,), data={"words": "他家有车"}),
    "aid_doubted": lambda world: Ask((_aid_doubted(world).uid,), data={"upheld": "no", "answer": "车是借的"}),
    "fund_new": lambda world: Ask(data={"organisation": world.tree.ours.code, "kind": "operating", "name": "党建经费"}),
    "fund_book": lambda world: Ask((_fund_book(world)[0].uid,)),
    "fund_county": lambda world: Ask((_fund_book(world, world.tree.county, "aid")[0].uid,)),
    "fund_line": lambda world: Ask((_fund_book(world)[0].uid,), data={"code": "02", "name": "报刊资料", "amount": "300"}),
    "fund_account": lambda world: Ask((_fund_book(world)[0].accounts.get(is_bank=True).uid,)),
    "fund_income": lambda world: Ask(
        ((book := _fund_book(world)[0]).uid,),
        data={
            "kind": "interest",
            "amount": "1",
            "day": timezone.localdate(),
            "account": book.accounts.get(is_bank=True).pk,
            "reference": "息1",
        },
    ),
    "fund_source": lambda world: Ask((_fund_source(world).uid,), data={"reason": "重复"}),
    "fund_gift": lambda world: Ask((_fund_book(world)[0].sources.get().uid,)),
    "fund_expense": lambda world: Ask((_fund_payslip(world).claim.uid,)),
    "fund_payslip": lambda world: Ask((_fund_payslip(world).uid,), data={"reason": "户名不符"}),
    "fund_voucher": lambda world: Ask((_fund_book(world)[0].vouchers.get().uid,), data={"reason": "重复入账"}),
    "fund_month": lambda world: Ask((_fund_month(world).uid,)),
    "our_call": lambda world: Ask((_call(world).uid,)),
    "our_call_ours": lambda world: Ask((_call(world).uid,), {"organisation": world.tree.ours.code}),
    "extend_ours": lambda world: Ask(
        (_call(world).uid, "extend"), data={"closes_on": timezone.localdate() + timedelta(days=20), "note": "两个镇还没有开会"}
    ),
    "our_notice_up": lambda world: Ask((_public(world, world.member).call.uid,)),
    "our_nominee": lambda world: Ask((_nominee(world).uid,)),
    "approve_nominee": lambda world: Ask((_nominee(world).uid, "approve")),
    "withdraw_nominee": lambda world: Ask((_nominee(world).uid, "withdraw"), data={"note": "事迹要重写"}),
    "our_objection": _our_objection,
    "our_honour": lambda world: Ask((_honour(world).uid,)),
    "our_withdrawn_honour": lambda world: Ask(
        (_honour(world).uid,), data={"day": timezone.localdate(), "document_number": "清委〔2026〕30号", "reason": "事迹不实"}
    ),
    "honours_sheet": lambda world: Ask(query={"format": "xlsx"}),
    "our_use": _our_use,
    "stations_sheet": lambda world: Ask(query={"format": "xlsx"}),
    "our_station": lambda world: Ask((_station(world).uid,), data={"start": timezone.localdate()}),
    "our_room": lambda world: Ask((make_room(_station(world)).uid,)),
    "our_exception": _our_exception,
    "our_spell": _our_spell,
    "our_booking": lambda world: Ask((_booking(world, world.secretary).uid,)),
    "answer_booking": lambda world: Ask((_booking(world, _someone("约的人")).uid, "confirm"), data={"why": ""}),
    "cancel_booking": lambda world: Ask((_booking(world, world.member.user).uid, "cancel"), data={"why": "改期"}),
    "a_standard": lambda world: Ask(
        ("village_point",), data={"required": "有牌子", "every": "12", "source": "县里定", "start": timezone.localdate()}
    ),
    "our_self_check": lambda world: Ask((_self_check(world).uid,)),
    "accept_check": lambda world: Ask((_self_check(world).uid, "accept"), data={"note": "去看过"}),
    "our_missing": lambda world: Ask((_self_check(world).lines.get(is_met=False).uid,), data={"how": "挂上了", "on": timezone.localdate()}),
    "our_display": lambda world: Ask((_display(world).uid,)),
    "our_wall_photo": lambda world: Ask((_display(world).photos.get().uid,)),
    "our_request": lambda world: _matter(world, member=world.person, asker="", asker_phone=""),
    "own_request": lambda world: _matter(world, member=world.member, asker="", asker_phone=""),
    "finish_request": _matter_done,
    "our_villager": lambda world: _matter(world),
    "grids": lambda world: Ask(query={"tab": "grids"}),
    "cadres": lambda world: Ask(query={"tab": "cadres"}),
    "cards": lambda world: Ask(query={"tab": "cards"}),
    "our_dispatch": lambda world: Ask((_our_dispatch(world).uid,), data={"kind": "errand", "day": "2026-03-10", "content": "修水渠"}),
    "our_visit": _our_visit,
    "our_area": _our_area,
    "our_cadre": _our_cadre,
    "our_duty_card": _our_duty_card,
    "-": lambda world: Ask(),
    "search": lambda world: Ask(query={"q": world.person.name}),
    "ours": lambda world: Ask((world.tree.ours.code,)),
    "ours_power": lambda world: Ask((world.tree.ours.code,), data={"act": "give", "power": "own_scheme"}),
    "county": lambda world: Ask((world.tree.county.code,)),
    "our_course": lambda world: Ask((_our_course(world).uid,), data={"reason": "换新版"}),
    "draft_course": lambda world: Ask((_our_course(world, opened=False).uid,)),
    "draft_lesson": lambda world: Ask((_our_course(world, opened=False).lessons.first().uid,)),
    "our_test": lambda world: Ask((_our_course(world, tested=True).uid,)),
    "our_required": _our_required,
    "our_studied": _our_studied,
    "our_lesson": _our_lesson,
    "our_position": lambda world: _our_lesson(world, position="30"),
    "bank_question": _bank_question,
    "our_attempt": _our_attempt,
    "our_training": _our_training,
    "our_site": _our_site,
    "our_transcript": lambda world: Ask(query={"member": str(world.person.uid)}),
    "ours_year": lambda world: Ask(data={"organisation": world.tree.ours.code, "year": timezone.localdate().year}),
    "our_entry": lambda world: Ask(args=[_entry(world).uid]),
    "heart_talk": lambda world: Ask(args=[_talk(world).uid], data={"why": "记错了人"}),
    "own_campaign": lambda world: Ask(query={"organisation": world.tree.ours.code, "template": "own"}),
    "our_campaign": lambda world: Ask(args=[_campaign(world).uid]),
    "our_step_done": lambda world: _step_done(world),
    "result_file": lambda world: _result_file(world),
    "new_pattern": lambda world: Ask(data={"theme": "wall", "name": "文化墙", "purpose": "村史上墙", "when_0": 0, "what_0": "征集"}),
    "our_miss": lambda world: Ask(
        query={"organisation": world.tree.ours.code, "kind": "theme_day", "month": "2024-09"},
        data={"act": "explain", "reason": "farming", "words": "秋收"},
    ),
    "new_often": lambda world: Ask(
        data={"kind": "lecture", "period": "quarter", "times": 1, "source": "县里决定", "start": timezone.localdate()}
    ),
    "finding": lambda world: Ask(query={"organisation": world.tree.ours.code, "finding": "no_education"}),
    "parameter": lambda world: Ask(query={"parameter": "members.stale_months"}),
    "new_value": lambda world: Ask(query={"parameter": "members.stale_months"}, data={"value": "18", "start": "2099-01-01"}),
    "nowhere": lambda world: Ask(("no-such-code",)),
    "in_ours": lambda world: Ask(query={"organisation": world.tree.ours.code}),
    "in_far": lambda world: Ask(query={"organisation": world.tree.far.code}),
    "whole_numbers": lambda world: Ask(data={"numbers": "whole"}),
    "our_person": lambda world: Ask((world.person.uid,)),
    "themselves": lambda world: Ask((world.member.uid,)),
    "our_job": _our_job,
    "ledger_file": _ledger_file,
    "our_figures": _our_figures,
    "our_notice": _our_notice,
    "our_card": lambda world: Ask((_our_card(world).uid,)),
    "our_evidence": lambda world: Ask((_our_card(world).uid, "roster")),
    "weights": lambda world: Ask(data={"meetings": "60", "roster": "20", "coverage": "20"}),
    "account": lambda world: Ask((world.secretary.uid,)),
    "account_reset": lambda world: Ask((world.secretary.uid,), data={"act": "reset"}),
    "newcomer": lambda world: Ask(data={"name": "肖斌"}),
    "our_grant": lambda world: Ask((world.secretary.grants.get().uid,)),
    "new_grant": lambda world: Ask(data={"user": "outsider", "organisation": world.tree.far.code, "role": "reader", "start": "2026-01-01"}),
    "waiting_grant": _waiting_grant,
    "our_meeting": _our_meeting,
    "our_wish": lambda world: Ask(
        data={"organisation": world.tree.ours.code, "span": "year", "year": timezone.localdate().year, "month": "", "form": "pdf"}
    ),
    "our_meeting_sheet": lambda world: _our_meeting(world, form="pdf"),
    "our_book": _our_book,
    "our_returned": lambda world: _our_meeting(world, reason="人数不符"),
    "our_draft": _our_draft,
    "our_file": _our_file,
    "our_leave": _our_leave,
    "our_exclusion": _our_exclusion,
    "our_check": _our_check,
    "our_question": _our_question,
    "asked_of_ours": lambda world: _our_question(world, asked=True),
    "lay_aside_ours": lambda world: _our_question(world, "dismiss"),
    "ask_ours": lambda world: _our_question(world, "ask"),
    "answer_ours": lambda world: _our_question(world, "answer", asked=True),
    "record_ours": lambda world: Ask(query={"organisation": world.tree.ours.code, "kind": "theme_day", "month": "2026-03"}),
    "our_award": _our_award,
    "our_choice": lambda world: Ask(data={"chosen": _our_award(world).args[0]}),
    "our_confirmed": _our_confirmed,
    "our_photo": _our_photo,
    "in_work": lambda world: Ask(query={"tab": "work"}),
    "exemplar_ours": _exemplar_ours,
    "our_draft_piece": lambda world: Ask((_our_piece(world, state="draft").uid,)),
    "our_piece": lambda world: Ask((_our_piece(world).uid,)),
    "submit_our_piece": lambda world: Ask((_our_piece(world, state="draft").uid, "submit")),
    "review_our_piece": lambda world: Ask((_our_piece(world, state="submitted").uid, "publish")),
    "withdraw_our_piece": lambda world: Ask((_our_piece(world).uid, "withdraw"), data={"note": "写错了"}),
    "our_piece_photo": lambda world: Ask(((piece := _our_piece(world)).uid, piece.edition.files.get().uid)),
    "own_pledge": lambda world: Ask((_own_pledge(world).uid,)),
    "confirm_own": lambda world: Ask((_own_pledge(world).uid, "confirm")),
    "rewrite_own": lambda world: Ask((_own_pledge(world).uid, "rewrite"), data={"text": "每周帮一天工"}),
    "own_post": _own_post,
    "own_deed_photo": _own_deed_photo,
    "to_answer": lambda world: Ask(query={"tab": "answer"}),
    "say_of_ours": lambda world: Ask((_our_piece(world).uid,), data={"kind": "question", "text": "花了多少钱？"}),
    "held_of_ours": lambda world: Ask((_asked_of_piece(world, passed=False).uid,)),
    "said_of_ours": lambda world: Ask((_asked_of_piece(world).uid,)),
    "pass_of_ours": lambda world: Ask((_asked_of_piece(world, passed=False).uid, "pass")),
    "answer_of_ours": lambda world: Ask((_asked_of_piece(world).uid, "answer"), data={"note": "三千元。"}),
    "report_of_ours": lambda world: Ask((_asked_of_piece(world).uid, "report"), data={"note": "不实"}),
    "our_motion": lambda world: Ask((_motion(world).uid,), data={"reason": "名单错了", "version": "1"}),
    "our_ballot": lambda world: Ask((_motion(world, "paper", "open").uid,)),
    "our_urn": lambda world: Ask((_motion(world, "online", "open").uid,)),
    "our_opinion": _written_opinion,
    "our_published": lambda world: Ask((_published(world).uid,)),
    "our_line": lambda world: Ask((_published(world).uid,), query={"member": world.person.uid}),
    "own_line": lambda world: Ask((_published(world).uid,)),
    "our_dispute": _dispute,
    "own_fact": lambda world: _fact_of(world.member),
    "own_dispute": lambda world: _dispute(world, own=True),
    "hear_ours": lambda world: _dispute(world, "hear"),
    "withdraw_own_one": lambda world: _dispute(world, "withdraw", own=True),
    "our_objection_photo": _dispute_photo,
    "our_fact": lambda world: _fact_of(world.person),
    "tried_draft": lambda world: Ask((_tried(world).scheme.uid,)),
    "ours_tried": lambda world: Ask((_tried(world).scheme.uid, world.person.uid)),
    "scheme_draft": lambda world: Ask((_draft_of_scheme(world).uid,)),
    "scheme_begun": lambda world: Ask(
        data={"organisation": world.tree.county.code, "origin": "huaning", "start": "2099-01-01"},
    ),
    "scheme_head": lambda world: Ask(
        (_draft_of_scheme(world).uid,), data={"name": "新办法", "start": "2099-02-01", "quarter_counts": "quarter", "revision": "1"}
    ),
    "scheme_revised": lambda world: Ask((_draft_of_scheme(world).uid,), data={"revision": "1"}),
    "scheme_item_new": lambda world: Ask((_draft_of_scheme(world).uid, "item")),
    "scheme_item": lambda world: Ask((_draft_of_scheme(world).uid, "item", "theme_day")),
    "scheme_removed": lambda world: Ask((_draft_of_scheme(world).uid, "item", "theme_day"), data={"revision": "1"}),
    "our_scheme": lambda world: Ask((make_scheme(world.tree.county, {}).uid,)),
    "our_batch": _our_batch,
    "our_written": _our_written,
    "in_township": lambda world: Ask(query={"organisation": world.tree.township.code}),
    "our_office": _our_office,
    "our_secretary": _appointment,
    "our_term": _our_term,
    "our_withdrawal": lambda world: _leaving(world, "withdrew"),
    "our_removal": lambda world: _leaving(world, "removed"),
    "our_merger": lambda world: Ask(
        query={"organisation": world.tree.ours.code}, data={"to": world.tree.neighbours.code, "on": "2026-01-01", "basis": "〔4〕"}
    ),
    "our_end": lambda world: Ask(query={"organisation": world.tree.ours.code}, data={"on": "2026-01-01", "basis": "〔5〕"}),
    "our_round": lambda world: Ask(query={"organisation": world.tree.ours.code, "round": str(make_due(world.person).round.uid)}),
    "our_ill": lambda world: Ask(query={"organisation": make_ill(world.person).member.branch.code, "on": "illness"}),
    "our_due": lambda world: Ask((make_due(world.person).uid,), data={"reason": "本人婉辞"}),
    "our_calling": _call_on_ours,
    "our_visit_made": lambda world: Ask((_made_visit(world).uid,), data={"why": "记到别人名下"}),
    "own_visit": lambda world: Ask((_made_visit(world, own=True).uid,), data={"why": "记到别人名下"}),
    "our_helped": lambda world: Ask(
        (make_pair(world.person, helper=make_member(world.tree.ours)).uid,),
        data={"reason": "done", "on": timezone.localdate().isoformat()},
    ),
    "own_pair": _own_pair,
    "our_birthday": lambda world: Ask((world.person.uid,), data={"held_on": timezone.localdate().isoformat(), "way": "card"}),
    "our_kept": lambda world: Ask((make_birthday(world.person).uid,), data={"why": "登错了人"}),
    "spring": lambda world: Ask((Occasion.objects.get(code="spring").uid,)),
    "a_round": lambda world: Ask((make_due(world.person).round.uid,)),
    "the_list": lambda world: Ask(("eighty",)),
    "our_list": lambda world: Ask(("hardship",), query={"organisation": world.tree.ours.code, "q": _hardship(world).member.name}),
    "our_hardship": lambda world: Ask((_hardship(world).uid,)),
    "our_review": lambda world: Ask((_hardship(world).uid, "review")),
    "our_paper_of": _our_paper_of,
    "our_fixed_list": _our_fixed_list,
    "a_stop": lambda world: Ask(("eighty",), data={"on": (timezone.localdate() + timedelta(days=1)).isoformat()}),
    "a_criterion": _on_draft(),
    "a_line": _on_draft("age", at="", new="1", at_least="90", on="today"),
    "a_group": _on_draft("any", at=""),
    "a_source": _on_draft(source="县委组织部通知"),
    "an_enactment": _on_draft(start=timezone.localdate().isoformat()),
    "our_condolence": lambda world: Ask((_condolence(world).uid,)),
    "our_condolence_list": lambda world: Ask(data={"held": _condolence(world).uid}),
    "our_step": _our_step,
    "our_mistake": lambda world: Ask((_condolence(world).uid,), data={"reason": "与同名的人弄混"}),
    "our_death": lambda world: Ask((world.person.uid,), data={"died_on": "2026-01-01"}),
    "cases_sheet": lambda world: Ask(query={"format": "xlsx"}),
    "an_analysis": lambda world: Ask(
        data={"organisation": world.tree.township.code, "year": "2025", "day": "2025-12-20", "findings": "青年少，明年重点培养"}
    ),
    "our_applicant": _our_applicant,
    "our_young": _our_young,
    "our_talk": lambda world: _our_applicant(world, "talk", act="record", step="talk", day="2023-03-20", by_whom="吕山东"),
    "our_filing": lambda world: _our_applicant(world, "activist_filed"),
    "our_stop": lambda world: _our_applicant(world, reason="withdrew", on="2026-01-02"),
    "our_two": _our_two,
    "our_pair": _our_pair,
    "our_merge": _our_merge,
    "with_outflow": lambda world: Ask(query={"q": "p"} if make_outflow(world.person) else {}),
    "name_person": lambda world: Ask(query={"member": str(world.person.uid)}),
    "our_outflow": lambda world: Ask((make_outflow(world.person).uid,)),
    "own_outflow": lambda world: Ask((make_outflow(world.member).uid,)),
    "our_paper": _our_paper,
    "asked_of_far": lambda world: _far_hosting(world, accepted=False, answer="没有条件"),
    "hosted_by_far": lambda world: _far_hosting(world, reason="agreed", on="2026-11-20", kind="performance", text="表现很好"),
    "our_inflow": _our_inflow,
    "our_case": lambda world: Ask((make_lost_case(world.person).uid,)),
    "our_payment": lambda world: Ask((_our_payment(world).uid,), data={"reason": "记错了人"}),
    "our_collection": lambda world: Ask((_our_payment(world).collection.uid,)),
    "our_exemption": _our_exemption,
    "our_sheet": _our_sheet,
    "find_person": lambda world: Ask(query={"q": world.person.name}),
    "for_person": lambda world: Ask(query={"member": world.person.uid}),
    "find_branch": lambda world: Ask(query={"q": "村"}),
    "our_transfer": lambda world: Ask((_transfer(world).uid,)),
    "own_transfer": lambda world: Ask((_own_transfer(world).uid,)),
    "our_letter": lambda world: Ask((_our_letter(world).uid,)),
    "our_code": lambda world: Ask(query={"code": _our_letter(world).letters.get().code}),
    "approve_ours": lambda world: Ask((_transfer(world).uid, "approve"), data={"days": "10"}),
    "withdraw_ours": lambda world: Ask((_transfer(world).uid, "withdraw"), data={"note": "不走了"}),
    "agree_own": lambda world: Ask((_own_transfer(world).uid, "agree"), data={"dues_until": "2026-02"}),
    "withdraw_own": lambda world: Ask((_own_transfer(world).uid, "withdraw")),
    "no_such_act": lambda world: Ask((_transfer(world).uid, "fly")),
}
