"""A roster to import, what of its preview is shown, and of its undoing."""

from django import forms
from django.conf import settings
from django.utils import timezone

from branches.forms import OrganisationField
from branches.models import Organisation
from members.roster.undo import VERDICTS
from members.rules.roster import Person
from members.selectors.imports import TABS
from partyportal.core.forms import DayInput


class ImportForm(forms.Form):
    """A roster to be read. The organisation is one where the user may import; nothing outside it can be changed."""

    file = forms.FileField(label="名册文件", help_text="Excel（.xlsx、.xls）或 CSV，表头要有 姓名、公民身份号码、所在党支部。")
    organisation = OrganisationField(label="导入范围", help_text="只写这个党组织之内的人，“缺失”也只在这里面算。写名称或代码。")
    day = forms.DateField(label="移动日期", widget=DayInput, help_text="换了支部的人，从这天起算在新支部。")

    def __init__(self, *args, user, **kwargs):
        today, places = timezone.localdate(), Organisation.objects.all().where(user, "member.import")
        outermost = places.order_by("path").first()
        initial = {"day": today, "organisation": outermost.name if outermost else ""}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["organisation"].queryset = places
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xlsm,.xls,.ods,.csv"

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:  # what is announced as more never comes here (core.uploads)
            most = settings.UPLOAD_MAX_BYTES / 1e6
            raise forms.ValidationError(f"文件有 {file.size / 1e6:.0f} MB，最多收 {most:.0f} MB，分成几个文件再传。")
        return file

    def clean_day(self):
        if self.cleaned_data["day"] > timezone.localdate():
            raise forms.ValidationError("这一天还没有到。")
        return self.cleaned_data["day"]


class PreviewFilters(forms.Form):
    """What a preview's URL asks. A condition nobody could have chosen is left out, not refused."""

    tab = forms.ChoiceField(required=False, choices=[(key, label) for key, label, _ in TABS])
    q = forms.CharField(required=False, max_length=60)
    branch = forms.CharField(required=False, max_length=40)
    field = forms.ChoiceField(required=False, choices=[(name, name) for name in Person._fields])
    left = forms.BooleanField(required=False)

    @property
    def asked(self) -> dict[str, str]:
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return {key: value for key, value in self.cleaned_data.items() if value}

    @property
    def narrowed(self) -> bool:
        return bool(self.asked.keys() - {"tab"})


class UndoFilters(forms.Form):
    """What the page of an undo is asked by its URL."""

    tab = forms.ChoiceField(required=False, choices=[(key, key) for key in VERDICTS])
    q = forms.CharField(required=False, max_length=60)

    @property
    def asked(self) -> dict[str, str]:
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return {key: value for key, value in self.cleaned_data.items() if value}
