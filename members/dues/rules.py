"""What 中组发〔2008〕3号 (in force 2008-04-01) and 条例 Art31 say of dues: pure, with the rates as data and the day as an argument."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, TypeVar

from partyportal.core.days import month_end, month_of, months_after

FEN = Decimal("0.01")

# 党员教育管理工作条例 Art31(6): 没有正当理由，连续六个月不交纳党费，按照自行脱党予以除名. Full text read, so no parameter.
LAPSE_MONTHS = 6
# When the branch is reminded on the way there.
REMINDERS = (1, 3, 5)


class Band(Protocol):
    """One line of the rates: a share of the base, or a sum a month between two bounds."""

    kind: str
    above: Decimal | None  # exclusive; None: from nothing
    up_to: Decimal | None  # inclusive; None: without end
    rate: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None


B = TypeVar("B", bound=Band)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a base cannot be, at which field."""

    field: str
    message: str


def to_fen(amount: Decimal) -> Decimal:
    """To the fen, half a fen upward (四舍五入)."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def band_for(bands: Iterable[B], *, kind: str, amount: Decimal | None) -> B | None:
    """The line that rules a kind of payer and a base. Bounds: 3000 元（含）以下, 3000 元以上至 5000 元（含）."""
    for band in bands:
        if band.kind != kind:
            continue
        if band.rate is None:
            return band
        if amount is not None and (band.above is None or amount > band.above) and (band.up_to is None or amount <= band.up_to):
            return band
    return None


def monthly_due(band: Band, *, amount: Decimal | None, fixed: Decimal | None) -> Decimal:
    """What a month costs: the rate on the *whole* base, not on the part above a bound; or the sum the branch fixed."""
    if band.rate is not None:
        return to_fen(amount * band.rate)
    return to_fen(band.lowest if fixed is None else fixed)


def base_faults(band: Band | None, *, takes_amount: bool, amount: Decimal | None, fixed: Decimal | None) -> list[Fault]:
    """What is wrong with a base: no sum, too small a sum, or a fixed sum outside its bounds."""
    if takes_amount and amount is None:
        return [Fault(field="amount", message="填交纳基数：每月固定的税后收入。")]
    if takes_amount and amount <= 0:
        return [Fault(field="amount", message="交纳基数要大于 0。没有收入的按“学生、下岗、抚恤、低保”核定。")]
    if band is None:
        return [Fault(field="kind", message="这个月没有这类党员的党费标准，先请系统管理员补上。")]
    if not takes_amount and fixed is not None and not band.lowest <= fixed <= band.highest:
        bounds = f"{band.lowest:.2f}" if band.lowest == band.highest else f"{band.lowest:.2f} 到 {band.highest:.2f}"
        return [Fault(field="fixed", message=f"每月党费是 {bounds} 元，改成这个范围里的数。")]
    return []


def due_on(month: date) -> date:
    """The last day of a month: the day whose branch, 党籍 and exemption decide the month."""
    return month_end(month)


def earliest_payable(today: date, *, back_pay_months: int) -> date:
    """补交党费的时间一般不得超过六个月: the oldest month that may still be paid."""
    return months_after(month_of(today), -back_pay_months)


def consecutive_unpaid(unpaid: Sequence[date], *, last_paid: date | None) -> int:
    """How many due months in a row are unpaid, up to the latest. Months nothing was due of are not in `unpaid` and do not break the row."""
    return sum(1 for month in unpaid if last_paid is None or month > last_paid)


def may_have_lapsed(consecutive: int) -> bool:
    """Whether Art31(6) has to be looked into. A person decides, after a talk; nothing follows by itself."""
    return consecutive >= LAPSE_MONTHS


def reminder_stage(consecutive: int) -> int:
    """The last reminder passed: 0, 1, 3 or 5 months."""
    return max((stage for stage in REMINDERS if stage <= consecutive), default=0)


def goes_to_the_centre(voluntary: Decimal, *, large: int) -> bool:
    """自愿一次多交纳 1000 元以上: all of it is handed up to the Central Committee."""
    return voluntary >= large


def month_words(months: Sequence[date]) -> str:
    """`1–3、5 月` of one year, `2025年12月–2026年2月` across years; rows of consecutive months drawn together."""
    runs: list[list[date]] = []
    for month in sorted(months):
        if runs and month == months_after(runs[-1][-1], 1):
            runs[-1].append(month)
        else:
            runs.append([month])
    if len({month.year for month in months}) <= 1:
        return "、".join(f"{run[0].month}–{run[-1].month}" if len(run) > 1 else f"{run[0].month}" for run in runs) + (" 月" if runs else "")
    one = "{0.year}年{0.month}月".format
    return "、".join(f"{one(run[0])}–{one(run[-1])}" if len(run) > 1 else one(run[0]) for run in runs)


def paid_through(*, first_owed: date | None, last_paid: date | None, first: date | None) -> date | None:
    """党费交至年月: the last month up to which nothing is owed; None where the first month due is itself unpaid."""
    if last_paid is None:
        return None
    if first_owed is None or first_owed > last_paid:
        return last_paid
    return months_after(first_owed, -1) if first is not None and first < first_owed else None
