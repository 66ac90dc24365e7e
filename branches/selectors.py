"""What the pages of the tree, the accounts, the grants and the audit log show."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from operator import or_

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from branches.access import VERBS, Role, can, paths_for, sees
from branches.models import Grant, Organisation, OrganisationPower, TermLength
from branches.rules import Length, may_approve_admission, outermost, term_years
from partyportal.core.models import AuditEntry, User


# ── The tree ────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Place:
    """An organisation as a line of the tree: how many branches and members its subtree holds today."""

    organisation: Organisation
    above: str
    branches: int
    members: int


def search(organisations: QuerySet, text: str) -> QuerySet:
    """Organisations by name, pinyin or the beginning of the code."""
    text = "".join(text.split())
    if text.isascii():
        return organisations.filter(Q(code__startswith=text) | Q(pinyin__contains=text.lower()))
    return organisations.filter(Q(name__contains=text) | Q(short_name__contains=text))


def top(user) -> QuerySet:
    """Where the user's sight begins: the outermost organisations of the grants."""
    return Organisation.objects.visible_to(user).filter(path__in=paths_for(user))


def tree_places(organisations: Iterable[Organisation]) -> list[Place]:
    """Each organisation with the sums of its subtree: two queries, whatever their number."""
    listed = list(organisations)
    members, branches = _sums(listed)
    names = _names(path for organisation in listed for path in _above(organisation.path))
    return [
        Place(
            organisation=organisation,
            above=" › ".join(names[path] for path in _above(organisation.path) if path in names),
            branches=branches[organisation.path],
            members=members[organisation.path],
        )
        for organisation in listed
    ]


def _sums(listed: list[Organisation]) -> tuple[Counter, Counter]:
    """Members at home and branches under each path: counted once by branch, then added up along its path."""
    members, branches = Counter(), Counter()
    if not listed:
        return members, branches
    own = [organisation.path for organisation in listed if organisation.is_branch]
    over = outermost(
        organisation.path for organisation in listed if not organisation.is_branch and organisation.kind != Organisation.Kind.GROUP
    )
    inside = reduce(or_, (Q(path__startswith=path) for path in over), Q(path__in=own))
    # `members` is the name members gave their way back: the tree counts its people without knowing what a member is.
    at_home = Count("members", filter=Q(members__left_on=None))
    for path, count in (
        Organisation.objects.branches().existing().filter(inside).order_by().annotate(count=at_home).values_list("path", "count")
    ):
        for step in [*_above(path), path]:
            members[step] += count
            branches[step] += 1
    return members, branches


def _above(path: str) -> list[str]:
    """The paths over `/1/4/17/`: `/1/`, `/1/4/`."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:n])}/" for n in range(1, len(parts))]


def _names(paths: Iterable[str]) -> dict[str, str]:
    wanted = set(paths)
    return dict(Organisation.objects.filter(path__in=wanted).values_list("path", "short_name")) if wanted else {}


def trail(organisation: Organisation, user) -> list[tuple[str, str, bool]]:
    """The organisations above one, from the top: name, code, and whether the user sees them."""
    rows = Organisation.objects.filter(path__in=_above(organisation.path)).order_by("path")
    return [(row.short_name, row.code, sees(user, row)) for row in rows]


def powers_to_give(organisation: Organisation, powers: Iterable[OrganisationPower]) -> list[tuple[str, str]]:
    """Of an organisation with these powers, those it lacks and may have: value and label."""
    held = {power.power for power in powers if power.end is None}
    above = organisation.parent.kind if organisation.parent else None
    if not may_approve_admission(kind=organisation.kind, above=above):
        held.add(OrganisationPower.Power.APPROVES_ADMISSION)
    return [(value, label) for value, label in OrganisationPower.Power.choices if value not in held]


# ── 届次 ────────────────────────────────────────────────────────────────────
def lengths_on(day: date) -> list[Length]:
    """How long each kind of organisation is elected for on a day."""
    rows = TermLength.objects.filter(Q(end=None) | Q(end__gt=day), start__lte=day)
    return [Length(*row) for row in rows.values_list("organisation_kind", "unit_type", "years")]


def term_length(organisation: Organisation, day: date) -> int | None:
    """Years of the organisation's term, none where it is not elected."""
    return term_years(lengths_on(day), kind=organisation.kind, unit_type=organisation.unit_type)


# ── Accounts and grants ─────────────────────────────────────────────────────
def managed_accounts(user) -> QuerySet:
    """The accounts a system admin keeps: a county's admin all, a township's those whose every open grant lies inside it."""
    if any(path.count("/") == 2 for path in paths_for(user, "account.manage")):
        return User.objects.all()
    inside = Grant.objects.where(user, "account.manage").filter(end=None)
    outside = Grant.objects.filter(end=None).exclude(pk__in=inside)
    mine, theirs = Exists(inside.filter(user=OuterRef("pk"))), Exists(outside.filter(user=OuterRef("pk")))
    return User.objects.filter(mine).exclude(theirs)


