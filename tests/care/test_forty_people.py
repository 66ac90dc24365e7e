"""Forty worked people at the boundaries of every list, as of 2026-11-22: which lists each is on, and in which words.

A line: name | born | joined | full member since | what was recorded | the lists and why. `x a..b` holds from a to the day before b.
The next 七一 is 2027-07-01. A line without lists is on none.
"""

from datetime import date
from decimal import Decimal

import pytest

from members.care.models import CriterionVersion
from members.care.selectors.lists import eligible, reasons
from members.models import Sanction, Suspension
from members.services import facts, membership
from tests.care.makers import ON, held
from tests.factories import make_member

TABLE = """
# 80 岁以上 (and with it the draft of 65 岁以上或党龄 40 年以上)
八十岁前一天 | 1946-11-23 | 2005-07-01 | 2006-07-01 | | sixty-five-or-forty 79 岁
八十岁当天 | 1946-11-22 | 2005-07-01 | 2006-07-01 | | eighty 80 岁; sixty-five-or-forty 80 岁
八十岁后一天 | 1946-11-21 | 2005-07-01 | 2006-07-01 | | eighty 80 岁; sixty-five-or-forty 80 岁
八十岁已经离开 | 1940-01-01 | 2005-07-01 | 2006-07-01 | 离开 2026-11-22 |
八十岁明天离开 | 1940-01-01 | 2005-07-01 | 2006-07-01 | 离开 2026-11-23 | eighty 86 岁; sixty-five-or-forty 86 岁
闰日出生 | 1948-02-29 | 2005-07-01 | 2006-07-01 | | sixty-five-or-forty 78 岁
# 光荣在党50年: 党龄 50 on 2027-07-01; those of 1969-04 to 1977-08 from joining, others from 转正
七一满五十年 | 1958-01-01 | 1977-07-01 | 1978-07-01 | | fifty-years 1977年7月入党，到2027年7月1日党龄 50 年; sixty-forty 68 岁；1977年7月入党，党龄 49 年; sixty-five-or-forty 68 岁；1977年7月入党，党龄 49 年
七一后一天才满 | 1968-01-01 | 1977-07-02 | 1978-07-02 | | sixty-five-or-forty 1977年7月入党，党龄 49 年
七一前一天满 | 1968-01-01 | 1977-06-30 | 1978-06-30 | | fifty-years 1977年6月入党，到2027年7月1日党龄 50 年; sixty-five-or-forty 1977年6月入党，党龄 49 年
没有预备期的头一天 | 1968-01-01 | 1969-04-01 | 1970-04-01 | | fifty-years 1969年4月入党，到2027年7月1日党龄 58 年; sixty-five-or-forty 1969年4月入党，党龄 57 年
还有预备期的末一天 | 1968-01-01 | 1969-03-31 | 1970-03-31 | | fifty-years 1970年3月转正，到2027年7月1日党龄 57 年; sixty-five-or-forty 1970年3月转正，党龄 56 年
没有预备期的末一天 | 1968-01-01 | 1977-08-31 | 1978-08-31 | | sixty-five-or-forty 1977年8月入党，党龄 49 年
又有预备期的头一天 | 1968-01-01 | 1977-09-01 | 1978-09-01 | | sixty-five-or-forty 1978年9月转正，党龄 48 年
七一以前影响期满 | 1968-01-01 | 1970-01-01 | 1970-01-01 | 处分 2026-06-01..2027-07-01 | fifty-years 1970年1月入党，到2027年7月1日党龄 57 年; sixty-five-or-forty 1970年1月入党，党龄 56 年
七一还在影响期 | 1968-01-01 | 1970-01-01 | 1970-01-01 | 处分 2026-06-01..2027-07-02 | sixty-five-or-forty 1970年1月入党，党龄 56 年
停止党籍 | 1968-01-01 | 1970-01-01 | 1970-01-01 | 停止 2026-06-01 | sixty-five-or-forty 1970年1月入党，党龄 56 年
七一以前已定转走 | 1968-01-01 | 1970-01-01 | 1970-01-01 | 离开 2027-06-30 | sixty-five-or-forty 1970年1月入党，党龄 56 年
七一过后转走 | 1968-01-01 | 1970-01-01 | 1970-01-01 | 离开 2027-07-02 | fifty-years 1970年1月入党，到2027年7月1日党龄 57 年; sixty-five-or-forty 1970年1月入党，党龄 56 年
# 新中国成立前入党, alone and with no pension
成立前一天入党 | 1931-01-01 | 1949-09-30 | 1950-09-30 | 无退休金 2010-01-01 | eighty 95 岁; eighty-fifty 95 岁；1950年9月转正，党龄 76 年; fifty-years 1950年9月转正，到2027年7月1日党龄 76 年; pre-1949 1949年9月入党，在1949年10月1日以前; pre-1949-subsidy 1949年9月入党，在1949年10月1日以前；2010年1月起登记为无退休金的农村老党员; sixty-five-or-forty 95 岁；1950年9月转正，党龄 76 年; sixty-forty 95 岁；1950年9月转正，党龄 76 年
成立当天入党 | 1931-01-01 | 1949-10-01 | 1950-10-01 | 无退休金 2010-01-01 | eighty 95 岁; eighty-fifty 95 岁；1950年10月转正，党龄 76 年; fifty-years 1950年10月转正，到2027年7月1日党龄 76 年; sixty-five-or-forty 95 岁；1950年10月转正，党龄 76 年; sixty-forty 95 岁；1950年10月转正，党龄 76 年
# 生活困难, 重病, 丧亲: from the first day to the day before the last
困难明天起 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 困难 2026-11-23 |
困难今天起 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 困难 2026-11-22 | hardship 2026年11月起登记为生活困难
困难昨天起 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 困难 2026-11-21 | hardship 2026年11月起登记为生活困难
困难今天止 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 困难 2025-03-01..2026-11-22 |
困难到今天 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 困难 2025-03-01..2026-11-23 | hardship 2025年3月起登记为生活困难
困难登错撤回 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 困难 2025-03-01 撤回 |
重病今天起 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 重病 2026-11-22 | illness 2026年11月起登记为重病
重病今天止 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 重病 2026-01-01..2026-11-22 |
丧亲今天起 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 丧亲 2026-11-22 | bereaved 2026年11月起登记为丧亲
因公伤残 | 1980-01-01 | 2005-07-01 | 2006-07-01 | 因公伤残 2020-05-01 | duty 2020年5月起登记为因公伤残
# 老干部 65
干部六十五前一天 | 1961-11-23 | 2005-07-01 | 2006-07-01 | 退休干部 2020-01-01 |
干部六十五当天 | 1961-11-22 | 2005-07-01 | 2006-07-01 | 退休干部 2020-01-01 | elder-cadres 2020年1月起登记为退休干部；65 岁; sixty-five-or-forty 65 岁
不是干部六十五 | 1961-11-21 | 2005-07-01 | 2006-07-01 | | sixty-five-or-forty 65 岁
# 60 岁、党龄 40 年, and 65 or 40 with the year's 民主评议
六十前一天 | 1966-11-23 | 1985-06-01 | 1986-06-01 | | sixty-five-or-forty 1986年6月转正，党龄 40 年
六十当天四十年当天 | 1966-11-22 | 1985-11-22 | 1986-11-22 | | sixty-five-or-forty 1986年11月转正，党龄 40 年; sixty-forty 60 岁；1986年11月转正，党龄 40 年
四十年差一天 | 1966-11-21 | 1985-11-23 | 1986-11-23 | |
评议不合格 | 1950-01-01 | 1985-06-01 | 1986-06-01 | 评议 2025 unqualified | sixty-forty 76 岁；1986年6月转正，党龄 40 年
前年评议不合格 | 1950-01-01 | 1985-06-01 | 1986-06-01 | 评议 2024 unqualified | sixty-five-or-forty 76 岁；1986年6月转正，党龄 40 年; sixty-forty 76 岁；1986年6月转正，党龄 40 年
# 80 and 50 (a draft): today, not on 七一
八十五十当天 | 1946-11-22 | 1976-11-22 | 1976-11-22 | | eighty 80 岁; eighty-fifty 80 岁；1976年11月入党，党龄 50 年; fifty-years 1976年11月入党，到2027年7月1日党龄 50 年; sixty-five-or-forty 80 岁；1976年11月入党，党龄 50 年; sixty-forty 80 岁；1976年11月入党，党龄 50 年
八十五十差一天 | 1946-11-22 | 1976-11-23 | 1976-11-23 | | eighty 80 岁; fifty-years 1976年11月入党，到2027年7月1日党龄 50 年; sixty-five-or-forty 80 岁；1976年11月入党，党龄 49 年; sixty-forty 80 岁；1976年11月入党，党龄 49 年
"""
KINDS = {
    "困难": "hardship",
    "重病": "illness",
    "丧亲": "bereaved",
    "因公伤残": "duty_disabled",
    "退休干部": "retired_cadre",
    "无退休金": "no_pension",
}


