"""Forms of the acts across apps."""

from collections.abc import Iterable

from django import forms

from members.selectors.duplicates import Difference

KEPT, GONE = "kept", "gone"
ANSWERS = [(KEPT, "保留的"), (GONE, "并入的")]


class MergeForm(forms.Form):
    """Of every field in which two files differ, which of them is right; and what becomes of the posts."""

    reopen_offices = forms.BooleanField(label="并入的档案所任职务由保留的档案接着任", required=False)

    def __init__(self, *args, differences: Iterable[Difference], **kwargs):
        super().__init__(*args, **kwargs)
        self.differences = list(differences)
        for difference in self.differences:
            self.fields[difference.name] = forms.ChoiceField(label=difference.label, choices=ANSWERS, required=False)

    @property
    def chosen(self) -> list[str]:
        """The fields in which the file that goes is right."""
        return [difference.name for difference in self.differences if self.cleaned_data.get(difference.name) == GONE]

    @property
    def rows(self) -> list[tuple[Difference, str, list[str]]]:
        """Each difference with the answer that stands and what was refused about it."""
        return [(d, self._answer(d), self.errors.get(d.name, [])) for d in self.differences]

    def _answer(self, difference: Difference) -> str:
        if self.is_bound:
            return self.data.get(difference.name, KEPT)
        return GONE if difference.only_gone else KEPT

    @property
    def choices_shown(self) -> list[tuple[str, str]]:
        return ANSWERS

    @property
    def reopens(self) -> bool:
        return self.is_bound and "reopen_offices" in self.data
