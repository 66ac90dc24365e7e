"""Forms of tests: the bank from a sheet, the paper, the answers."""

from django import forms

from education.study.models import Question
from education.study.selectors.attempts import Asked
from partyportal.core.forms import DayInput


class BankForm(forms.Form):
    """A sheet of questions."""

    file = forms.FileField(
        label="题库表格",
        help_text="xlsx、xls 或 csv；列名见模板。写得对的题存下，不对的逐行告诉你",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "选一个表格。", "empty": "文件是空的。"},
    )


class PaperForm(forms.Form):
    """How many of each kind are drawn, when one passes, how often and until when."""

    pass_percent = forms.IntegerField(label="及格线", min_value=1, max_value=100, help_text="答对百分之几算及格")
    attempts_allowed = forms.IntegerField(label="可考次数", min_value=1, max_value=20, initial=3)
    minutes = forms.IntegerField(label="限时", min_value=1, max_value=300, required=False, help_text="分钟；每道题至少给 2 分钟")
    closes_on = forms.DateField(
        label="考试截止",
        widget=DayInput,
        help_text="这天也可以考；过后可以看错题",
        error_messages={"required": "选一个日期。", "invalid": "日期写成 2026-12-31。"},
    )
    # Where faults of the draw as a whole are told.
    parts = forms.CharField(label="抽题", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, strata: dict[str, int], drawn: dict[str, int], **kwargs):
        super().__init__(*args, **kwargs)
        self.strata = list(strata)
        for at, (stratum, count) in enumerate(strata.items()):
            self.fields[f"part-{at}"] = forms.IntegerField(
                label=f"“{stratum}”抽几道",
                min_value=0,
                max_value=count,
                required=False,
                initial=drawn.get(stratum, 0),
                help_text=f"题库里有 {count} 道",
            )

    @property
    def draws(self):
        return [self[f"part-{at}"] for at in range(len(self.strata))]

    def said(self) -> dict:
        """What the service takes."""
        kept = {name: self.cleaned_data[name] for name in ("pass_percent", "attempts_allowed", "minutes", "closes_on")}
        return kept | {"parts": {stratum: self.cleaned_data[f"part-{at}"] or 0 for at, stratum in enumerate(self.strata)}}


class AnswersForm(forms.Form):
    """A try: one field a question. A question may stay open; the page says how many are."""

    def __init__(self, *args, questions: list[Asked], **kwargs):
        super().__init__(*args, **kwargs)
        for one in questions:
            choices = [(letter, f"{letter} {text}" if one.kind != Question.Kind.JUDGEMENT else text) for letter, text in one.options]
            many = one.kind == Question.Kind.MULTIPLE
            self.fields[one.uid] = (forms.MultipleChoiceField if many else forms.ChoiceField)(
                label=f"{one.number}．（{one.kind_label}）{one.text}",
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple if many else forms.RadioSelect,
            )

    def said(self) -> dict[str, str]:
        return {uid: "".join(letters) for uid, letters in self.cleaned_data.items()}
