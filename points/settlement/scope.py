"""Whose points of which year: a scope always holds whole cap groups, so it is cut by member, never by day or branch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from branches.models import Organisation

# From here on a list of members costs more than the year: other settles wait a little instead.
WIDE = 3000


@dataclass(frozen=True)
class Scope:
    """A year of some members, or of everybody when `members` is None."""

    year: int
    members: tuple[int, ...] | None = None

    @classmethod
    def of(cls, member_ids: Iterable[int], year: int) -> "Scope":
        return cls(year=year, members=tuple(sorted(set(member_ids))))

    @classmethod
    def under(cls, organisation: Organisation, year: int) -> "Scope":
        """The members with a fact or an entry of the year in the organisation's subtree."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT member_id FROM members_fact JOIN branches_organisation o ON o.id = organisation_id
                WHERE day BETWEEN %(first)s AND %(last)s AND starts_with(o.path, %(path)s)
                UNION
                SELECT member_id FROM points_entry JOIN branches_organisation o ON o.id = organisation_id
                WHERE day BETWEEN %(first)s AND %(last)s AND starts_with(o.path, %(path)s)
                """,
                cls(year).params | {"path": organisation.path},
            )
            return cls.of((row[0] for row in cursor.fetchall()), year)

    @property
    def is_wide(self) -> bool:
        """Whether the statement works on a good part of the tables: it then gets memory for its sorts and hashes."""
        return self.members is None or len(self.members) > WIDE

    @property
    def params(self) -> dict:
        """What every piece of SQL may name."""
        return {"year": self.year, "first": date(self.year, 1, 1), "last": date(self.year, 12, 31), "members": list(self.members or ())}

    def having(self, column: str) -> str:
        """The condition on a member column. The array is written into the statement as a constant, so the planner knows its length."""
        return "" if self.members is None else f"AND {column} = ANY(%(members)s::bigint[])"
