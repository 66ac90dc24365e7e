"""A member named in a form, where the list of those who might be meant is too long to choose from."""

from django import forms
from django.db.models import QuerySet

from members.models import Member


class NamedMember(forms.CharField):
    """One of `people` by name; of namesakes the one whose branch, or the last four of whose ID number or phone, stand behind the name."""

    def __init__(self, *, people: QuerySet | None = None, **kwargs):
        self.people = people if people is not None else Member.objects.none()
        super().__init__(**{"max_length": 80, "help_text": "写姓名；有同名的，后面空一格写支部，或身份证、手机后四位"} | kwargs)

    def clean(self, value):
        said = super().clean(value).split()
        if not said:
            return None
        found = self.people.filter(name=said[0]).select_related("branch").defer("id_number")
        if len(said) > 1:
            tail = said[1][:3].isdecimal()
            found = found.matching(said[1]) if tail else found.filter(branch__short_name__contains=said[1])
        listed = list(found[:4])
        if len(listed) == 1:
            return listed[0]
        if listed:
            where = "、".join(person.branch.short_name for person in listed[:3])
            raise forms.ValidationError(
                f"叫{said[0]}的不止一位：{where}。姓名后面空一格写支部，如 {said[0]} {listed[0].branch.short_name}；同一个支部的写身份证或手机后四位。"
            )
        raise forms.ValidationError(f"名册里没有找到{' '.join(said)}。写全名。")
