"""A deed filed by one, confirmed by another."""

from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from members.models import Fact, MemberClass
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from points.forms.awards import ReportForm
from points.models import Award, Entry, Item
from points.services import confirm_award, file_award, publish_default, refuse_award
from tests.points.makers import make_scheme, total

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(tree):
    return publish_default(tree.county, start=date(2020, 1, 1), by=None)


@pytest.fixture
def file(scheme, member, secretary):
    """File four hours of patrol for 刘明, unless told otherwise."""
    today = timezone.localdate()

    def filing(**changed):
        usual = {
            "member": member,
            "item": Item.objects.get(scheme=scheme, code=changed.pop("code", "volunteer")),
            "day": today,
            "units": Decimal(4),
            "title": "护林巡查 4 小时",
            "evidence": "林场值班表",
            "by": secretary,
            "today": today,
        }
        return file_award(**(usual | changed))

    return filing


def test_a_filed_deed_is_worth_nothing_until_confirmed(file, member, deputy, django_capture_on_commit_callbacks):
    award = file()
    assert not Fact.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_award(award, by=deputy)
    entry = Entry.objects.get()
    assert (entry.points, entry.item.code, entry.fact.recorded_by, entry.fact.confirmed_by) == (4, "volunteer", award.filed_by, deputy)
    assert total(member) == 4
    assert list(AuditEntry.objects.filter(code__startswith="points.award").order_by("id").values_list("code", flat=True)) == [
        "points.award.filed",
        "points.award.confirmed",
    ]


def test_confirmed_twice_counts_once(file, member, deputy, committee, django_capture_on_commit_callbacks):
    award = file()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_award(award, by=deputy)
        confirm_award(award, by=committee)
    assert total(member) == 4
    assert Award.objects.get().decided_by == deputy


def test_the_filer_may_not_confirm(file, secretary):
    with pytest.raises(DomainError, match="另一个人"):
        confirm_award(file(), by=secretary)


def test_nor_does_the_database_let_them(file, secretary):
    award = file()
    with pytest.raises(IntegrityError, match="award_needs_a_second_person"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(decided_by=secretary)


def test_nobody_confirms_their_own_points(file, member, deputy):
    member.user = deputy
    member.save(update_fields=["user"])
    with pytest.raises(DomainError, match="自己的积分"):
        confirm_award(file(), by=deputy)


def test_a_refusal_needs_its_reason_and_the_filer_sees_it(file, secretary, deputy, client):
    award = file()
    with pytest.raises(DomainError, match="原因"):
        refuse_award(award, reason=" ", by=deputy)
    refuse_award(award, reason="值班表上没有这一天", by=deputy)
    client.force_login(secretary)
    assert "值班表上没有这一天" in client.get(reverse("points:award", args=[award.uid])).content.decode()
    with pytest.raises(DomainError, match="已经退回"):
        confirm_award(award, by=deputy)
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"day": timezone.localdate() + timedelta(days=1)}, "还没到"),
        ({"day": date(1999, 1, 1)}, "组织关系不在"),
        ({"units": Decimal(0)}, "大于 0"),
        ({"evidence": "  "}, "依据"),
        ({"code": "theme_day"}, "没有这一项"),
        ({"code": "report"}, "不适用"),
    ],
)
def test_what_cannot_be_filed_is_refused_in_a_sentence(file, changed, sentence):
    with pytest.raises(DomainError, match=sentence):
        file(**changed)
    assert not Award.objects.exists()


def test_a_deduction_reaches_those_it_applies_to(tree, file, member, deputy, django_capture_on_commit_callbacks):
    neglect = {"code": "neglect", "fact_kind": "manual.neglect", "value": Decimal("-0.50"), "classes": ["village"], "manual": True}
    item = make_scheme(tree.county, neglect, version=2).items.get()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_award(file(item=item, units=Decimal(1), title="没有到岗"), by=deputy)
    assert total(member) == Decimal("-0.50")
    MemberClass.objects.filter(member=member).update(name="exempt")
    with pytest.raises(DomainError, match="不适用"):
        file(item=item)


def test_filed_and_confirmed_on_the_pages(scheme, tree, member, secretary, deputy, client, django_capture_on_commit_callbacks):
    client.force_login(secretary)
    form = {
        "member": str(member.uid),
        "item": "volunteer",
        "day": timezone.localdate().isoformat(),
        "units": "4",
        "title": "护林巡查",
        "evidence": "值班表",
    }
    url = reverse("points:award_new") + f"?organisation={tree.ours.code}"
    refused = client.post(url, form | {"evidence": " "})
    assert refused.status_code == 422 and "护林巡查" in refused.content.decode(), "a refused form keeps what was typed"
    client.post(url, form)
    award = Award.objects.get()
    decide = reverse("points:award_decide", args=[award.uid])
    assert client.post(decide, {"decision": "confirm"}).status_code == 422
    client.force_login(deputy)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(decide, {"decision": "confirm"}).status_code == 302
    client.force_login(member.user)
    shown = client.get(reverse("points:mine")).content.decode()
    assert "护林巡查" in shown and "+4.00" in shown and "吕山东" in shown and "郑月" in shown


@pytest.mark.parametrize(("units", "is_slip"), [("1.2", False), ("10", False), ("10.01", True), ("120", True)])
def test_units_that_are_a_ratio_are_no_percentage(tree, member, secretary, units, is_slip):
    rate = {"code": "rate", "fact_kind": "manual.rate", "value": Decimal(0), "manual": True}
    today = timezone.localdate()
    scheme = make_scheme(tree.county, rate, multipliers={"": ("manual.rate", {})}, start=date(2020, 1, 1))
    said = {"day": today, "today": today, "title": "评议系数", "evidence": "会议记录", "by": secretary}
    with pytest.raises(DomainError, match="最多 10 倍") if is_slip else nullcontext():
        file_award(member=member, item=scheme.items.get(), units=Decimal(units), **said)


def test_the_choice_of_an_item_says_what_it_is_worth(tree):
    """One whose worth hangs on the 档次 names no single value, though it has one for whoever names none."""
    scheme = make_scheme(
        tree.county,
        {"code": "patrol", "value": Decimal("1.50"), "unit": "小时"},
        {"code": "praise", "value": Decimal(1), "grades": {"county": Decimal(5)}},
        {"code": "result", "value": Decimal(0), "grades": {"good": Decimal(0)}},
        {"code": "veto", "value": Decimal(0), "is_veto": True},
        published=False,
    )
    field = ReportForm(items=scheme.items.all()).fields["item"]
    assert {item.code: field.label_from_instance(item) for item in scheme.items.all()} == {
        "patrol": "patrol，每小时 1.5 分",
        "praise": "praise，按档次计分",
        "result": "result，按档次定系数",
        "veto": "veto（一票否决）",
    }
