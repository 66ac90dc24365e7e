"""Which days to compare."""

from datetime import date

from django import forms

from partyportal.core.forms import DayInput


class DaysForm(forms.Form):
    """Two days to set side by side: today and the end of last year, unless the URL asks for others."""

    on = forms.DateField(label="哪一天", required=False, widget=DayInput)
    versus = forms.DateField(label="比较", required=False, widget=DayInput)

    def __init__(self, data, *, today: date):
        super().__init__({"on": data.get("on") or today, "versus": data.get("versus") or date(today.year - 1, 12, 31)})
        self.today = today

    @property
    def days(self) -> tuple[date, date]:
        """What is asked; a day that is none, or has not come yet, falls back to its default."""
        self.full_clean()
        on = min(self.cleaned_data.get("on") or self.today, self.today)
        return on, min(self.cleaned_data.get("versus") or date(on.year - 1, 12, 31), self.today)
