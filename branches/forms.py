"""Forms of accounts, grants and the audit log."""

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator

from branches.access import Role
from partyportal.core.forms import DayInput
from partyportal.core.models import User


class AccountForm(forms.Form):
    """A new account for one person."""

    name = forms.CharField(label="姓名", max_length=60)
    phone = forms.RegexField(
        r"^1[3-9]\d{9}$",
        label="手机号码",
        required=False,
        help_text="可以用它登录；一家人可以共用一个。",
        error_messages={"invalid": "手机号码是 1 开头的 11 位数字。"},
    )
    username = forms.CharField(
        label="用户名",
        required=False,
        max_length=64,
        validators=[UnicodeUsernameValidator()],
        help_text="不填就用姓名的拼音，重名的后面加数字。",
    )


class OrganisationField(forms.CharField):
    """One organisation named by its code, its full name, or an everyday name that only one has; kept inside `queryset`."""

    def __init__(self, *, queryset=None, **kwargs):
        self.queryset = queryset
        super().__init__(**{"max_length": 120} | kwargs)

    def clean(self, value):
        said = "".join(super().clean(value).split())
        if not said:
            return None
        exact = self.queryset.filter(code=said).first() or self.queryset.filter(name=said).first()
        if exact:
            return exact
        found = list(self.queryset.filter(short_name=said)[:4]) or list(self.queryset.filter(name__contains=said)[:4])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                f"“{said}”有几个：{'、'.join(f'{o.short_name}（{o.code}）' for o in found[:3])}{'等' if len(found) > 3 else ''}。写代码。"
            )
        raise forms.ValidationError(f"没有找到“{said}”。写党组织代码或全称。")


class GrantForm(forms.Form):
    """A proposal: who, where, as what, from when."""

    user = forms.CharField(label="账号", max_length=64, help_text="用户名。没有账号的，先请系统管理员开。")
    organisation = OrganisationField(label="党组织", help_text="代码或全称，连同它的下级。")
    role = forms.ChoiceField(label="角色", choices=[("", "选一个"), *Role.choices])
    start = forms.DateField(label="起", widget=DayInput)
    end = forms.DateField(label="止", widget=DayInput, required=False, help_text="到这一天的前一天为止。")

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations

    def clean_user(self):
        user = User.objects.filter(username=self.cleaned_data["user"].strip()).first()
        if user is None:
            raise forms.ValidationError("没有这个用户名的账号。")
        return user


class AuditFilters(forms.Form):
    """What the auditor looks for."""

    code = forms.CharField(label="动作", required=False, max_length=80)
    actor = forms.CharField(label="操作人", required=False, max_length=64)
    start = forms.DateField(label="从", required=False, widget=DayInput)
    end = forms.DateField(label="到", required=False, widget=DayInput)
    organisation = OrganisationField(label="党组织", required=False)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations
