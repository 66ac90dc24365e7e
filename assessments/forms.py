"""The list's filters, and the weights of a year."""

from decimal import Decimal

from django import forms

from assessments.models import Indicator
from branches.models import Organisation

Kind = Organisation.Kind


class CardFilters(forms.Form):
    """What the URL asks of the list; what it does not understand asks nothing."""

    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    organisation = forms.CharField(required=False, max_length=40)
    kind = forms.ChoiceField(
        required=False, choices=[("", "全部"), *((kind.value, kind.label) for kind in (Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.BRANCH))]
    )
    q = forms.CharField(required=False, max_length=60)

    def asked(self, key: str):
        self.is_valid()
        return self.cleaned_data.get(key) or ""


class WeightsForm(forms.Form):
    """One field an indicator, of 100 together; from which year on is said by the page."""

    def __init__(self, *args, indicators: list[Indicator], **kwargs):
        super().__init__(*args, **kwargs)
        for indicator in indicators:
            self.fields[indicator.code] = forms.DecimalField(
                label=f"{indicator.name}（%）",
                help_text=indicator.definition,
                initial=f"{indicator.weight.normalize():f}",
                min_value=Decimal(0),
                max_value=Decimal(100),
                max_digits=5,
                decimal_places=2,
            )

    @property
    def weights(self) -> dict[str, Decimal]:
        return {code: self.cleaned_data[code] for code in self.fields}
