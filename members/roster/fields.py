"""The fields a roster can change, in the national form's order, and how they are compared and merged in SQL.

In SQL `s` is the staged row and `m` the member held. Empty in the file means "the file does not say": no blank ever
overwrites. The two exceptions follow from a plain 否: who is no longer away has no 外出流向, who is found again no
失去联系日期.
"""

VALUES = (
    *("sex", "ethnicity", "birth_on", "education", "category", "joined_on", "full_on", "post", "mobile_phone", "landline"),
    *("address", "standing", "is_lost", "lost_on", "is_mobile", "destination"),
)
COMPARED = ("name", *VALUES)

# What a new member gets where the file does not say.
DEFAULTS = {
    "ethnicity": "'01'",
    "education": "''",
    "post": "''",
    "mobile_phone": "''",
    "landline": "''",
    "address": "''",
    "standing": "'normal'",
    "is_lost": "false",
    "is_mobile": "false",
    "destination": "''",
}

_SAID = {name: f"s.{name}" for name in COMPARED} | {"name": "nullif(s.name, '')"}

# The value a held member has after the import.
MERGED = {name: f"coalesce({_SAID[name]}, m.{name})" for name in COMPARED} | {
    "lost_on": "CASE WHEN s.lost_on IS NULL AND NOT s.is_lost AND m.is_lost THEN NULL ELSE coalesce(s.lost_on, m.lost_on) END",
    "destination": "CASE WHEN s.destination IS NULL AND NOT s.is_mobile AND m.is_mobile THEN '' ELSE coalesce(s.destination, m.destination) END",
}

# The same as the reviewer chose it: a field in `kept` stays as it is.
CHOSEN = {name: f"CASE WHEN '{name}' = ANY (s.kept) THEN m.{name} ELSE {MERGED[name]} END" for name in COMPARED}

# Chosen together: one is not right without the other.
TIED = (("category", "full_on"), ("is_lost", "lost_on"), ("is_mobile", "destination"))

# The value a new member has.
OPENING = {name: f"coalesce(s.{name}, {DEFAULTS[name]})" if name in DEFAULTS else f"s.{name}" for name in COMPARED}

BEFORE = "jsonb_build_object({})".format(", ".join(f"'{name}', m.{name}" for name in COMPARED))
AFTER = "jsonb_build_object({})".format(", ".join(f"'{name}', {CHOSEN[name]}" for name in COMPARED))

# What a preview showed of a person: any later change of the row or of where it belongs makes another.
SEEN = "concat_ws(':', m.version, m.branch_id, m.left_on)"


def differing(values: dict[str, str]) -> str:
    """The fields whose value would change, as an array."""
    cases = (f"CASE WHEN {values[name]} IS DISTINCT FROM m.{name} THEN '{name}' END" for name in COMPARED)
    return f"array_remove(ARRAY[{', '.join(cases)}]::varchar[], NULL)"
