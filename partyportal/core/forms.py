"""Forms of the floor, and the one way a service's refusal comes back to its field."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from partyportal.core.attachments import ACCEPT, AT_MOST, LARGEST
from partyportal.core.errors import DomainError


class DayInput(forms.DateInput):
    """A day chosen from the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def refuse(form: forms.Form, error: DomainError | ValidationError) -> None:
    """Put what a service or a model constraint refused at the field it belongs to; what was typed stays."""
    if isinstance(error, DomainError):
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return
    for name, messages in getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages}).items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


@contextmanager
def refusals(form: forms.Form) -> Iterator[None]:
    """Around a form's deed: what is refused stands on the form afterwards, and what would have followed the deed is left out."""
    try:
        yield
    except (DomainError, ValidationError) as refusal:
        refuse(form, refusal)


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "用户名（手机号码）或密码不对。家里几个人共用一个手机号的，用各自的用户名登录。",
        "inactive": "这个账号已停用，找系统管理员。",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "用户名或手机号码"
        self.fields["password"].label = "密码"


class OwnPasswordForm(PasswordChangeForm):
    """The old password, then the new one twice; the new one must be another."""

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = "初始密码" if user.must_change_password else "现在的密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "至少 8 位，不能全是数字，不能太常见。"
        self.fields["new_password2"].label = "再写一次新密码"
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if password == self.cleaned_data.get("old_password"):
            raise ValidationError("新密码要与原来的不同。")
        return password


class SettingForm(forms.Form):
    """A parameter's value from a day on; the bounds are the service's to hold."""

    value = forms.IntegerField(label="改为", error_messages={"invalid": "填一个整数。", "required": "填要改成的数。"})
    start = forms.DateField(
        label="从哪天起",
        widget=DayInput,
        help_text="这天以前的仍按原来的值。",
        error_messages={"invalid": "日期写成 2027-01-01。", "required": "填从哪天起。"},
    )


class PhotosInput(forms.ClearableFileInput):
    """Several files at once; a phone offers its camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Photos and PDFs as a list; what they are is `core.attachments` to say."""

    widget = PhotosInput

    def __init__(self, **kwargs):
        super().__init__(**{"label": "照片或 PDF", "help_text": f"最多 {AT_MOST} 个，每个 {LARGEST // 1_000_000} MB 以内"} | kwargs)
        self.widget.attrs |= {"accept": ACCEPT}

    def clean(self, data, initial=None):
        chosen = [one for one in data or [] if one] if isinstance(data, (list, tuple)) else [data] if data else []
        if not chosen:
            super().clean(None, initial)
        return [super(PhotosField, self).clean(one, initial) for one in chosen]