def people():
    for line in TABLE.strip().splitlines():
        if line.startswith("#"):
            continue
        name, born, joined, full, recorded, lists = (part.strip() for part in line.split("|"))
        told = dict(part.strip().split(" ", 1) for part in lists.split(";")) if lists else {}
        yield name, *(date.fromisoformat(day) for day in (born, joined, full)), recorded, told


def span(text: str) -> tuple[date, date | None]:
    start, _, end = text.partition("..")
    return date.fromisoformat(start), date.fromisoformat(end) if end else None


def write_down(person, recorded: str) -> None:
    """What the table says was recorded of somebody."""
    what, _, said = recorded.partition(" ")
    if what in KINDS:
        row = held(person, KINDS[what], *span(said.removesuffix(" 撤回")))
        if said.endswith("撤回"):
            row.withdrawn_at = row.recorded_at
            row.save(update_fields=["withdrawn_at"])
    elif what == "处分":
        Sanction.objects.create(member=person, kind="warning", basis="镇纪发 3 号", **dict(zip(("start", "end"), span(said), strict=True)))
    elif what == "停止":
        Suspension.objects.create(member=person, start=date.fromisoformat(said), reason="lost_contact", basis="镇党发 4 号")
    elif what == "离开":
        membership.leave(person, on=date.fromisoformat(said), reason="transferred_out", by=None)
    elif what == "评议":
        year, grade = said.split()
        line = facts.FactLine(
            key=f"test:{person.uid}", kind="appraisal.result", member_id=person.pk, organisation_id=person.branch_id, member_class="village",
            day=date(int(year), 12, 20), units=Decimal(1), title="民主评议", grade=grade,
        )  # fmt: skip
        facts.record([line], by=None)
    else:
        assert not recorded, recorded


