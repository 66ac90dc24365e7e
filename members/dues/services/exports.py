"""Taking dues out as sheets: a month by member, a year for publication. Every file leaves an audit row; none holds an income."""

from datetime import date
from typing import IO

from django.db import transaction

from branches.models import Organisation
from members.dues.models import DueMonth
from members.dues.selectors.places import seen_of
from members.dues.selectors.publication import Sheet
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

MONTH_HEADINGS = ("党支部", "姓名", "月份", "应交（元）", "已交（元）", "收款日", "收据号", "状态")


@transaction.atomic
def export_month(organisation: Organisation, month: date, *, by: User, today: date) -> IO[bytes]:
    """Who owes and who paid a month in an organisation, as its page counts and as far as the user sees them now."""
    own = DueMonth.objects.of_month(month).filter(organisation=organisation)
    counted = own if organisation.is_branch else seen_of(by, organisation, month, today=today)[0]
    rows = counted.select_related("member", "organisation", "payment").defer("member__id_number")
    rows = list(rows.order_by("organisation__code", "member__pinyin", "member_id"))
    audit.record("dues.month.exported", organisation, by=by, path=organisation.path, month=month, rows=len(rows))
    return write_xlsx(
        MONTH_HEADINGS,
        (
            (
                row.organisation.name,
                row.member.name,
                f"{month:%Y-%m}",
                row.paid if row.payment_id else row.due,
                row.paid,
                row.payment.day if row.payment_id else None,
                row.payment.receipt if row.payment_id else "",
                _state(row),
            )
            for row in rows
        ),
        sheet="党费",
        widths={"党支部": 36, "收据号": 24},
    )


def _state(row: DueMonth) -> str:
    if row.payment_id:
        return "已交，待核对" if row.collection_state == "recorded" else "已交"
    return "未交" if row.due else "免交"


PUBLISHED_HEADINGS = ("姓名", "应交月份", "已交月份", "说明")


@transaction.atomic
def export_publication(sheet: Sheet, *, by: User) -> IO[bytes]:
    """A branch's year as it is published: names and months, and of money only the branch's totals."""
    audit.record(
        "dues.publication.exported", sheet.organisation, by=by, path=sheet.organisation.path, year=sheet.year, rows=len(sheet.lines)
    )
    rows = [(line.name, line.due_words, line.paid_words, line.note) for line in sheet.lines]
    return write_xlsx(
        PUBLISHED_HEADINGS,
        [*rows, ("合计", f"应交 {sheet.sums.due_total} 元", f"已交 {sheet.sums.paid_total} 元", f"另自愿多交 {sheet.voluntary} 元")],
        title=f"{sheet.organisation.name} {sheet.year} 年党费收缴情况公示",
        sheet="公示",
        widths={"应交月份": 28, "已交月份": 28, "说明": 24},
    )