def found_accounts(accounts: QuerySet, *, text: str = "", state: str = "") -> QuerySet:
    """Accounts by name, user name or the end of the phone; by state."""
    if text := text.strip():
        accounts = accounts.filter(Q(name__contains=text) | Q(username__startswith=text) | Q(phone__endswith=text))
    conditions = {
        "initial": Q(must_change_password=True, is_active=True),
        "disabled": Q(is_active=False),
        "granted": Q(grants__end=None, grants__isnull=False),
    }
    return accounts.filter(conditions.get(state, Q())).distinct() if state == "granted" else accounts.filter(conditions.get(state, Q()))


def standing_grants(user: User, *, on: date) -> QuerySet:
    """What one account holds today or from a later day on, confirmed or waiting."""
    return (
        Grant.objects.filter(user=user)
        .filter(Q(end=None) | Q(end__gt=on))
        .select_related("organisation")
        .order_by("organisation__path", "role")
    )


def who_may(verb: str, organisation: Organisation, *, on: date) -> QuerySet[User]:
    """Those whose grant over an organisation carries a verb on a day, by name."""
    roles = [role for role, verbs in VERBS.items() if verb in verbs]
    above = [int(pk) for pk in organisation.path.strip("/").split("/")]
    held = Grant.objects.in_force(on).filter(role__in=roles, organisation__in=above)
    return User.objects.filter(pk__in=held.order_by().values("user"), is_active=True).order_by("name", "pk")


def listed_grants(user, *, state: str, text: str, on: date) -> QuerySet:
    """The grants a security admin keeps: those waiting for a second person, in force, or over."""
    rows = Grant.objects.where(user, "grant.manage").select_related("user", "organisation", "granted_by", "confirmed_by")
    over, waiting = Q(end__lte=on), Q(confirmed_by=None, operator=False)
    rows = rows.filter({"waiting": waiting & ~over, "over": over}.get(state, ~waiting & ~over))
    if text := text.strip():
        rows = rows.filter(
            Q(user__name__contains=text)
            | Q(user__username__startswith=text)
            | Q(organisation__name__contains=text)
            | Q(organisation__code=text)
        )
    return rows.order_by("organisation__code", "role", "id")


def may_confirm(grant: Grant, user) -> bool:
    """Whether this person may be the second one."""
    waiting = grant.confirmed_by_id is None and not grant.operator
    return waiting and user.pk not in {grant.granted_by_id, grant.user_id} and can(user, "grant.manage", grant.organisation)


# ── The audit log ───────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Act:
    """A line of the audit log in words: uids, codes and amounts, no personal data."""

    number: int
    at: datetime
    actor: str
    code: str
    what: str
    place: str
    target: str
    details: str

    @property
    def shown(self) -> str:
        """The details for the eye: of a uid its last digits, as of the row acted on."""
        return _UID.sub(lambda uid: uid[0][-12:], self.details)


