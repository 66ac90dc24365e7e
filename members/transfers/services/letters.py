"""介绍信: the next number without a gap, and what becomes of the letter."""

import secrets
from datetime import date

from branches.models import Organisation
from members.transfers import rules
from members.transfers.models import Letter, LetterBook, Transfer
from members.transfers.services.steps import good_letter, handler_of
from partyportal.core.errors import DomainError
from partyportal.core.models import User


def issue(transfer: Transfer, *, issuer: Organisation, days: int, by: User, today: date) -> Letter:
    """Write the letter of a transfer under the year's next number.

    The book's row is held until the transaction ends: who asks at the same moment waits, and a number of a letter that came
    to nothing is given to the next. So the numbers have no gap, which a sequence could not promise.
    """
    if not 1 <= days <= rules.LONGEST:
        raise DomainError(f"有效期填 1 到 {rules.LONGEST} 天，最长不超过三个月。", field="days")
    return Letter.objects.create(
        transfer=transfer,
        issuer=issuer,
        prefix=_prefix(),
        year=today.year,
        serial=_next_serial(today.year),
        code=rules.code_of(secrets.token_bytes(rules.CODE_LENGTH)),
        addressee=transfer.elsewhere or _addressee(transfer, today),
        leaves=transfer.from_branch.name,
        goes_to=transfer.to_branch.name if transfer.to_branch else transfer.elsewhere_branch or transfer.elsewhere,
        dues_until=transfer.dues_until,
        issued_on=today,
        days=days,
        valid_until=rules.last_day(today, days),
        issued_by=by,
    )


def _next_serial(year: int) -> int:
    LetterBook.objects.bulk_create([LetterBook(year=year)], ignore_conflicts=True)
    book = LetterBook.objects.select_for_update().get(year=year)
    book.last += 1
    book.save(update_fields=["last"])
    return book.last


def _prefix() -> str:
    """清源 of 清源县委: what stands before the number."""
    county = Organisation.objects.get(parent=None)
    return county.short_name.removesuffix("委").removesuffix("县").removesuffix("区").removesuffix("市")[:20]


def _addressee(transfer: Transfer, today: date) -> str:
    return handler_of(transfer.to_branch, today).name


def void(transfer: Transfer, *, on: date) -> None:
    """Take the travelling letter out of force; its number and its 存根 stay."""
    Letter.objects.filter(pk=getattr(good_letter(transfer), "pk", None)).update(voided_on=on)


def use(letter: Letter, *, on: date) -> None:
    """The letter was received on a day; it is good for nothing else."""
    letter.used_on = on
    letter.save(update_fields=["used_on"])
