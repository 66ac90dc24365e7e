"""The demo's money: the county's assistance fund over a year, and the 党建经费 of the committees and of the shown branches.

All of it through the services, each act on its own day, so that balances, numbers and seals are what they would be. The aid
cases (demo/aid) draw on the county's fund; here are its sources, its budget, and what was paid before the portal knew cases.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from branches.models import Organisation
from members.care.fund.models import Book, BudgetLine, Claim, Source
from members.care.fund.services import bank, books, claims, payments, sources
from partyportal.core.days import month_end, month_of, months_after
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx
from partyportal.dashboard.demo.logins import OTHER_TOWNSHIP, SHOWCASE, TOWNSHIP

FUND = "困难党员救助基金"
AID_LINES = (("01", "生活困难救助", "120000"), ("02", "大病救助", "80000"), ("03", "走访慰问", "60000"))
OPERATING_LINES = (("01", "教育培训", "3000"), ("02", "报刊资料", "1200"), ("03", "主题党日活动", "2400"), ("04", "走访慰问", "1500"))
# (days ago, kind, yuan, paper, donor, unnamed)
INCOME = (
    (310, "fiscal", "100000", "清财〔2026〕8号", "", False),
    (295, "dues", "50000", "清组〔2026〕3号", "", False),
    (240, "donation", "30000", "", "清源县农村商业银行", False),
    (200, "donation", "800", "", "退休教师张先生", True),
    (144, "donation", "12000", "", "清源县供销合作社", False),
    (140, "donation", "5000", "", "山门镇商会", False),
    (61, "interest", "186.42", "利息回单", "", False),
)
PAID = (
    (285, "03", "16000", "元旦春节走访慰问第一批"),
    (284, "03", "12000", "元旦春节走访慰问第二批"),
    (190, "02", "8000", "大病救助 4 例"),
    (130, "01", "9000", "“七一”生活困难救助 6 例"),
    (40, "01", "6000", "生活困难救助 4 例"),
)


def keep_books(*, today: date) -> int:
    """Open the books, receive, budget, spend; leave some waiting for a second person; returns how many books there are."""
    users = {
        user.username: user
        for user in User.objects.filter(username__in=("secretary", "committee", "committee2", "department", "department2"))
    }
    county = Organisation.objects.get(code="001")
    _assistance(county, users["department"], users["department2"], today=today)
    for code, clerk, checker in (
        ("001", "department2", "department"),
        (TOWNSHIP, "committee", "department"),
        (OTHER_TOWNSHIP, "committee2", "department"),
        (SHOWCASE, "secretary", "committee"),
    ):
        organisation = Organisation.objects.filter(code=code).first()
        if organisation and clerk in users:
            _operating(organisation, users[clerk], users[checker], today=today)
    return Book.objects.count()


def _day(today: date, ago: int) -> date:
    """So many days ago, but never before the year: the demo keeps one year of books."""
    return max(today - timedelta(ago), date(today.year, 1, 1))


def _open(organisation, kind: str, name: str, lines, *, by: User, today: date) -> Book:
    start = date(today.year, 1, 1)
    book = books.open_book(organisation=organisation, kind=kind, name=name, by=by, today=today, since=start)
    for code, called, amount in lines:
        books.set_line(book, year=today.year, code=code, name=called, amount=Decimal(amount), by=by, today=start)
    return book


def _receive(
    book: Book, clerk: User, checker: User | None, *, on: date, kind: str, amount: str, reference: str, donor: str, unnamed: bool
) -> Source:
    said = {"kind": kind, "amount": Decimal(amount), "day": on, "reference": reference, "donor": donor, "anonymous": unnamed}
    source = sources.record(book=book, by=clerk, today=on, **said)
    if checker:
        sources.confirm(source, by=checker, today=on)
    return source


def _assistance(county, clerk: User, checker: User, *, today: date) -> None:
    book = _open(county, Book.Kind.AID, FUND, AID_LINES, by=clerk, today=today)
    for ago, kind, amount, reference, donor, unnamed in INCOME:
        _receive(
            book, clerk, checker, on=_day(today, ago), kind=kind, amount=amount, reference=reference, donor=donor, unnamed=unnamed
        )  # fmt: skip
    lines = {line.code: line for line in BudgetLine.objects.filter(book=book)}
    made = []
    for ago, code, amount, title in PAID:
        day = _day(today, ago)
        claim = _claim(lines[code], amount, title, by=checker, day=day)
        made.append(payments.confirm(payments.prepare(claim, by=clerk, today=day, method="transfer"), by=checker, today=day))
    # One came back and was paid again; one is approved, one prepared, a gift waits for its second person.
    back = _day(today, 38)
    payments.reverse(made[-1], by=checker, today=back, reason="账号写错，银行退票")
    payments.confirm(payments.prepare(made[-1].claim, by=clerk, today=back, method="transfer"), by=checker, today=back)
    payments.prepare(_claim(lines["02"], "3000", "大病救助 2 例", by=checker, day=today), by=clerk, today=today, method="transfer")
    _claim(lines["01"], "2000", "生活困难救助 2 例", by=checker, day=today)
    _receive(book, clerk, None, on=today, kind="donation", amount="6600", reference="", donor="白驼镇果业合作社", unnamed=False)
    _reconcile(book, clerk, today=today)


def _claim(line: BudgetLine, amount: str, title: str, *, by: User, day: date) -> Claim:
    return claims.reserve(line=line, organisation=line.book.organisation, amount=Decimal(amount), title=title, by=by, today=day)


def _reconcile(book: Book, clerk: User, *, today: date) -> None:
    """Last month as the bank tells it: all of ours, and a fee of its own that nobody has entered."""
    account = book.accounts.get(is_bank=True)
    month = months_after(month_of(today), -1)
    if month.year != today.year:
        return
    ours = account.lines.filter(voucher__day__year=month.year, voucher__day__month=month.month).select_related("voucher")
    rows = [(line.voucher.day.isoformat(), max(line.amount, 0), max(-line.amount, 0), "") for line in ours.order_by("voucher__day")]
    end = month_end(month)
    before = sum(line.amount for line in account.lines.filter(voucher__day__lte=end))
    rows.append((end.isoformat(), 0, Decimal("15.00"), "账户管理费"))
    sheet = write_xlsx((bank.DAY, bank.IN, bank.OUT, bank.NOTE), rows)
    bank.upload(sheet.read(), account=account, month=month, closing=before - Decimal("15.00"), by=clerk, today=today)


def _operating(organisation, clerk: User, checker: User, *, today: date) -> None:
    book = _open(organisation, Book.Kind.OPERATING, "党建经费", OPERATING_LINES, by=clerk, today=today)
    for ago, kind, amount in ((280, "fiscal", "5000"), (150, "dues", "1600")):
        paper = "拨款通知" if kind == "fiscal" else "党费划拨通知"
        _receive(book, clerk, checker, on=_day(today, ago), kind=kind, amount=amount, reference=paper, donor="", unnamed=False)
    lines = {line.code: line for line in BudgetLine.objects.filter(book=book)}
    for ago, code, amount, title in (
        (210, "02", "486", "订党报党刊"),
        (142, "03", "720", "七一主题党日用品"),
        (90, "01", "350", "购学习用书"),
        (1, "03", "168.50", "主题党日材料打印"),
    ):
        day, invoice = _day(today, ago), SimpleUploadedFile("发票.pdf", b"%PDF-1.4\n%%EOF\n")
        said = {"amount": Decimal(amount), "title": title, "files": [invoice], "method": "transfer", "by": clerk, "today": day}
        waiting = claims.spend(line=lines[code], organisation=organisation, **said)
        if ago > 1:
            payments.confirm(waiting, by=checker, today=day)
