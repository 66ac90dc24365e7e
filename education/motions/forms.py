"""Forms of motions: putting one, opening it, what the absent wrote, figures, and a ballot."""

from django import forms

from education.motions import rules
from education.motions.models import Motion, Opinion
from education.motions.rules import Figures, Tally
from partyportal.core.forms import DayInput, PhotosField

CHOICES = list(rules.CHOICES.items())
NUMBER = {"min_value": 0, "max_value": 9999, "error_messages": {"required": "填数，没有就填 0。", "invalid": "填一个整数。"}}


class MotionForm(forms.Form):
    """What is voted on, by which rule and how. Kinds are those of the meeting, candidates those with a vote that day."""

    kind = forms.ChoiceField(label="表决种类", widget=forms.RadioSelect, error_messages={"required": "选一种表决。"})
    title = forms.CharField(
        label="议题",
        max_length=Motion._meta.get_field("title").max_length,
        help_text="一句话：同意什么",
        error_messages={"required": "写上表决什么，一句话就行。"},
    )
    text = forms.CharField(label="内容", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    case = forms.ChoiceField(label="发展谁", required=False, help_text="选了，有结果以后票数直接填进发展档案")
    method = forms.ChoiceField(label="怎样表决", widget=forms.RadioSelect, error_messages={"required": "选一种表决方式。"})
    held_on = forms.DateField(
        label="表决日期", widget=DayInput, error_messages={"required": "填表决日期。", "invalid": "日期写成 2026-11-20。"}
    )
    seats = forms.IntegerField(label="应选人数", min_value=0, max_value=99, required=False, help_text="选举才填")
    candidates = forms.MultipleChoiceField(
        label="候选人", required=False, widget=forms.CheckboxSelectMultiple, help_text="选举才选，选票上按姓名拼音排"
    )

    def __init__(self, *args, kinds, methods, people, cases, alone: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = [("", "不选"), *cases]
        if not cases:
            del self.fields["case"]
        self.fields["kind"].choices, self.fields["method"].choices = kinds, methods
        self.fields["candidates"].choices = people
        if not alone:
            del self.fields["held_on"]
        if Motion.Kind.ELECTION not in dict(kinds):
            del self.fields["seats"], self.fields["candidates"]

    def clean_seats(self):
        return self.cleaned_data["seats"] or 0


class OpenForm(forms.Form):
    """Opening a vote: who came, where no meeting's record says; who watches, where it is on paper."""

    present = forms.MultipleChoiceField(
        label="到会的委员", widget=forms.CheckboxSelectMultiple, error_messages={"required": "选上到会的委员。"}
    )
    host = forms.ChoiceField(label="主持", required=False)
    teller = forms.ChoiceField(label="监票人", required=False, help_text="不能是主持人、候选人")
    counter = forms.ChoiceField(label="计票人", required=False, help_text="和监票人是两个人")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, motion: Motion, people, **kwargs):
        super().__init__(*args, **kwargs)
        offered = [("", "选一个人"), *people]
        if motion.meeting_id:
            del self.fields["present"], self.fields["host"]
        else:
            self.fields["present"].choices, self.fields["host"].choices = people, offered
        for name in ("teller", "counter"):
            if motion.method == Motion.Method.PAPER:
                self.fields[name].choices = offered
            else:
                del self.fields[name]


class OpinionForm(forms.Form):
    """What somebody who will be absent wrote."""

    member = forms.ChoiceField(label="谁的意见", error_messages={"required": "选一个人。"})
    choice = forms.ChoiceField(
        label="意见", choices=CHOICES, widget=forms.RadioSelect, error_messages={"required": "选赞成、反对或者弃权。"}
    )
    text = forms.CharField(
        label="原文",
        required=False,
        max_length=Opinion._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="原文或者原件，有一样就行",
    )
    files = PhotosField(required=False, label="原件的照片")
    received_on = forms.DateField(label="收到日期", widget=DayInput, error_messages={"required": "填收到的日期。"})

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", "选一个人"), *people]


class HandsForm(forms.Form):
    """举手的人数."""

    in_favour = forms.IntegerField(label="赞成", **NUMBER)
    against = forms.IntegerField(label="反对", **NUMBER)
    abstained = forms.IntegerField(label="弃权", help_text="没有举手的算弃权", **NUMBER)


class NamesForm(forms.Form):
    """记名: one choice for each present."""

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"voter_{line.uid}"] = forms.ChoiceField(
                label=line.name,
                choices=CHOICES,
                initial=rules.FOR,
                widget=forms.RadioSelect,
                error_messages={"required": "每个人都要选一项。"},
            )

    @property
    def choices(self) -> dict[int, str]:
        return {line.member_id: self.cleaned_data[f"voter_{line.uid}"] for line in self.lines}


