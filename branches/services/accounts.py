"""Accounts: opened with an initial password that is shown once, reset, disabled, enabled."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken

from branches.models import Grant
from branches.rules import ADMINISTRATORS
from branches.services.grants import end_all
from partyportal.core import audit, pinyin
from partyportal.core.errors import DomainError
from partyportal.core.models import User

# Nothing an elder could take for something else: no 0 O o, 1 l I, 2 z Z, 5 s S, 8 B, 9 g q.
_SIGNS = "34678acdefhjkmnprtuwxyACDEFHJKMNPRTUWXY"
_LENGTH = 10  # 39^10: more than 52 bits, for a password that is good for one login


@dataclass(frozen=True)
class Slip:
    """What a new holder is handed on paper; the only place an initial password ever stands."""

    user: User
    password: str


def initial_password() -> str:
    """Random signs in two groups, at least one of them a digit and one a letter, so that every validator agrees."""
    while True:
        signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        if any(sign.isdigit() for sign in signs) and any(sign.isalpha() for sign in signs):
            return f"{signs[:5]}-{signs[5:]}"


def _sealed(password: str) -> str:
    """The hash of an initial password. Stretching a guess-proof random word a million times gains nothing and would make a
    branch's thirty slips wait half a minute; the password its holder then chooses is stretched in full."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=20_000)
    return hasher.encode(password, hasher.salt())


@dataclass(frozen=True)
class Holder:
    """Who an account is for. `username` is made from the name's pinyin when none is given."""

    name: str
    phone: str = ""
    username: str = ""


@transaction.atomic
def open_accounts(holders: Iterable[Holder], *, by: User | None, path: str = "") -> list[Slip]:
    """Open an account for each holder, in their order, with an initial password that must be changed at the first login.

    A family may share a phone; user names are made unique. Three statements for any number of holders.
    """
    asked = list(holders)
    names = _user_names(asked)
    passwords = [initial_password() for _ in asked]
    users = User.objects.bulk_create(
        User(username=names[i], name=holder.name, phone=holder.phone, password=_sealed(passwords[i]), must_change_password=True)
        for i, holder in enumerate(asked)
    )
    audit.record_many("core.user.opened", [{"target_kind": "core.user", "target_uid": user.uid, "path": path} for user in users], by=by)
    return [Slip(user, password) for user, password in zip(users, passwords, strict=True)]


@transaction.atomic
def open_account(*, name: str, username: str = "", phone: str = "", by: User) -> Slip:
    """Open one account, for an officer who is no member here or a member by hand. One of the same name and phone wants a user name:
    so a page sent twice, or loaded anew for its slip, opens no second account."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not username and (known := User.objects.filter(name=name, phone=phone).first()):
        sentence = "已经有同名、同手机号码的账号（{}）。登录条没有看到，到那个账号重设密码；真是另一个人，写上用户名再开。"
        raise DomainError(sentence.format(known.username), field="username")
    if username and User.objects.filter(username=username).exists():
        raise DomainError("这个用户名已经有人用了。", field="username")
    return open_accounts([Holder(name=name, username=username, phone=phone)], by=by)[0]


def _user_names(holders: list[Holder]) -> list[str]:
    """zhangsan, then zhangsan2, zhangsan3 …; one query for all the stems at once."""
    stems = [holder.username or pinyin.person(holder.name)[0][:56] for holder in holders]
    begins_so = reduce(or_, (Q(username__startswith=stem) for stem in set(stems)), Q(pk=None))
    taken = set(User.objects.filter(begins_so).values_list("username", flat=True))
    names = []
    for stem in stems:
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}{number}"
        taken.add(name)
        names.append(name)
    return names


@transaction.atomic
def reset_password(user: User, *, by: User) -> Slip:
    """A new initial password; the old one, open sessions and API tokens end. An administrator's own is reset on the server only."""
    held = _managed(user, by=by)
    password = initial_password()
    held.password, held.must_change_password = _sealed(password), True
    held.save(update_fields=["password", "must_change_password"])
    AuthToken.objects.filter(user=held).delete()
    audit.record("core.user.password_reset", held, by=by)
    return Slip(held, password)


@transaction.atomic
def set_password(user: User, *, password: str) -> User:
    """The operator's own choice of a password, from the command line: a demo's, or an administrator's who has lost it."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    AuthToken.objects.filter(user=user).delete()
    audit.record("core.user.password_reset", user, by=None)
    return user


@transaction.atomic
def set_active(user: User, *, active: bool, by: User) -> User:
    """Disable an account at once, or enable it again. Its grants and its past stay."""
    held = _managed(user, by=by)
    if held.is_active != active:
        held.is_active = active
        held.save(update_fields=["is_active"])
        if not active:
            AuthToken.objects.filter(user=held).delete()
        audit.record("core.user.enabled" if active else "core.user.disabled", held, by=by)
    return held


@transaction.atomic
def close(user: User, *, on: date, by: User) -> list[Grant]:
    """The holder is gone: the grants within the actor's reach end from a day on, the login and its tokens at once, whatever is left.

    Returns the grants left to the security admin; of a closed login they open nothing.
    """
    held = _managed(user, by=by)
    left = end_all(held, on=on, by=by)
    if held.is_active:
        held.is_active = False
        held.save(update_fields=["is_active"])
        AuthToken.objects.filter(user=held).delete()
        audit.record("core.user.disabled", held, by=by)
    return left


def _managed(user: User, *, by: User) -> User:
    """The account, locked. Whoever could reset the security admin could grant themselves anything: 三员 cannot touch one another."""
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if held.pk == by.pk:
        raise DomainError("不能这样改自己的账号；改密码在右上角名字下面。")
    if Grant.objects.in_force(timezone.localdate()).filter(user=held, role__in=ADMINISTRATORS).exists():
        raise DomainError("系统管理员、安全管理员、审计员的账号互不能改，要由运维在服务器上办。")
    return held
