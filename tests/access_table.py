"""Who gets which answer where: one line for every address and every way to ask it.

To add a page, add its line to TABLE: method, URL name, target, then an answer for each of ROLES. A number is a status;
`in` is being sent to log in. The target names a function of TARGETS, which makes what the address needs (arguments,
query, form) from the world; `-` needs nothing. The same address may stand several times with different targets.

`test_access.py` asks every line as everybody and fails when an address of the portal has no line. It also searches each
answer for what must not be in it, so an aggregate, an export or an error page that names one of ours is found here.
"""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from branches.models import Grant
from branches.services import grants
from partyportal.core.models import Job, User
from tests.factories import make_grant, make_user

ROLES = ("anonymous", "outsider", "member", "secretary", "neighbour", "committee", "department", "reader", "system_admin", "security_admin", "auditor")

TABLE = """
# method name                   target         anon outs memb secr neig comm dept read sysa seca audi
GET  core:login                 -              200  302  302  302  302  302  302  302  302  302  302
POST core:logout                -              in   in   in   in   in   in   in   in   in   in   in
GET  core:password              -              in   200  200  200  200  200  200  200  200  200  200
POST core:large_text            -              302  302  302  302  302  302  302  302  302  302  302
GET  core:more                  -              in   200  200  200  200  200  200  200  200  200  200
GET  core:parts                 -              in   404  404  404  404  404  404  404  200  404  404
GET  core:jobs                  -              in   200  200  200  200  200  200  200  200  200  200
GET  core:job                   our_job        in   404  404  200  404  404  404  404  404  404  404
POST core:job_cancel            our_job        in   404  404  302  404  404  404  404  404  404  404
POST core:job_again             our_job        in   404  404  302  404  404  404  404  404  404  404

GET  branches:tree              -              in   403  403  200  200  200  200  200  200  403  403
GET  branches:tree              search         in   403  403  200  200  200  200  200  200  403  403
GET  branches:organisation      ours           in   404  404  200  404  200  200  200  200  404  404
GET  branches:organisation      county         in   404  404  404  404  404  200  200  200  404  404
GET  branches:organisation      nowhere        in   404  404  404  404  404  404  404  404  404  404
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

GET  members:roster             -              in   403  403  200  200  200  200  200  200  403  403
GET  members:roster             search         in   403  403  200  200  200  200  200  200  403  403
GET  members:roster             in_ours        in   403  403  200  404  200  200  200  200  403  403
GET  members:roster             in_far         in   403  403  404  404  404  200  200  200  403  403
POST members:export             -              in   403  403  200  200  200  200  403  403  403  403
POST members:export             in_ours        in   403  403  200  404  200  200  403  403  403  403
POST members:export             whole_numbers  in   403  403  403  403  403  200  403  403  403  403
GET  members:new                -              in   403  403  200  200  200  200  403  403  403  403
GET  members:slips              -              in   403  403  403  403  403  403  403  200  403  403
GET  members:member             our_person     in   404  404  200  404  200  200  200  200  404  404
GET  members:member             themselves     in   404  200  200  404  200  200  200  200  404  404
GET  members:edit               our_person     in   404  404  200  404  200  200  403  403  404  404
GET  members:edit               themselves     in   404  403  200  404  200  200  403  403  404  404
POST members:reveal             our_person     in   404  404  200  404  200  200  403  403  404  404
POST members:reveal             themselves     in   404  403  200  404  200  200  403  403  404  404
"""

# Addresses whose answers are asserted elsewhere, by namespace or name, with where.
ELSEWHERE = {
    "healthz": "tests/test_demo.py: open to everybody, 200 or 503 by what runs",
    "admin": "tests/members/test_admin.py: read-only, masked, behind setting.manage and account.manage",
    "api": "tests/api: the same scopes over tokens and sessions",
}

# Where a whole ID number may stand in an answer: it was asked for, and the audit log says by whom.
REVEALING = {("members:reveal", "our_person"), ("members:export", "whole_numbers")}

# Who may never read of our people, whatever they ask; and what would tell of them.
BLIND = {"anonymous", "outsider", "neighbour", "security_admin", "auditor"}


@dataclass(frozen=True)
class Ask:
    """What an address is asked with."""

    args: tuple = ()
    query: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)


def _our_job(world: SimpleNamespace) -> Ask:
    job = Job.objects.create(kind="partyportal.core.tasks.resume_jobs", title="写入高家杨村名册", state=Job.State.FAILED, created_by=world.secretary)
    return Ask((job.uid,))


def _waiting_grant(world: SimpleNamespace) -> Ask:
    proposer = User.objects.filter(username="proposer").first() or make_user("提议人", username="proposer")
    held = Grant.objects.filter(user=proposer).exists() or make_grant(proposer, world.tree.county, "security_admin")
    assert held
    grant = grants.propose(user=world.outsider, organisation=world.tree.far, role="reader", start=date(2026, 1, 1), by=proposer)
    return Ask((grant.uid,))


TARGETS = {
    "-": lambda world: Ask(),
    "search": lambda world: Ask(query={"q": world.person.name}),
    "ours": lambda world: Ask((world.tree.ours.code,)),
    "county": lambda world: Ask((world.tree.county.code,)),
    "nowhere": lambda world: Ask(("no-such-code",)),
    "in_ours": lambda world: Ask(query={"organisation": world.tree.ours.code}),
    "in_far": lambda world: Ask(query={"organisation": world.tree.far.code}),
    "whole_numbers": lambda world: Ask(data={"numbers": "whole"}),
    "our_person": lambda world: Ask((world.person.uid,)),
    "themselves": lambda world: Ask((world.member.uid,)),
    "our_job": _our_job,
    "account": lambda world: Ask((world.secretary.uid,)),
    "account_reset": lambda world: Ask((world.secretary.uid,), data={"act": "reset"}),
    "newcomer": lambda world: Ask(data={"name": "肖斌"}),
    "our_grant": lambda world: Ask((world.secretary.grants.get().uid,)),
    "new_grant": lambda world: Ask(data={"user": "outsider", "organisation": world.tree.far.code, "role": "reader", "start": "2026-01-01"}),
    "waiting_grant": _waiting_grant,
}