class CountForm(forms.Form):
    """点票: the papers, then the motion's figures or those of each candidate, and the votes of whoever else was named."""

    issued = forms.IntegerField(label="发出", **NUMBER)
    returned = forms.IntegerField(label="收回", **NUMBER)
    invalid = forms.IntegerField(label="废票", help_text="看不清的、写错的、选多了的", **NUMBER)

    def __init__(self, *args, names, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.names, self.others = names, {f"other_{person.uid}": person for person in others}
        for name, person in self.others.items():
            self.fields[name] = forms.IntegerField(label=person.name, required=False, **NUMBER | {"min_value": 1})
        for at in range(max(1, len(names))):
            for name, label in (("in_favour", "赞成"), ("against", "反对"), ("abstained", "弃权")):
                self.fields[f"{name}_{at}"] = forms.IntegerField(label=label, **NUMBER)

    @property
    def rows(self):
        """(candidate or "", the three fields) in the order of the ballot."""
        return [
            (name, [self[f"{part}_{at}"] for part in ("in_favour", "against", "abstained")]) for at, name in enumerate(self.names or [""])
        ]

    @property
    def figures(self) -> Figures:
        said = self.cleaned_data
        lines = tuple(
            Tally(said[f"in_favour_{at}"], said[f"against_{at}"], said[f"abstained_{at}"]) for at in range(max(1, len(self.names)))
        )
        others = sorted((person.member_id, said[name]) for name, person in self.others.items() if said.get(name))
        return Figures(said["issued"], said["returned"], said["invalid"], lines, tuple(others))

    @property
    def other_fields(self):
        return [self[name] for name in self.others]

    @property
    def names_others(self) -> bool:
        """Whether somebody is written in, so that the part stands open."""
        return any(self[name].value() for name in self.others)


class BallotForm(forms.Form):
    """一张票: one large choice, or one for each candidate and 另选他人. Nothing is chosen beforehand."""

    def __init__(self, *args, motion: Motion, names, others, **kwargs):
        super().__init__(*args, **kwargs)
        for at, name in list(enumerate(names, 1)) or [(0, motion.title)]:
            self.fields[f"choice_{at}"] = forms.ChoiceField(
                label=name, choices=CHOICES, widget=forms.RadioSelect, error_messages={"required": "选赞成、反对或者弃权。"}
            )

        if others:
            self.fields["others"] = forms.MultipleChoiceField(
                label="另选他人",
                choices=[(person.uid, person.name) for person in others],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="反对一人才可以另选一人，没有就空着。",
            )

    @property
    def choices(self) -> dict[int, str]:
        return {int(name.rpartition("_")[2]): value for name, value in self.cleaned_data.items() if name != "others"}

    @property
    def choice_fields(self):
        return [self[name] for name in self.fields if name != "others"]


class VoidForm(forms.Form):
    """作废的缘由."""

    reason = forms.CharField(label="为什么作废", max_length=200, error_messages={"required": "写上为什么作废，以后看得明白。"})
    version = forms.IntegerField(widget=forms.HiddenInput)
