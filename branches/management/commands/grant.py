"""The operator's grant: `manage.py grant NAME --organisation CODE --role ROLE [--password P]`."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from branches.access import Role
from branches.models import Organisation
from branches.services import accounts, grants
from partyportal.core.errors import DomainError
from partyportal.core.models import User


class Command(BaseCommand):
    help = "给一个账号授权；没有这个账号就先开。重复执行不重复授权。"

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help="用户名")
        parser.add_argument("--organisation", required=True, metavar="CODE", help="党组织代码")
        parser.add_argument("--role", required=True, metavar="ROLE", help="、".join(f"{value} {label}" for value, label in Role.choices))
        parser.add_argument("--password", metavar="P", help="账号的密码；新账号不给就生成一个初始密码")

    def handle(self, *, name, organisation, role, password, **options):
        node = Organisation.objects.filter(code=organisation).first()
        if node is None:
            self._refuse(f"没有代码为 {organisation} 的党组织。先用 import_organisations 导入，或核对代码。")
        if role not in Role.values:
            self._refuse(f"没有角色 {role}。可用：{'、'.join(f'{value}（{label}）' for value, label in Role.choices)}。")
        try:
            with transaction.atomic():
                user, said = self._account(name, password)
                _, changed = grants.grant_as_operator(user=user, organisation=node, role=role, start=timezone.localdate())
        except DomainError as refusal:
            self._refuse(refusal.message)
        for line in said:
            self.stdout.write(line)
        done = "已授权" if changed else "已有这条授权，没有改动"
        self.stdout.write(f"{done}：{name} 在 {node.short_name}（{node.code}）任{Role(role).label}。")

    def _account(self, name: str, password: str | None) -> tuple[User, list[str]]:
        user = User.objects.filter(username=name).first()
        if user is None:
            slip = accounts.open_accounts([accounts.Holder(name=name, username=name)], by=None)[0]
            if password is None:
                return slip.user, [f"新账号 {name}，初始密码 {slip.password}，第一次登录要改。"]
            user = slip.user
        if password is not None and not user.check_password(password):
            accounts.set_password(user, password=password)
            return user, [f"{name} 的密码已按 --password 设好。"]
        return user, []

    def _refuse(self, sentence: str):
        raise CommandError(sentence, returncode=2)