_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERBS = {
    "registered": "登记", "edited": "改动", "changed": "改动", "revised": "改动", "imported": "导入", "moved": "转接", "revealed": "看全号", "exported": "导出",
    "founded": "成立", "rehung": "改挂上级", "renamed": "更名", "dissolved": "撤销", "opened": "开立", "enabled": "启用", "disabled": "停用", "entered": "登录",
    "password_changed": "改密码", "password_reset": "重设密码", "proposed": "提出", "confirmed": "确认", "granted": "授予", "ended": "终止", "left_open": "保留",
    "recorded": "记录", "returned": "退回", "refused": "不同意", "approved": "批准", "filed": "登记", "committed": "写入", "uploaded": "上传", "discarded": "放弃",
    "settled": "结算", "published": "公布", "deleted": "删除", "created": "新建", "added": "增加", "made": "制作", "put": "安排", "dropped": "取消", "weighed": "改权重",
    "recomputed": "重算", "appointed": "任命", "left": "离开", "came_back": "编回", "suspended": "停止", "restored": "恢复", "withdrawn": "更正", "done": "办好",
    "undone": "撤回", "edit_undone": "改动撤回", "registration_undone": "登记撤回", "registration_ended": "登记终止", "logged": "登记", "asked": "提出",
    "accepted": "接收", "declined": "不接收", "reported": "上报", "marked": "记日子", "verified": "核验", "found": "联系上", "removed": "除名", "voided": "作废",
    "closed": "了结", "reopened": "重开", "set": "设立", "received": "收到", "taken": "收到", "answered": "答复", "forgotten": "材料销毁", "begun": "开始",
    "noted": "记一笔", "joined": "加入", "parted": "退出", "sent": "派出", "handed": "发放", "given": "授予", "made_full": "转正", "full_put_off": "延长预备期",
    "moved_all": "整体转走党员", "merged": "合并", "told_apart": "认定不是一人", "compared_again": "重新比对", "named_beyond": "跨范围查名", "checked": "核对",
    "chosen": "选新旧值", "given_back": "拒收表下载", "drafted": "起草", "enacted": "启用", "stopped": "停用", "reviewed": "复核", "fixed": "固定", "simulated": "试算",
    "consent_asked": "征求同意", "consented": "同意", "prepared": "制单", "matched": "对上", "reversed": "冲正", "rotated": "更换", "recused": "回避",
    "waived": "免走访", "day_set": "定日子", "refreshed": "更新名单", "read": "查看", "kept": "办理", "planned": "列入计划", "postponed": "推迟", "explained": "说明原因",
    "made_up": "补课", "make_up_taken_back": "撤回补课", "step_given": "交办", "step_done": "办完一步", "result_recorded": "记成果", "template_offered": "提供模板",
    "template_ended": "停用模板", "entry_added": "加一项", "entry_changed": "改一项", "entry_dropped": "去一项", "agenda_written": "写议程",
    "minutes_approved": "纪要审定", "files_added": "加材料", "file_removed": "去掉材料", "file_opened": "打开材料", "drawn": "抽取", "cast": "投票", "started": "开始",
    "submitted": "交卷", "retired": "停用", "judged": "评定", "said": "发表", "written": "写下", "rewritten": "改写", "sent_back": "退回", "deed": "践诺",
    "given_out": "下载", "thrown_away": "清除", "mended": "改好", "taken_down": "撤下",
}  # fmt: skip
_NOUNS = {
    "id_number": "身份号码", "phone": "手机号码", "roster": "名册", "import": "名册", "tree": "党组织表", "audit": "审计记录", "power": "党组织权限", "accounts": "党员账号",
    "award": "人工认定", "meeting": "会议", "founding": "流动党员党组织", "lost": "失联台账", "register": "流动登记", "files": "党员重复资料", "pair": "疑似重复",
    "branch": "党支部", "person": "党员", "materials": "发展党员材料", "inspection": "发展党员考察", "publicity": "发展党员公示", "contacts": "培养联系人", "cases": "名单",
    "statistics": "统计年报", "cards": "考核卡", "weights": "考核权重", "cockpit": "概况", "backup": "备份", "keys": "密钥", "index_key": "检索密钥", "ledger": "账本",
    "ledgers": "账本", "count": "计票", "opinion": "书面意见", "vote": "表决", "drawn_meeting": "抽查的会议", "year": "年度账", "bank": "银行对账", "quarter": "季度公示",
    "year_end": "年终清单", "list": "名单", "hours": "开放时间", "exception": "临时开闭", "duty": "值班", "display": "展陈", "credits": "学时", "lessons": "学习",
    "lesson": "课时", "paper": "试卷", "question": "试题", "questions": "题库", "bases": "党费基数", "sheet": "党费表", "month": "党费月表", "round": "走访批次",
}  # fmt: skip
# Acts whose words are not those of their noun and verb.
_ACTS = {
    "aid.file.opened": "打开申请材料",
    "members.files.parted": "撤销合并资料",
    "openness.post.given": "先锋岗授予",
    "openness.post.ended": "先锋岗终止",
    "points.ledger.verified": "账本核验",
    "signals.looked": "查了一遍记录",
    "signals.questions.exported": "请核实导出",
    "signals.question.asked": "请核实提出",
}
_ROLES = dict(Role.choices)


def audited(
    user, *, code: str = "", actor: str = "", start: date | None = None, end: date | None = None, organisation: Organisation | None = None
) -> QuerySet:
    """The log an auditor may read. Rows of no organisation (logins, accounts) belong to whoever audits the whole county."""
    paths = paths_for(user, "audit.read")
    seen = reduce(or_, (Q(organisation_path__startswith=path) for path in paths), Q(pk=None))
    if any(path.count("/") == 2 for path in paths):
        seen |= Q(organisation_path="")
    rows = AuditEntry.objects.filter(seen)
    if code:
        rows = rows.filter(code__startswith=code)
    if actor:
        rows = rows.filter(Q(actor__username=actor) | Q(actor__name=actor))
    if start:
        rows = rows.filter(at__gte=_midnight(start))
    if end:
        rows = rows.filter(at__lt=_midnight(end + timedelta(days=1)))
    if organisation:
        rows = rows.filter(organisation_path__startswith=organisation.path)
    return rows.order_by("-id")


