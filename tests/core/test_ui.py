"""The parts: what they write, what they refuse, and that a page of all of them holds together."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template

from partyportal.core import parts
from partyportal.core.duties import Duty
from partyportal.core.htmx import page
from partyportal.core.templatetags.ui import words
from partyportal.core.templatetags.ui.figures import heat_step

TODAY = date(2026, 11, 22)


def draw(source: str, rf=None, url: str = "/", **context) -> str:
    if rf is not None:
        context["request"] = rf.get(url)
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("filter_", "value", "written"),
    [
        (words.day, TODAY, "11月22日"),
        (words.day, None, "—"),
        (words.day, datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "11月22日"),  # already the 22nd in Shanghai
        (words.long_day, TODAY, "11月22日 星期日"),
        (words.full_day, TODAY, "2026年11月22日"),
        (words.iso, TODAY, "2026-11-22"),
        (words.points, Decimal("1.5"), "+1.50"),
        (words.points, Decimal("-3.5"), "−3.50"),
        (words.points, 0, "0.00"),
        (words.score, Decimal("1076.5"), "1,076.50"),
        (words.thousands, 6669, "6,669"),
        (words.thousands, -1120, "−1,120"),
        (words.change, 12, "+12"),
        (words.percent, Decimal("0.965"), "96.5%"),
        (words.percent, Decimal("0.99996"), "99.9%"),  # not 100 while one is missing
        (words.percent, 1, "100.0%"),
        (words.percent, None, "—"),
    ],
)
def test_figures_and_days_are_written_as_the_portal_writes_them(filter_, value, written):
    assert filter_(value) == written


def test_keep_holds_dates_and_units_together_and_still_escapes():
    kept = words.keep("上次 9月16日，欠 5 人 <b>")
    assert '<span class="pp-nobr">9月16日</span>' in kept
    assert '<span class="pp-nobr">5 人</span>' in kept
    assert "&lt;b&gt;" in kept


@pytest.mark.parametrize(
    "source",
    [
        '{% button labl="写入" %}',
        '{% section titel="要办" %}{% endsection %}',
        "{% chart %}",
    ],
)
def test_a_misspelled_argument_is_an_error_when_the_template_is_compiled(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


@pytest.mark.parametrize(
    "source", ['{% button label="写入" kind="primary" %}', '{% chip label="流动" kind="warning" %}', '{% message text="x" kind="ok" %}']
)
def test_a_kind_outside_its_short_list_is_refused(source):
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_what_a_person_typed_is_escaped_in_every_leaf():
    evil = "<script>"
    drawn = draw(
        "{% button label=e %}{% chip label=e %}{% row title=e note=e end=e %}{% fact label=e value=e %}{% difference old=e new=e note=e %}"
        "{% number label=e value=e note=e %}{% message text=e %}{% choice name=e value=e options=o label=e %}{% section title=e %}{% endsection %}"
        "{{ e|pale_stars }}{{ e|keep }}{% bar_list rows=b label=e %}{% source label=e text=e %}",
        e=evil,
        o=[(evil, evil)],
        b=[(evil, 1)],
    )
    assert "<script>" not in drawn


def test_only_an_overdue_duty_is_filled_and_says_by_how_much():
    row = "{% duty_row title='补记 10 月支委会' reason='还没有记录' due_on=due today=today url='/x/' act='补记' %}"
    late = draw(row, due=date(2026, 10, 31), today=TODAY)
    coming = draw(row, due=date(2026, 11, 30), today=TODAY)
    assert "逾期 22 天" in late and "btn-primary" in late and "pp-overdue" in late
    assert "还有 8 天" in coming and "btn-primary" not in coming and "pp-overdue" not in coming


def test_duties_stand_in_their_groups():
    def duty(on):
        return Duty(
            due_on=on, key="k", title="t", reason="r", act="补记", url="/", organisation_code="", organisation_name="", organisation_path=""
        )

    drawn = draw("{% duty_list duties=d today=today %}", d=[duty(date(2026, 10, 31)), duty(TODAY), duty(date(2026, 12, 20))], today=TODAY)
    assert "已逾期 1 件" in drawn and "本月到期 1 件" in drawn and "以后 1 件" in drawn and "今天到期" in drawn
    late = [duty(date(2026, 10, 1 + n)) for n in range(3)]
    of_a_page = draw("{% duty_list duties=d of=all today=today %}", d=late[:2], all=[*late, duty(TODAY)], today=TODAY)
    assert "已逾期 3 件" in of_a_page and of_a_page.count("pp-duty") == 2 and "本月到期" not in of_a_page


def test_a_day_that_is_missing_is_said_in_the_words_of_its_place():
    assert draw("{{ d|iso }} {{ d|iso:'还没有' }}", d=None) == "— 还没有"
    assert draw("{{ d|iso:'还没有' }}", d=TODAY) == "2026-11-22"


def test_of_a_long_list_the_most_urgent_are_seen_and_the_rest_stands_behind_a_line_for_each_part_of_the_work():
    def duty(number, on, room):
        return Duty(
            due_on=on, key=f"k:{number}", title=f"事{number}。", reason="r", act="补记", url="/",
            organisation_code="", organisation_name="", organisation_path="", room=room,
        )  # fmt: skip

    late = [duty(n, date(2026, 9, n + 1), "党费" if n % 2 else "组织生活") for n in range(9)]
    due = [*late, duty(20, TODAY, "党费"), duty(30, date(2026, 12, 1), "学习"), duty(31, date(2026, 12, 2), "学习")]
    drawn = draw("{% duty_list duties=d today=today fold=True %}", d=due, today=TODAY)
    assert "<details" in drawn and "pp-rest-row" not in drawn, "a dozen are taken in at once"
    drawn = draw("{% duty_list duties=d today=today fold=True %}", d=[*due, duty(32, date(2026, 12, 3), "党费")], today=TODAY)
    seen, rest = drawn.split("其余 7 件")
    assert "已逾期 9 件" in seen and "本月到期 1 件" in seen
    assert [n for n in range(33) if f"事{n}。" in seen] == [0, 1, 2, 3, 4, 20]
    lines = [line.split("</summary>")[0] for line in rest.split("<summary>")[1:]]
    assert [line.split("<span>")[1].split("<")[0] for line in lines] == ["党费 3 件，", "组织生活 2 件，", "学习 2 件"]
    assert [line.count("逾期 2") for line in lines] == [1, 1, 0]
    assert drawn.count("pp-duty") == len(due) + 1, "nothing is left out"


def test_a_sorting_head_keeps_the_query_and_turns_the_order(rf):
    head = "{% heading label='学时' sort='hours' %}"
    assert 'href="?q=zs&amp;sort=hours"' in draw(head, rf, "/members/?q=zs&page=3")
    turned = draw(head, rf, "/members/?q=zs&sort=hours")
    assert 'href="?q=zs&amp;sort=-hours"' in turned and 'aria-sort="ascending"' in turned


def test_pages_keep_the_query_and_a_single_page_has_no_links(rf):
    many = draw("{% pager page=p %}", rf, "/members/?q=zs", p=Paginator(range(137), 18).page(2))
    assert "第 19–36 人，共 137 人。" in many and "?q=zs&amp;page=3" in many and 'aria-current="page"' in many
    assert "<a" not in draw("{% pager page=p %}", rf, p=Paginator(range(7), 18).page(1))


def test_a_filter_away_from_its_default_is_marked(rf):
    select = "{% filter_select name='kind' label='类别' options=o %}"
    options = [("", "全部"), ("rural", "农村")]
    assert "pp-select-on" not in draw(select, rf, "/", o=options)
    chosen = draw(select, rf, "/?kind=rural", o=options)
    assert "pp-select-on" in chosen and '<option value="rural" selected>' in chosen


def test_a_condition_can_be_taken_off_alone(rf):
    drawn = draw("{% matches count=137 tags=t %}{% endmatches %}", rf, "/members/?phone=1&kind=rural", t=[("有手机号", "phone")])
    assert 'href="?kind=rural"' in drawn and "符合 <b>137</b> 人" in drawn and "清空条件" in drawn


class Subject(forms.Form):
    subject = forms.CharField(label="主题")
    agreed = forms.CharField(label="议定事项", required=False)


def test_a_refused_field_keeps_what_was_typed_and_names_the_remedy():
    class Refused(Subject):
        def clean_subject(self):
            raise forms.ValidationError("主题太长，写到 40 个字以内。")

    drawn = draw("{% form_errors form=f %}{% fields form=f %}", f=Refused({"subject": "冬季防火"}))
    assert 'value="冬季防火"' in drawn and 'aria-invalid="true"' in drawn and 'aria-describedby="id_subject_error"' in drawn
    assert 'href="#id_subject"' in drawn and "有 1 处要改" in drawn and drawn.count("主题太长") == 2


def test_only_an_optional_field_says_so():
    assert "没有可不填" not in draw("{% field field=f.subject %}", f=Subject())
    assert "没有可不填" in draw("{% field field=f.agreed %}", f=Subject())


def test_a_choice_is_a_radio_group_that_needs_no_script():
    drawn = draw("{% choice name='r' value='leave' options=o label='程勇庆' %}", o=[("present", "到"), ("leave", "请假", "ochre")])
    assert drawn.count('type="radio"') == 2 and drawn.count("checked") == 1 and "<legend" in drawn and "pp-ochre" in drawn


def test_changed_numbers_are_marked_whole_and_a_blank_never_overwrites():
    assert "1999-10-<mark>05</mark>" in draw("{% difference old='1999-10-15' new='1999-10-05' %}")
    blank = draw("{% difference old='139' new='' %}")
    assert "<del>" not in blank and "空" in blank


@pytest.mark.parametrize(
    ("done", "due", "step"), [(38, 38, 0), (35, 38, 1), (9, 10, 1), (32, 38, 2), (4, 5, 2), (27, 38, 3), (13, 20, 3), (22, 38, 4)]
)
def test_heat_steps_at_their_bounds(done, due, step):
    assert heat_step(done, due) == step


def test_the_running_month_is_hatched_not_judged():
    assert "pp-hatch" in draw("{% heat_cell done=1 due=38 running=True %}")
    assert "—" in draw("{% heat_cell done=0 due=0 %}")


def test_nothing_is_styled_or_scripted_inline(rf, secretary):
    request = rf.get("/parts/")
    request.user = secretary
    drawn = get_template("core/parts.html").render(parts.context(), request)
    assert " style=" not in drawn and "onclick" not in drawn
    assert drawn.count("<script") == drawn.count("<script src") + drawn.count('type="application/json"')


def test_parts_are_for_staff(client, secretary, settings):
    settings.DEBUG = False
    client.force_login(secretary)
    assert client.get("/parts/").status_code == 404
    secretary.is_staff = True
    secretary.save(update_fields=["is_staff"])
    assert client.get("/parts/").status_code == 200


class Asked:
    """What django-htmx puts on a request."""

    def __init__(self, htmx, boosted=False, history=False):
        self.htmx, self.boosted, self.history_restore_request = htmx, boosted, history

    def __bool__(self):
        return self.htmx


@pytest.mark.parametrize(
    ("asked", "alone"), [(Asked(False), False), (Asked(True), True), (Asked(True, boosted=True), False), (Asked(True, history=True), False)]
)
def test_one_address_gives_the_page_or_its_fragment(rf, settings, tmp_path, asked, alone):
    (tmp_path / "whole.html").write_text('[{% include "_part.html" %}]')
    (tmp_path / "_part.html").write_text("part")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path], "OPTIONS": {"context_processors": []}}]
    request = rf.get("/")
    request.htmx = asked
    response = page(request, "whole.html", {}, fragment="_part.html")
    assert response.content.decode() == ("part" if alone else "[part]")
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html", "503.html"])
def test_an_error_page_needs_neither_database_nor_request(name):
    drawn = get_template(name).render()
    assert "<title>" in drawn and "portal.css" in drawn


def test_every_own_class_that_is_written_has_a_style():
    """A class without a rule is a part that was meant and never drawn."""
    own = re.compile(r"pp-[a-z0-9]+(?:-[a-z0-9]+)*\b(?!-)")
    sheet = "".join(path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "static/portal").glob("*.css"))
    drawn = {name.removeprefix(".") for name in re.findall(r"\.pp-[a-z0-9-]+", sheet)}
    sources = [*(settings.BASE_DIR / "templates").rglob("*.html"), *(settings.BASE_DIR / "partyportal/core/templatetags").rglob("*.py")]
    texts = "".join(path.read_text(encoding="utf-8") for path in sources)
    classes = " ".join(re.findall(r"""class_?=["']([^"']*(?:\{%.*?%\}[^"']*)*)["']""", texts))
    assert sorted(set(own.findall(classes)) - drawn) == []


def test_bars_leave_room_for_the_longest_value_and_keep_their_proportion(rf):
    """A phone is 245 px beside the names: 35,869.00 at the end of a bar of 76 % would stand over the margin."""

    def widths(*values):
        drawn = draw("{% bar_list rows=rows label='分' %}", rows=[("名", value) for value in values])
        return [Decimal(one) for one in re.findall(r'svg width="([\d.]+)%"', drawn)]

    assert widths(58, 29) == [76, 38]
    longest, half = widths(Decimal("35869.00"), Decimal("17934.50"))
    assert longest == 64 and half == 32
