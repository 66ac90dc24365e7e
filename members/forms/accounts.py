"""The branch whose log-in slips are asked for."""

from django import forms
from django.db.models import QuerySet

from branches.forms import OrganisationField


class BranchForm(forms.Form):
    """The branch whose members get accounts."""

    organisation = OrganisationField(label="党支部", help_text="代码或名称。")

    def __init__(self, data=None, *, branches: QuerySet):
        super().__init__(data)
        self.fields["organisation"].queryset = branches