def kinds_of_acts(asked: str) -> list[tuple[str, str]]:
    """What the log can be narrowed to: an app's acts by the beginning of their codes; the one act that is asked for, if one is."""
    ours = [app for app in apps.get_app_configs() if (settings.BASE_DIR / app.name.replace(".", "/")).is_dir()]
    kinds = [("", "全部"), *((f"{app.label}.", app.verbose_name) for app in ours)]
    return kinds if asked in dict(kinds) else [*kinds, (asked, act_words(asked))]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def acts(entries: Iterable[AuditEntry]) -> list[Act]:
    """Entries (with their actors) in words: one query for the names of the places."""
    listed = list(entries)
    names = _names(entry.organisation_path for entry in listed if entry.organisation_path)
    return [
        Act(
            number=entry.pk,
            at=entry.at,
            actor=entry.actor.username if entry.actor else "系统",
            code=entry.code,
            what=act_words(entry.code, entry.target_kind),
            place=names.get(entry.organisation_path, ""),
            target=str(entry.target_uid or ""),
            details="，".join(_details(entry)),
        )
        for entry in listed
    ]


def act_words(code: str, target: str = "") -> str:
    """`members.member.edited` → 党员改动. What has no words stays the code."""
    app, _, rest = code.partition(".")
    noun, _, verb = rest.rpartition(".")
    named = _choices(app, target)
    said = _VERBS.get(verb) or named.get("act", {}).get(verb) or named.get("kind", {}).get(verb)
    if code in _ACTS or not said:
        return _ACTS.get(code, code)
    return f"{_row_name(f'{app}.{noun}') or _NOUNS.get(noun) or _row_name(target)}{said}"


@cache
def _choices(app: str, target: str) -> dict[str, dict[str, str]]:
    """What an app's own rows call the values of each column, the row an act was done to above all: a step kept as a row brings its words along."""
    named: dict[str, dict[str, str]] = {}
    models = list(apps.get_app_config(app).get_models()) if app in apps.app_configs else []
    for model in sorted(models, key=lambda model: model._meta.label_lower == target):  # the last one said stays
        for field in model._meta.concrete_fields:
            named.setdefault(field.name, {}).update(field.flatchoices)
    return named


def _row_name(label: str) -> str:
    """What the rows of `app.noun` are called, "" if there are none."""
    try:
        return apps.get_model(label.replace("_", ""))._meta.verbose_name
    except (LookupError, ValueError):
        return ""


_KEYS = {
    "organisation": "党组织", "user": "账号", "role": "角色", "start": "起", "end": "止", "day": "日期", "on": "日期", "fields": "字段", "members": "人数", "people": "人数",
    "accounts": "账号数", "whole_numbers": "全号", "power": "权限", "before": "原来", "after": "改为", "year": "年度", "month": "月份", "kind": "种类", "state": "状态",
    "batch": "批次", "round": "批次", "new": "新增", "moved": "移动", "changed": "变更", "refused": "拒收", "rows": "行数", "row": "行", "entries": "笔数",
    "facts": "记实数", "units": "数量", "amount": "金额", "number": "序号", "files": "文件数", "until": "到", "to": "到", "from": "从", "since": "起", "due": "届满",
    "code": "代码", "version": "版本", "revision": "修订", "outcome": "结果", "upheld": "成立", "reason": "缘由", "period": "期", "procedure": "程序", "total": "总数",
    "expected": "应到", "present": "实到", "programme": "项目", "criterion": "名单", "closing": "截至", "cards": "卡数", "organisations": "党组织数", "weights": "权重",
    "votes": "票数", "hours": "学时", "direction": "方向", "method": "方式", "way": "方式", "occasion": "时节", "station": "阵地", "items": "项数", "days": "天数",
    "payments": "付款数", "vouchers": "凭证数", "passed": "通过", "basis": "依据", "case": "事项", "step": "步骤", "bytes": "字节",
    "ended": "终止", "removed": "移除", "restored": "恢复", "returned": "编回", "conflicts": "冲突", "left": "不写", "missing": "缺失", "unchanged": "未变",
    "form": "格式", "span": "期间", "sound": "完好",
}  # fmt: skip


def _details(entry: AuditEntry) -> Iterable[str]:
    """The uids, codes and amounts of an entry, under Chinese words where there are any."""
    choices = _choices(entry.code.partition(".")[0], entry.target_kind)
    for key, value in entry.data.items():
        if value in (None, "", []):
            continue
        if key == "fields" and isinstance(value, list):
            value = [_field_name(entry.target_kind, name) for name in value]
        elif isinstance(value, str):
            value = choices.get(key, {}).get(value, value)
        yield f"{_KEYS.get(key) or _field_name(entry.target_kind, key)} {_value(value)}"


def _field_name(kind: str, name: str) -> str:
    """A column of the row an entry is about, by the name its users know."""
    try:
        return apps.get_model(kind)._meta.get_field(name).verbose_name
    except (LookupError, ValueError, FieldDoesNotExist):
        return name


def _value(value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return _ROLES.get(value, str(value)) if isinstance(value, str) else str(value)
