"""Which period of the past, as it stood on which day."""

from datetime import date

from django import forms

from partyportal.core.forms import DayInput
from points.selectors import overviews
from points.settlement.grades import GradePeriod


class ReplayForm(forms.Form):
    """Which period, as it stood on which day."""

    period = forms.ChoiceField(label="期间")
    on = forms.DateField(label="哪一天的账", widget=DayInput())

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        years = overviews.years_on_record(today)
        periods = [GradePeriod(year, quarter) for year in years for quarter in (None, 4, 3, 2, 1)]
        self.periods = {period.value: period for period in periods if period.first <= today}
        self.fields["period"].choices = [(value, period.label) for value, period in self.periods.items()]

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError("这一天还没到，选今天或以前的日子。")
        return day
