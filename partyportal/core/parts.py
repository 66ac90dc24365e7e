"""/parts/: every part of the portal with its states, as one reference page for those who write pages; and 更多 of the phone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.utils import timezone

from partyportal.core.duties import Duty
from partyportal.core.htmx import page
from partyportal.core.models import Job

TODAY = date(2026, 11, 22)


class ContactForm(forms.Form):
    """Shown half filled and refused, to show every state of a field."""

    on = forms.CharField(label="联系日期")
    way = forms.ChoiceField(label="联系方式", choices=[("phone", "电话"), ("visit", "上门"), ("kin", "托亲属")])
    number = forms.CharField(label="公民身份号码")
    branch = forms.CharField(label="所在党支部", disabled=True, required=False, help_text="换支部走转接")
    note = forms.CharField(label="说了什么", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_number(self):
        raise forms.ValidationError("校验位不对，末位应为 5")


@dataclass(frozen=True)
class HeatRow:
    label: str
    url: str
    cells: list
    total: str


@dataclass(frozen=True)
class Heat:
    columns: list
    rows: list
    totals: list
    total_label: str


def _duty(due_on: date, title: str, reason: str, act: str) -> Duty:
    return Duty(
        due_on=due_on,
        key=title,
        title=title,
        reason=reason,
        act=act,
        url="#",
        organisation_code="",
        organisation_name="",
        organisation_path="",
    )


def _job(number: int, title: str, state: str, **more) -> SimpleNamespace:
    now = datetime(2026, 11, 22, 2, 2, tzinfo=UTC)
    job = {
        "uid": UUID(int=number),
        "title": title,
        "state": state,
        "get_state_display": Job.State(state).label,
        "is_over": state in {"done", "failed", "cancelled"},
        "done": 0,
        "total": 0,
        "step": "",
        "error": "",
        "cancel_asked": False,
        "started_at": now,
        "finished_at": now,
    }
    return SimpleNamespace(**(job | more))


def context() -> dict:
    """Invented data for every part; nothing is asked of the database."""
    hit = ["held"] * 10
    heat = Heat(
        [f"{n} 月" for n in range(7, 12)],
        [
            HeatRow("县直机关", "#", [(29, 29, "#", False, "")] * 4 + [(20, 29, "#", True, "")], "99.8%"),
            HeatRow(
                "草川铺乡",
                "#",
                [
                    (37, 38, "#", False, ""),
                    (29, 38, "#", False, ""),
                    (85, 90, "#", False, ""),
                    (34, 38, "#", False, "补 2，缺 2"),
                    (26, 38, "#", True, ""),
                ],
                "93.3%",
            ),
            HeatRow(
                "土门乡",
                "#",
                [
                    (35, 38, "#", False, ""),
                    (33, 38, "#", False, ""),
                    (69, 90, "#", False, ""),
                    (24, 38, "#", False, ""),
                    (0, 0, "#", False, ""),
                ],
                "86.4%",
            ),
        ],
        ["全县", "98%", "94%", "97%", "93%", "66%", "96.5%"],
        "1–10 月",
    )
    started = timezone.now() - timedelta(seconds=14)
    return {
        "today": TODAY,
        "duties": [
            _duty(date(2026, 10, 31), "补记 10 月支委会", "支委会一般每月一次，10 月还没有记录。上次 9月16日", "补记"),
            _duty(date(2026, 11, 30), "登记 11 月党费", "24 人已交 19 人，欠 5 人共 9.80 元", "登记党费"),
            _duty(date(2026, 12, 20), "讨论胡超强转正", "预备期 12月20日满一年，还没收到本人书面申请", "办转正"),
        ],
        "done_on": date(2026, 11, 12),
        "muted_until": date(2026, 12, 31),
        "form": ContactForm({"on": "2026-11-22", "way": "phone", "number": "629921198908019476"}, initial={"branch": "高家杨村党支部"}),
        "roll": [
            SimpleNamespace(name="程勇庆", note="", value="present", reason=""),
            SimpleNamespace(name="戴鹏", note="党龄 56 年", value="present", reason=""),
            SimpleNamespace(name="薛永云", note="", value="leave", reason="ill"),
            SimpleNamespace(name="姚浩永", note="", value="absent", reason="none"),
        ],
        "states": [("present", "到"), ("leave", "请假", "ochre"), ("absent", "缺席", "red")],
        "leave_reasons": [("ill", "生病"), ("away", "外出"), ("duty", "公务"), ("other", "其他")],
        "absent_reasons": [("none", "没有说明"), ("told", "写原因")],
        "picks": [("new", "新值"), ("old", "原值")],
        "jobs": [
            _job(1, "写入山门镇名册", "running", done=341, total=532, started_at=started),
            _job(2, "重算 2026 年积分", "done", done=9, total=9),
            _job(3, "生成 25 个支部台账", "failed", done=16, total=25, error="泉湾村支部缺 9 月党课纪要。前 16 个可以下载。"),
        ],
        "heat": heat,
        "dots": [
            ("党员大会", ["", "", "held", "", "", "held", "", "", "held", "", "open", "ahead"]),
            ("支委会", ["held"] * 9 + ["missing", "held", "ahead"]),
            ("主题党日", [*hit, "open", "ahead"]),
        ],
        "bars": [("组织生活", 168420, "#"), ("学习教育", 97310, "#"), ("志愿服务", 58240), ("扣减", -1120)],
        "ages": [
            ("71以上", 844, 378),
            ("61–70", 507, 238),
            ("51–60", 870, 384),
            ("41–50", 897, 422),
            ("31–40", 895, 431),
            ("30以下", 532, 271),
        ],
        "chart": {
            "legend": {"data": ["收入", "支出"]},
            "xAxis": {"type": "category", "data": ["1月", "2月", "3月", "4月"]},
            "yAxis": {"type": "value"},
            "series": [
                {"type": "bar", "name": "收入", "data": [30, 0, 18, 0.6]},
                {"type": "bar", "name": "支出", "data": [10.2, 11.1, 0, 1.7]},
            ],
        },
        "chart_table": (["月", "收入", "支出"], [["1月", 30, 10.2], ["2月", 0, 11.1], ["3月", 18, 0], ["4月", 0.6, 1.7]]),
        "sums": [("4 小时 × 每小时 1 分", "4.00")],
        "events": [
            (date(2026, 11, 20), "满六个月未联系", "系统按上次联系日期算出，已提醒书记和联系人", "act", "看规则"),
            (date(2026, 5, 20), "肖斌电话联系", "在西安雁塔区做装修，年底回来", "note", "联系记录"),
            (date(2026, 3, 2), "外出到陕西省西安市雁塔区", "地点不固定，登记为流动党员", "change", "外出登记"),
        ],
        "people": Paginator(range(1, 138), 18).page(1),
        "branches": [("", "全部 25 个"), ("1", "高家杨村")],
        "ages_asked": [("", "不限"), ("60", "60 岁以下")],
        "crumb_trail": [("山门镇党委", "#"), ("高家杨村党支部", "")],
        "jumps": [("要办 3", "#duties"), ("表单", "#forms"), ("按钮", "#buttons")],
        "tags": [("有手机号", "phone")],
        "after": ["17 人各记 2 学时、2 分", "11 月主题党日记为已开，生成台账一页", "镇党委能看到，可退回更正"],
    }


@login_required
def parts(request):
    """Every part with its states; for those who build pages, not for users."""
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    return page(request, "core/parts.html", context())


@login_required
def more(request):
    """更多: what the phone's four tabs do not hold."""
    return page(request, "core/more.html")
