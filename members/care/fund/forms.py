"""Forms of the fund."""

from datetime import date

from django import forms

from branches.forms import OrganisationField
from members.care.fund.models import Account, Book, Payment, Source
from partyportal.core.forms import DayInput, PhotosField

PAPER = "发票或单据的照片或 PDF"


class MoneyField(forms.DecimalField):
    """Yuan to the fen; thousands separators are what people copy from a sheet."""

    def __init__(self, **kwargs):
        wrong = {
            "invalid": "写成数字，单位是元，如 1200.50。",
            "max_decimal_places": "最多两位小数，写到分。",
            "max_digits": "数太大了，看看写对没有。",
        }
        super().__init__(**{"max_digits": 12, "decimal_places": 2, "error_messages": wrong} | kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value):
        return super().to_python(value.replace(",", "").replace("，", "") if isinstance(value, str) else value)


class BookForm(forms.Form):
    """A new book of an organisation."""

    organisation = OrganisationField(label="党组织", help_text="写代码、全称或简称。")
    kind = forms.ChoiceField(label="种类", choices=Book.Kind.choices, initial=Book.Kind.OPERATING)
    name = forms.CharField(label="名称", max_length=60, help_text="如 党建经费、困难党员救助基金。")

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class SourceForm(forms.Form):
    """Money that came in."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="来源", choices=Source.Kind.choices)
    amount = MoneyField(label="金额（元）")
    day = forms.DateField(label="到账日", widget=DayInput)
    account = forms.ModelChoiceField(label="进到哪个账户", queryset=Account.objects.none(), empty_label=None)
    reference = forms.CharField(label="文号或银行流水号", max_length=60, required=False)
    donor = forms.CharField(label="捐赠的单位或个人", max_length=60, required=False, help_text="来源是捐赠的才填。")
    anonymous = forms.BooleanField(label="捐赠人不愿公开姓名", required=False)
    files = PhotosField(label="凭据的照片或 PDF", required=False, help_text="传一个，8 MB 以内；有文号或流水号的可不传。")

    def __init__(self, *args, book, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = _cash_of(book)


class LineForm(forms.Form):
    """A budget line, new or changed."""

    code = forms.RegexField(
        label="代码",
        regex=r"^[0-9A-Za-z.-]{1,12}$",
        help_text="如 01；同一代码再填一次就是调整。",
        error_messages={"invalid": "用数字或字母，最多 12 个。"},
    )
    name = forms.CharField(label="项目", max_length=40, help_text="如 困难救助、教育培训、报刊资料。")
    amount = MoneyField(label="预算数（元）", min_value=0)
    reason = forms.CharField(label="调整的缘由", max_length=120, required=False, help_text="新项目可不填。")


class ExpenseForm(forms.Form):
    """An expense of 党建经费 with its document, to be paid once a second person agrees."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    line = forms.ModelChoiceField(label="预算项目", queryset=None, empty_label=None)
    amount = MoneyField(label="金额（元）")
    title = forms.CharField(label="事由", max_length=80, help_text="如 购主题党日学习用书。")
    method = forms.ChoiceField(label="方式", choices=Payment.Method.choices)
    reference = forms.CharField(label="银行流水号", max_length=60, required=False)
    files = PhotosField(label=PAPER, help_text="传一个，8 MB 以内。")

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines
        self.fields["line"].label_from_instance = lambda line: f"{line.name}（还剩 {line.left:,.2f} 元）"


class PrepareForm(forms.Form):
    """How a claim is to be paid."""

    account = forms.ModelChoiceField(label="从哪个账户付", queryset=Account.objects.none(), empty_label=None)
    method = forms.ChoiceField(label="方式", choices=Payment.Method.choices)
    reference = forms.CharField(label="银行流水号", max_length=60, required=False)

    def __init__(self, *args, book, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = _cash_of(book)


class ReasonForm(forms.Form):
    """Why something is sent back, released or reversed."""

    reason = forms.CharField(label="缘由", max_length=120, help_text="如 户名不符、退票、本人放弃。")


class AccountForm(forms.Form):
    """Another place where the money lies."""

    code = forms.RegexField(label="代码", regex=r"^[0-9A-Za-z.-]{1,12}$", error_messages={"invalid": "用数字或字母，最多 12 个。"})
    name = forms.CharField(label="名称", max_length=60, help_text="如 现金、农商行专户。")
    is_bank = forms.BooleanField(label="是银行账户，要按月对账", required=False)


class BankForm(forms.Form):
    """A month's list from the bank."""

    account = forms.ModelChoiceField(label="账户", queryset=Account.objects.none(), empty_label=None)
    month = forms.CharField(label="月份", widget=forms.TextInput(attrs={"type": "month"}))
    closing = MoneyField(label="银行月末余额（元）", help_text="对账单最后一行的余额。")
    file = forms.FileField(label="对账单", help_text="银行导出的 xlsx、xls 或 csv，要有日期、收入（贷方）、支出（借方）几列。")

    def __init__(self, *args, book, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = _cash_of(book).filter(is_bank=True)

    def clean_month(self):
        text = self.cleaned_data["month"]
        try:
            return date(int(text[:4]), int(text[5:7]), 1)
        except ValueError:
            raise forms.ValidationError("月份写成 2026-11。") from None


def _cash_of(book: Book):
    return Account.objects.filter(book=book, kind=Account.Kind.CASH).order_by("-is_bank", "code")
