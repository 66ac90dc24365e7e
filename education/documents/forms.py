"""What book is wanted."""

from datetime import date

from django import forms

from branches.forms import OrganisationField
from branches.models import Organisation
from education.documents.models import Book

_SPANS = [(value, label) for value, label in Book.Span.choices if value != Book.Span.MEETING]


class BookForm(forms.Form):
    """Of which organisation, of a year or a month of it, in which form."""

    organisation = OrganisationField(label="党组织", help_text="代码、全称或简称；选党委、总支的，下属支部一起出。")
    span = forms.ChoiceField(label="多长时间", choices=_SPANS, widget=forms.RadioSelect, initial=Book.Span.YEAR)
    year = forms.TypedChoiceField(label="年度", coerce=int)
    month = forms.TypedChoiceField(
        label="月份", coerce=int, required=False, empty_value=None, choices=[("", "选一个月才填"), *((m, f"{m} 月") for m in range(1, 13))]
    )
    form = forms.ChoiceField(label="格式", choices=Book.Form.choices, widget=forms.RadioSelect, initial=Book.Form.PDF)

    def __init__(self, *args, within, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = within.exclude(kind=Organisation.Kind.GROUP)
        self.fields["year"].choices = [(year, f"{year} 年") for year in range(today.year, today.year - 6, -1)]

    def clean(self):
        said = super().clean()
        if said.get("span") == Book.Span.MONTH and not said.get("month"):
            self.add_error("month", "选一个月。")
        return said

    @property
    def said(self) -> dict:
        """What the service takes."""
        whole = self.cleaned_data["span"] == Book.Span.YEAR
        return {
            "organisation": self.cleaned_data["organisation"],
            "span": self.cleaned_data["span"],
            "start": date(self.cleaned_data["year"], 1 if whole else self.cleaned_data["month"], 1),
            "form": self.cleaned_data["form"],
        }
