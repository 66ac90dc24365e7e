"""Where a case stands, what comes next, by when, and what is missing. Pure: the day is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from members.development.rules.procedure import Procedure
from members.development.rules.steps import MATERIALS, Step
from members.rules.ages import whole_years
from partyportal.core.days import months_after

ADULT = 18
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fault:
    """Why something may not be: what is wrong, then the remedy; `field` is the form's."""

    message: str
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What is known of one case: the days of its steps, and what else the articles ask for."""

    birth_on: date
    begins_at: int = 1  # the first step that is asked for: a probationary member of the roster begins with the 21st
    days: Mapping[str, date] = field(default_factory=dict)  # step → day, of the records that stand
    inspections: tuple[date, ...] = ()  # 半年考察 of the activist
    publicised: tuple[tuple[str, date, date], ...] = ()  # place, first and last day, of those that met no upheld objection
    is_mobile: bool = False
    materials: frozenset[str] = frozenset()
    probation_until: date | None = None
    postponed_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The next step: not before which day, by which day, whether that day is a limit of the text, and what is missing."""

    step: Step | None
    earliest: date | None = None
    due_on: date | None = None
    is_limit: bool = False
    missing: tuple[str, ...] = ()


def next_step(procedure: Procedure, facts: CaseFacts) -> Step | None:
    """The first step asked for that has no day; none when all are done."""
    return next((step for step in procedure.steps if step.number >= facts.begins_at and step.code not in facts.days), None)


def earliest_day(step: Step, facts: CaseFacts) -> date | None:
    """The first day on which the step may be."""
    bounds = [facts.days[code] for code in step.after if code in facts.days]
    if step.minimum and step.since in facts.days:
        bounds.append(months_after(facts.days[step.since], step.minimum))
    if step.code == "full_assembly" and facts.probation_until:
        bounds.append(facts.probation_until)
    if step.code == "introducers" and facts.publicised:
        bounds.append(max(end for _, _, end in facts.publicised) + _DAY)
    return max(bounds, default=None)


def due_day(procedure: Procedure, step: Step, facts: CaseFacts, *, usual_days: int) -> tuple[date | None, bool]:
    """By which day the step should be, and whether the text itself says so."""
    if step.code == "cultivate" and "activist" in facts.days:
        return months_after(max((facts.days["activist"], *facts.inspections)), procedure.inspection_months), True
    if step.code in {"observe", "full_application", "full_assembly"} and facts.probation_until:
        return facts.postponed_until or facts.probation_until, True
    if step.maximum and step.since in facts.days:
        return months_after(facts.days[step.since], step.maximum), True
    if step.ripens:
        return None, False
    started = [facts.days[code] for code in step.after if code in facts.days]
    return (max(started) + timedelta(days=usual_days), False) if started else (None, False)


def missing_publicity(procedure: Procedure, facts: CaseFacts) -> tuple[str, ...]:
    """2026 Art13: publicised for at least five working days, of 流动人员 both where they left and where they live."""
    if not procedure.publicity_workdays:
        return ()
    places = ("home", "host") if facts.is_mobile else ("home",)
    held = {place for place, _, _ in facts.publicised}
    names = {"home": "流出地公示" if facts.is_mobile else "公示", "host": "流入地公示"}
    return tuple(names[place] for place in places if place not in held)


def outlook(procedure: Procedure, facts: CaseFacts, *, usual_days: int) -> Outlook:
    """Where a case stands."""
    step = next_step(procedure, facts)
    if step is None:
        return Outlook(step=None)
    due_on, is_limit = due_day(procedure, step, facts, usual_days=usual_days)
    missing = [f"{MATERIALS[code]}还没有" for code in step.materials if code not in facts.materials]
    if step.code == "introducers":
        missing += [f"{name}还没有满 {procedure.publicity_workdays} 个工作日" for name in missing_publicity(procedure, facts)]
    if step.code == "cultivate" and not facts.inspections:
        missing.append("还没有半年考察的记录")
    return Outlook(
        step=step,
        earliest=earliest_day(step, facts),
        due_on=due_on,
        is_limit=is_limit,
        missing=tuple(missing),
    )


def order_fault(procedure: Procedure, code: str, facts: CaseFacts) -> Fault | None:
    """Only the next step may be done: neither again nor ahead of its turn."""
    step, at = procedure.by_code[code], next_step(procedure, facts)
    if code in facts.days:
        return Fault(f"第 {step.number} 步“{step.name}” {facts.days[code]} 已经办过，看过现在的进度再办。")
    if at is not None and at.code != code:
        return Fault(f"还没有到这一步：先办第 {at.number} 步“{at.name}”，再办第 {step.number} 步“{step.name}”。")
    return None