@pytest.fixture
def forty(tree):
    known = {}
    for name, born, joined, full, recorded, told in people():
        person = make_member(tree.ours, name, birth_on=born, joined_on=joined, full_on=full, start=max(joined, date(2000, 1, 1)))
        write_down(person, recorded)
        known[name] = (person, told)
    return known


def test_forty_worked_people_are_on_the_lists_the_table_says_and_for_those_reasons(forty):
    assert len(forty) == 40
    versions = list(CriterionVersion.objects.select_related("criterion"))
    found: dict[str, dict[str, str]] = {name: {} for name in forty}
    for version in versions:
        on_it = list(eligible(version, on=ON).values_list("pk", "name"))
        why = reasons(version, [pk for pk, _ in on_it], ON)
        for pk, name in on_it:
            found[name][version.criterion.code] = "；".join(why[pk])
    wrong = [f"{name}\n  is  {found[name]}\n  not {told}" for name, (_, told) in forty.items() if found[name] != told]
    assert not wrong, "\n".join(wrong)
    assert {code for _, told in forty.values() for code in told} == {version.criterion.code for version in versions}, (
        "every list has somebody"
    )


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("八十岁前一天", "eighty", "79 岁，差 1 天"),
        ("闰日出生", "eighty", "78 岁，差 1 年 3 个月"),
        ("七一后一天才满", "fifty-years", "1977年7月入党，到2027年7月1日党龄 49 年，差 1 天"),
        ("七一还在影响期", "fifty-years", "有在影响期内的处分"),
        ("停止党籍", "fifty-years", "停止党籍"),
        ("七一以前已定转走", "fifty-years", "到2027年7月1日组织关系不在本县"),
        ("成立当天入党", "pre-1949", "1949年10月入党，不在1949年10月1日以前"),
        ("困难今天止", "hardship", "没有登记生活困难"),
        ("不是干部六十五", "elder-cadres", "没有登记离休干部或退休干部"),
        ("四十年差一天", "sixty-forty", "1986年11月转正，党龄 39 年，差 1 天"),
        ("四十年差一天", "sixty-five-or-forty", "60 岁，差 4 年 11 个月；或者1986年11月转正，党龄 39 年，差 1 天"),
        ("评议不合格", "sixty-five-or-forty", "2025 年民主评议评为不合格"),
        ("困难明天起", "sixty-forty", "46 岁，差 13 年 1 个月；2006年7月转正，党龄 20 年，差 19 年 7 个月"),
    ],
)
def test_whoever_is_not_on_a_list_reads_what_is_missing(tree, name, code, words):
    row = next(row for row in people() if row[0] == name)
    person = make_member(tree.ours, name, birth_on=row[1], joined_on=row[2], full_on=row[3], start=max(row[2], date(2000, 1, 1)))
    write_down(person, row[4])
    version = CriterionVersion.objects.select_related("criterion").get(criterion__code=code)
    assert "；".join(reasons(version, [person], ON)[person.pk]) == words


def test_a_probationary_member_has_no_party_age(tree):
    person = make_member(tree.ours, "预备", category="probationary", joined_on=date(2026, 3, 1), full_on=None)
    assert reasons("fifty-years", [person], ON)[person.pk] == ["2026年3月入党，到2027年7月1日还没有转正，没有党龄"]
