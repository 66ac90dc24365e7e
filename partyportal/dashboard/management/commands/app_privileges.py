"""`app_privileges --role app`: what the product's own database role may do, laid down anew after each migration."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg2 import sql

from partyportal.core.operating.doctor.database import append_only_tables


class Command(BaseCommand):
    help = "授予应用角色读写权限；积分流水、党费流水、审计记录等只许查询和新增。由表的所有者在每次迁移后运行。"

    def add_arguments(self, parser):
        parser.add_argument("--role", required=True, help="网站和后台任务登录数据库所用的角色")

    @transaction.atomic
    def handle(self, *, role, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone()[0] == role:
                raise CommandError("须由表的所有者运行，不能由应用角色给自己授权。")
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                raise CommandError(f"数据库里没有角色 {role}。")
            ledgers = append_only_tables()
            for statement in statements(role, ledgers):
                cursor.execute(statement)
        self.stderr.write(f"已授权：{role} 对 {len(ledgers)} 张流水表只能查询和新增。")


def statements(role: str, ledgers: list[str]) -> list[sql.Composed]:
    """Everything on ordinary rows, no TRUNCATE anywhere, only SELECT and INSERT where rows may never change.

    The triggers of those tables refuse too; this keeps the promise even from whoever can speak SQL as the product.
    """
    tables = sql.SQL(", ").join(sql.Identifier(table) for table in ledgers)
    lines = (
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE UPDATE, DELETE ON {tables} FROM {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    )
    return [sql.SQL(line).format(role=sql.Identifier(role), tables=tables) for line in lines]
