"""Forms of what readers say."""

from django import forms

from education.openness import rules
from education.openness.models import Comment
from education.openness.parameters import COMMENT_LENGTH, UNNAMED
from partyportal.core.parameters import values_on


class CommentForm(forms.Form):
    """留言 or 提问. How long it may be and whether the name may stay away is the county's to say."""

    kind = forms.ChoiceField(
        label="这是",
        widget=forms.RadioSelect,
        choices=Comment.Kind.choices,
        initial=Comment.Kind.COMMENT,
        error_messages={"required": "选一样。"},
    )
    text = forms.CharField(label="要说的话", widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "写上要说的话。"})
    is_named = forms.BooleanField(label="显示我的姓名", required=False, initial=True, help_text="不显示的，审核的人仍然知道是谁")

    def __init__(self, data=None, *, today):
        super().__init__(data)
        numbers = values_on(today, [COMMENT_LENGTH, UNNAMED])
        self.fields["text"].help_text = f"最多 {numbers[COMMENT_LENGTH.key]} 个字，审核以后公开，网址不会变成链接"
        if not numbers[UNNAMED.key]:
            del self.fields["is_named"]


class CommentActForm(forms.Form):
    """One act on a comment, with the reason it needs."""

    NOTES = {
        rules.REFUSE: ("为什么不公开", "留言的人看得到"),
        rules.KEEP: ("为什么不成立", ""),
        rules.TAKE_DOWN: ("为什么撤下", "留言的人看得到"),
        rules.REPORT: ("哪里不妥", "只有审核的人看得到"),
        "answer": ("答复", "大家都看得到；说过的不能改，只能再补"),
    }

    note = forms.CharField(max_length=200, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "写上说明。"})

    def __init__(self, data=None, *, act: str):
        super().__init__(data, auto_id=f"{act}_%s")
        if act not in self.NOTES:
            del self.fields["note"]
            return
        self.fields["note"].label, self.fields["note"].help_text = self.NOTES[act]
        if act == "answer":
            self.fields["note"] = forms.CharField(
                label="答复",
                help_text=self.NOTES[act][1],
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={"required": "写上答复。"},
            )


COMMENT_ACTS = {
    rules.PASS: "公开",
    rules.REFUSE: "不公开",
    "answer": "答复",
    rules.KEEP: "举报不成立",
    rules.TAKE_DOWN: "撤下",
    rules.REPORT: "举报",
    rules.TAKE_BACK: "收回",
}
COMMENT_DONE = {
    rules.PASS: "已公开。",
    rules.REFUSE: "没有公开，留言的人会看到原因。",
    "answer": "已答复。",
    rules.KEEP: "已记下，留言照旧。",
    rules.TAKE_DOWN: "已撤下。",
    rules.REPORT: "已举报，等审核的人处理。",
    rules.TAKE_BACK: "已收回。",
}