def day_fault(procedure: Procedure, step: Step, facts: CaseFacts, *, day: date, today: date, reason: str) -> Fault | None:
    """Whether the step may be of this day: neither in the future nor too early; a late one says why."""
    if day > today:
        return Fault("这一天还没有到。办过了再记。", "day")
    if step.code == "full_assembly" and facts.probation_until and day < facts.probation_until:
        return Fault(f"预备期到 {facts.probation_until} 才满，转正要在那天或以后讨论（第三十一条）。", "day")
    if step.minimum and step.since in facts.days and day < (ripe := months_after(facts.days[step.since], step.minimum)):
        since = procedure.by_code[step.since]
        return Fault(f"{since.name}是 {facts.days[step.since]}，满 {step.minimum} 个月要到 {ripe}（{step.article}）。", "day")
    for code in step.after:
        if code in facts.days and day < facts.days[code]:
            return Fault(f"不能早于“{procedure.by_code[code].name}”的 {facts.days[code]}。", "day")
    if step.code == "introducers" and (open_places := missing_publicity(procedure, facts)):
        return Fault(f"{'、'.join(open_places)}还没有满 {procedure.publicity_workdays} 个工作日，先登记公示（第十三条）。", "day")
    if step.code == "introducers" and facts.publicised and day <= (last := max(end for _, _, end in facts.publicised)):
        return Fault(f"公示到 {last} 才结束，这一步要在那以后（第十三条）。", "day")
    if step.code == "full_assembly" and facts.postponed_until and day > facts.postponed_until and not reason:
        return Fault(f"推迟讨论到 {facts.postponed_until} 为止，晚了要写明原因。", "note")
    return _late_fault(step, facts, day=day, reason=reason)


def _late_fault(step: Step, facts: CaseFacts, *, day: date, reason: str) -> Fault | None:
    if not step.maximum or step.since not in facts.days:
        return None
    since = facts.days[step.since]
    if step.longest and day > (lapsed := months_after(since, step.longest)):
        return Fault(f"支部大会的决议到 {lapsed} 已满 {step.longest} 个月，不能再批，退回支部重新讨论（{step.article}）。", "day")
    if day > (limit := months_after(since, step.maximum)) and not reason:
        return Fault(f"应在 {limit} 前办，晚了 {(day - limit).days} 天，写明原因（{step.article}）。", "note")
    return None


def age_fault(*, birth_on: date, applied_on: date) -> Fault | None:
    """2026 Art5: whoever applies is at least eighteen."""
    if whole_years(birth_on, applied_on) >= ADULT:
        return None
    return Fault(f"{applied_on} 申请时不满 {ADULT} 岁，年满 {ADULT} 岁才能申请（第五条）。", "applied_on")


def training_fault(procedure: Procedure, *, days: int | None, hours: int | None) -> Fault | None:
    """Art17: at least three days, or at least twenty-four hours."""
    if (days or 0) >= procedure.training_days or (hours or 0) >= procedure.training_hours:
        return None
    return Fault(f"培训不少于 {procedure.training_days} 天或者 {procedure.training_hours} 学时，补足再记（第十七条）。", "hours")


def leaving_fault(procedure: Procedure, *, leaving_on: date | None, day: date) -> Fault | None:
    """Art18: whoever leaves the unit within three months is not admitted now."""
    if leaving_on is None or leaving_on >= (until := months_after(day, procedure.leaving_months)):
        return None
    return Fault(f"本人 {leaving_on} 要离开，{until} 前离开的不办接收，转到新单位再办（第十八条）。", "leaving_on")


def extension_fault(procedure: Procedure, *, months: int | None, extended: bool) -> Fault | None:
    """Art31: the probation is extended once, by six to twelve months."""
    low, high = procedure.extension_months
    if extended:
        return Fault("预备期只能延长一次，已经延长过，只能转正或者取消预备党员资格（第三十一条）。", "verdict")
    if months is None or not low <= months <= high:
        return Fault(f"延长不少于 {low} 个月、不超过 {high} 个月，写上几个月（第三十一条）。", "months")
    return None


def postponement_fault(procedure: Procedure, *, probation_until: date, until: date) -> Fault | None:
    """Art34: who came from elsewhere during probation may be discussed up to six months later."""
    last = months_after(probation_until, procedure.postponement_months)
    if until <= probation_until:
        return Fault(f"要晚于预备期满的 {probation_until}。", "until")
    if until > last:
        return Fault(f"推迟不超过 {procedure.postponement_months} 个月，最晚 {last}（第三十四条）。", "until")
    return None


def probation_until(procedure: Procedure, *, assembly_on: date, extension: int = 0) -> date:
    """Art31: one year from the 支部大会 that admitted the member, and what it was extended by."""
    return months_after(assembly_on, procedure.probation_months + extension)
