"""Who may do what: the one table role → verbs, and the one scope (a prefix of the tree).

Nothing else in the project names a role when it decides. A grant counts over its organisation's subtree from its
first to its last day, once a second person has confirmed it.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone

from branches.rules import outermost


class Role(models.TextChoices):
    READER = "reader", "查阅"
    SECRETARY = "secretary", "支部书记"
    COMMITTEE = "committee", "基层党委（总支）"
    DEPARTMENT = "department", "组织部"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计员"


_RECORD = frozenset(
    {
        "member.edit",
        "member.export",
        "member.leave",  # a death, a withdrawal: what the branch itself knows first
        "transfer.apply",
        "development.record",
        "mobility.record",
        "dues.collect",
        "education.record",
        "education.book",  # 台账: what superiors ask for, made from the records
        "study.confirm",  # a lesson studied without a test, a day at a 站点
        "openness.disclose",  # 党务公开, 先进事迹, 承诺: of one's own organisation
        "points.award",
        "honour.nominate",
        "honour.record",  # 结果运用: what a result was used for
        "points.publish",  # 季度公示, and closing it
        "care.see",  # 困难档案: who is in need and why; being allowed to look around the tree is not enough
        "care.record",  # conditions, applications, visits, pairs
        "station.keep",  # 服务阵地: hours, checklist, bookings, requests
        "fund.see",  # the books of one's own organisation
        "fund.record",
        "duty.see",
    }
)
_OVERSEE = _RECORD | {
    "member.import",
    "member.merge",
    "member.reveal",
    "member.discipline",  # 停止党籍, 除名, 处分
    "transfer.decide",
    "development.decide",
    "dues.exempt",
    "office.appoint",
    "outreach.dispatch",
    "education.return",
    "education.question",  # what looks alike or late in the records, asked and dismissed
    "study.teach",  # courses, question banks, trainings
    "openness.review",  # what is told of members and by readers, before it is published
    "points.confirm",
    "honour.review",
    "honour.decide",  # 评选通知, 公示, 表彰决定, 撤销: of one's own organisation
    "points.review",  # 撤销认定, 复议: above the branch
    "care.review",  # 总支、党委审核
    "fund.confirm",  # the second person of a payment, a source, a reversal
    "assessment.see",
    "cockpit.see",
}

VERBS: dict[str, frozenset[str]] = {
    Role.READER: frozenset({"cockpit.see"}),
    Role.SECRETARY: _RECORD | {"points.confirm", "member.reveal", "assessment.see"},
    Role.COMMITTEE: _OVERSEE | {"points.own_scheme"},  # where the county gave the power to
    Role.DEPARTMENT: _OVERSEE
    | {"care.approve", "care.criteria", "fund.close"}
    | {"member.export_full", "points.settle", "points.scheme", "points.reopen", "ledger.verify", "assessment.set", "organisation.edit"},
    Role.SYSTEM_ADMIN: frozenset({"account.manage", "member.import", "member.merge", "organisation.edit", "setting.manage"}),
    Role.SECURITY_ADMIN: frozenset({"grant.manage"}),
    Role.AUDITOR: frozenset({"audit.read", "ledger.verify"}),
}

# Roles that let their holder see the rows of the tree. The three administrators are apart (三员分立):
# a security admin sees grants and an auditor the log, neither sees members.
SEEING = frozenset({Role.READER, Role.SECRETARY, Role.COMMITTEE, Role.DEPARTMENT, Role.SYSTEM_ADMIN})

ALL_VERBS = frozenset().union(*VERBS.values())


@dataclass(frozen=True)
class Held:
    """One grant in force, as the request needs it."""

    role: str
    path: str
    organisation_id: int


def grants_of(user) -> tuple[Held, ...]:
    """The user's grants in force today: one query a request, kept on the user object."""
    if not user.is_authenticated:
        return ()
    if not hasattr(user, "_held_grants"):
        from branches.models import Grant

        rows = Grant.objects.in_force(timezone.localdate()).filter(user=user).values_list("role", "organisation__path", "organisation_id")
        user._held_grants = tuple(Held(*row) for row in rows.order_by("organisation__path", "role"))
    return user._held_grants


def verbs_of(user) -> frozenset[str]:
    """Every verb the user holds anywhere: what the navigation offers (settings.WHO_MAY)."""
    return frozenset().union(*(VERBS[held.role] for held in grants_of(user)))


def can(user, verb: str, organisation=None) -> bool:
    """Whether a grant in force over `organisation` (anywhere, if none is named) carries the verb."""
    if verb not in ALL_VERBS:
        raise ValueError(f"no role knows the verb {verb!r}")
    path = None if organisation is None else organisation.path
    return any(verb in VERBS[held.role] and (path is None or path.startswith(held.path)) for held in grants_of(user))


def require(user, verb: str, organisation=None) -> None:
    """403 unless `can`."""
    if not can(user, verb, organisation):
        raise PermissionDenied(verb)


def paths_for(user, verb: str | None = None) -> list[str]:
    """The outermost paths the user sees (or where the verb holds), none inside another."""
    held = grants_of(user)
    return outermost(g.path for g in held if (g.role in SEEING if verb is None else verb in VERBS[g.role]))


def sees(user, organisation) -> bool:
    """Whether an organisation lies in the part of the tree the user looks around: what `visible_to` asks of rows, of one at hand."""
    return any(held.role in SEEING and organisation.path.startswith(held.path) for held in grants_of(user))


def require_sight(user) -> None:
    """403 for whoever no grant lets look around the tree: a plain member, and the two administrators who see no members."""
    if not paths_for(user):
        raise PermissionDenied("sight")


class ScopedQuerySet(models.QuerySet):
    """Rows that hang in the tree. A subclass states where: `organisation_path` to the Organisation, `owner_path` to the user."""

    organisation_path = "organisation__"
    owner_path: str | None = None

    def visible_to(self, user):
        """What the user's grants show, and what is their own. Nothing else in the project decides sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Q()
        for path in paths_for(user):
            seen |= Q(**{f"{self.organisation_path}path__startswith": path})
        if self.owner_path:
            seen |= Q(**{self.owner_path: user})
        return self.filter(seen) if seen else self.none()

    def where(self, user, verb: str):
        """The rows on which the user may do the verb."""
        seen = Q()
        for path in paths_for(user, verb):
            seen |= Q(**{f"{self.organisation_path}path__startswith": path})
        return self.filter(seen) if seen else self.none()

    def within(self, organisation):
        """The rows of an organisation's subtree."""
        return self.filter(**{f"{self.organisation_path}path__startswith": organisation.path})
