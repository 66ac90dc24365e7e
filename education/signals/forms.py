"""The one form of 请核实: the words of a step, and the version they were written over."""

from django import forms

from education.signals.models import QuestionStep

NOTE = QuestionStep._meta.get_field("note").max_length


class StepForm(forms.Form):
    """What is asked, answered, or why it is laid aside; each is read by the other side."""

    LABELS = {
        QuestionStep.Act.ASK: ("请支部核实什么", "支部看得到，照实问就行"),
        QuestionStep.Act.ANSWER: ("是怎么回事", "上级看得到。记录有错的，先把那次记录改好"),
        QuestionStep.Act.DISMISS: ("为什么不用再问", "留在这里备查；依据变了才会再提示"),
    }

    note = forms.CharField(
        max_length=NOTE, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "写上说明，看的人才知道。"}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, act: str, **kwargs):
        super().__init__(*args, auto_id=f"{act}_%s", **kwargs)
        self.fields["note"].label, self.fields["note"].help_text = self.LABELS[QuestionStep.Act(act)]
