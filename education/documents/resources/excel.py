"""A branch's book as a register in xlsx: one sheet for each question, one row for each answer. A spreadsheet cannot carry a font."""

from education.documents.resources.pages import PER_PAGE_NOTE, items_of, share
from education.documents.rules import printable
from education.documents.selectors.content import BranchBook, Record
from education.rules import plain
from partyportal.core.sheets import Sheet, write_book

MEETINGS = (
    "种类",
    "党小组",
    "年内第几次",
    "日期",
    "时间",
    "地点",
    "主持",
    "记录",
    "主题",
    "应到",
    "实到",
    "请假",
    "缺席",
    "不计应到",
    "学时",
)
MEETINGS += ("议题", "主要内容", "议定事项", "补课", "就近参加", "确认", "版本")
VOTES = ("日期", "议题", "怎么表决", "结果")


def as_xlsx(book: BranchBook) -> bytes:
    head = f"{book.branch}　截至 {book.as_of}"
    sheets = [
        Sheet("会议", head, MEETINGS, [_meeting(record) for record in book.records]),
        Sheet("到会", head, ("会议", "日期", "姓名", "到会情况"), list(_roll(book))),
    ]
    if not book.is_one_meeting:
        sheets = [
            Sheet(
                "汇总",
                f"{book.branch}{book.title}组织生活台账　截至 {book.as_of}",
                ("种类", "应开", "已开", "补开", "记录", "应到人次", "实到人次", "到会率"),
                [(k.label, k.due, k.done, k.made_up, k.held, k.expected, k.present, share(k.present, k.expected)) for k in book.kinds],
                f"应开、已开、补开只算到 {book.as_of} 已经过完的月份，补开的不算已开",
            ),
            *sheets,
            Sheet("学时", head, ("姓名", "次数", "学时", "应学", "说明"), [(s.name, s.times, s.hours, s.due, s.note) for s in book.study]),
            Sheet("缺漏", head, ("时间", "应开什么", "情况"), [(gap.when, gap.what, gap.state) for gap in book.gaps]),
        ]
    if votes := book.votes or tuple(vote for record in book.records for vote in record.votes):
        sheets.append(Sheet("表决", head, VOTES, [(v.held_on.isoformat(), printable(v.title), v.how, printable(v.words)) for v in votes]))
    checks = [(record.day, record.name, record.version, record.digest) for record in book.records]
    sheets.append(Sheet("校验清单", head, ("日期", "会议", "版本", "摘要（SHA-256）"), checks, PER_PAGE_NOTE))
    with write_book(sheets) as file:
        return file.read()


def _meeting(record: Record) -> tuple:
    return (
        record.label,
        record.group,
        record.ordinal,
        record.day,
        record.hours,
        record.place,
        record.host,
        record.scribe,
        printable(record.topic),
        record.expected,
        record.present,
        "　".join(record.leave),
        "　".join(record.absent),
        "　".join(record.excused),
        plain(record.study_hours),
        printable("\n".join(items_of(record))),
        printable(record.minutes),
        printable(record.decisions),
        f"补 {record.makes_up}" if record.makes_up else "",
        "　".join(record.guests),
        record.confirmed,
        record.version,
    )


def _roll(book: BranchBook):
    for record in book.records:
        for names, state in (
            (record.came, "到"),
            (record.guests, "就近参加"),
            (record.leave, "请假"),
            (record.absent, "缺席"),
            (record.excused, "不计应到"),
        ):
            yield from ((record.name, record.day, name, state) for name in names)
