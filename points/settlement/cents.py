"""What a line of the ledger counts in: hundredths of a point, in four bytes."""

MOST = 2_147_483_647


def cents(amount: str) -> str:
    """In SQL: an amount in hundredths as a line holds it.

    The database adds four-byte numbers as integers, eight-byte ones as numerics, at a sixth of a settle's time. Beyond 21 million
    points, twenty times what any draft may bring a person (`rules.findings.MOST_A_YEAR`), an amount stays there instead of
    stopping the settle of everybody.
    """
    return f"least(greatest({amount}, -{MOST}), {MOST})::int"
