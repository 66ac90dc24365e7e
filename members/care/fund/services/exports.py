"""Taking the books out as sheets. Every file leaves an audit row; none names who was helped."""

from collections.abc import Iterable
from typing import IO

from django.db import transaction

from members.care.fund.models import Account, Book, Source
from members.care.fund.selectors.books import LineStanding, Standing
from members.care.fund.selectors.statements import Statement
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx


@transaction.atomic
def export_books(rows: list[Standing], *, year: int, by: User) -> IO[bytes]:
    """Every book in sight with its balance and the year's money."""
    audit.record("fund.books.exported", by=by, year=year, rows=len(rows))
    headings = ("党组织", "账本", "种类", "余额（元）", "可用（元）", "已批未付（元）", "本年收入（元）", "本年支出（元）")
    lines = (
        (r.book.organisation.name, r.book.name, r.book.get_kind_display(), r.balance, r.free, r.reserved, r.came_in, r.went_out)
        for r in rows
    )
    return write_xlsx(headings, lines, sheet="账本", widths={"党组织": 36, "账本": 24})


@transaction.atomic
def export_budget(rows: list[LineStanding], *, year: int, by: User) -> IO[bytes]:
    """The budget lines in sight, by organisation."""
    audit.record("fund.budget.exported", by=by, year=year, rows=len(rows))
    headings = ("党组织", "账本", "年度", "代码", "项目", "预算（元）", "已付（元）", "已批未付（元）", "还剩（元）")
    lines = (
        (r.line.book.organisation.name, r.line.book.name, year, r.line.code, r.line.name, r.line.amount, r.paid, r.reserved, r.left)
        for r in rows
    )
    return write_xlsx(headings, lines, sheet="预算执行", widths={"党组织": 36, "账本": 24}, text_columns=["代码"])


@transaction.atomic
def export_vouchers(book: Book, rows, *, year: int, by: User) -> IO[bytes]:
    """The journal of a year, by number."""
    rows = list(rows)
    audit.record("fund.vouchers.exported", book, by=by, path=book.organisation.path, year=year, rows=len(rows))
    headings = ("凭证号", "日期", "种类", "金额（元）", "事由", "经办", "复核", "缘由")
    lines = (
        (str(v), v.day, v.get_kind_display(), v.amount, v.about, v.made_by.name if v.made_by else "", v.checked_by.name if v.checked_by else "", v.reason)
        for v in rows
    )  # fmt: skip
    return write_xlsx(headings, lines, sheet="凭证", title=f"{book.name} {year} 年凭证", widths={"事由": 36})


@transaction.atomic
def export_account(account: Account, rows: Iterable, *, year: int, by: User) -> IO[bytes]:
    """An account's lines with its running balance."""
    rows = list(rows)
    audit.record("fund.account.exported", account, by=by, path=account.book.organisation.path, year=year, rows=len(rows))
    headings = ("日期", "凭证号", "事由", "收入（元）", "支出（元）", "余额（元）")
    lines = (
        (r.voucher.day, str(r.voucher), r.voucher.about, r.moved if r.moved > 0 else None, -r.moved if r.moved < 0 else None, r.after)
        for r in rows
    )
    return write_xlsx(headings, lines, sheet="明细", title=f"{account.book.name}{account.name} {year} 年明细", widths={"事由": 36})


@transaction.atomic
def export_statement(told: Statement, *, by: User) -> IO[bytes]:
    """收支表."""
    book = told.book
    audit.record("fund.statement.exported", book, by=by, path=book.organisation.path, start=told.start, end=told.end)
    lines = [
        ("期初余额", None, told.opening),
        *((f"收入：{row.label}", row.count, row.amount) for row in told.sources),
        ("收入合计", None, told.came_in),
        *((f"支出：{row.label}", row.count, row.amount) for row in told.uses),
        ("支出合计", None, told.went_out),
        ("期末余额", None, told.closing),
        ("其中已批未付", None, told.reserved),
        ("其中可用", None, told.free),
    ]
    title = f"{book.organisation.name}{book.name}收支表（{told.start} 至 {told.end}）"
    return write_xlsx(("项目", "笔数", "金额（元）"), lines, sheet="收支表", title=title, widths={"项目": 36})


@transaction.atomic
def export_donors(book: Book, rows: list[Source], *, year: int, by: User) -> IO[bytes]:
    """The donors of a year; who would not be named is not named."""
    audit.record("fund.donors.exported", book, by=by, path=book.organisation.path, year=year, rows=len(rows))
    lines = ((row.day, row.donor_told, row.amount, row.certificate_number) for row in rows)
    headings = ("到账日", "捐赠的单位或个人", "金额（元）", "证书号")
    return write_xlsx(headings, lines, sheet="捐赠名单", title=f"{book.name} {year} 年捐赠名单", widths={"捐赠的单位或个人": 36})
