"""报表: the sheets that go upward, by when they are asked for, each on the page where it is looked at and taken out.

Nothing is filled in for them: each is made from the records. A line is shown to whoever holds one of its verbs.
"""

from dataclasses import dataclass

from partyportal.core.navigation import address


@dataclass(frozen=True)
class Report:
    """One sheet: what it is called, what it says, the URL name of its page, the verbs of which one is needed."""

    title: str
    says: str
    url_name: str
    verbs: tuple[str, ...] = ("cockpit.see",)

    @property
    def url(self) -> str:
        return address(self.url_name)


REPORTS: dict[str, tuple[Report, ...]] = {
    "每年": (
        Report("党内统计年报", "年末党员、增减、结构和党组织，按国家年报的表号，一次导出一本", "members:annual_tables"),
        Report("历年结构", "任一天和另一天并排，各年年底的变化", "members:statistics"),
        Report("考核卡", "各党组织一年的各项已达、应达和得分", "assessments:cards", ("assessment.see",)),
        Report("年终清单", "民主评议前给支部的名单：得分、等次、表彰和否决", "points:year_end", ("assessment.see",)),
        Report("表彰登记", "谁在哪年受过哪级表彰，结果怎么用", "honours:register"),
        Report("支部台账", "一个支部或一个党委一年的会议、学时和缺漏，Word、Excel、PDF", "documents:books", ("education.book",)),
        Report("基金与经费", "每本账的收支表、明细账和公示", "fund:books", ("fund.see",)),
    ),
    "每季、每月": (
        Report("三会一课", "已开、应开，按党组织和月份", "education:compliance"),
        Report("积分等次与榜单", "一季或一年各等次的人，红榜、黄榜", "points:grades", ("assessment.see",)),
        Report("季度公示", "哪些支部公示了、到哪天、有没有异议", "publicity:publications"),
        Report("党费收缴", "各党组织当月应缴、实缴和欠缴", "dues:dues", ("dues.collect",)),
        Report("流动党员登记", "在外党员、最近一次联系、该联系没联系的", "mobility:register", ("mobility.record",)),
        Report("走访慰问", "该走访的、已走访的", "visits:visits", ("care.see",)),
        Report("困难救助", "申请到签收各走到哪一步", "aid:cases", ("care.see",)),
    ),
    "随时": (
        Report("党员名册", "按条件筛出来的人，全国采集表的 19 列", "members:roster"),
        Report("党组织表", "党组织、上级、成立日期，能改好再导入", "branches:tree"),
        Report("班子与届次", "书记、委员、届满日期和空缺", "members:offices"),
        Report("发展党员", "每个人走到哪一步", "development:cases", ("development.record",)),
        Report("组织关系转接", "转出、转入走到哪一步", "transfers:transfers", ("transfer.apply",)),
        Report("应关怀名单", "按县里定的条件今天有哪些人", "care:lists", ("care.see",)),
        Report("名册质量", "缺项、矛盾和久未处理的，按支部", "members:quality"),
    ),
}


def reports_for(verbs: frozenset[str]) -> list[tuple[str, list[Report]]]:
    """The groups with the reports these verbs allow; a group without any is left out."""
    shown = [(when, [one for one in listed if verbs.intersection(one.verbs)]) for when, listed in REPORTS.items()]
    return [(when, listed) for when, listed in shown if listed]
