"""A member named in a form, where the list of those who might be meant is too long to choose from."""

from django import forms
from django.db.models import Q

from branches.models import Organisation
from members.models import Member, Office
from members.selectors.naming import LAST_FOUR, in_range
from members.services.naming import name_beyond
from partyportal.core.models import User


class NamedMember(forms.CharField):
    """Somebody at home where the `verb` of `by` holds, by name; of namesakes the one whose branch, or the last four of whose ID number or phone, stand
    behind the name. Beyond that range only who is known by name and the last four of the ID number, which leaves an audit row.

    `holding` is an organisation whose present holders of posts may be named again by name, wherever they belong.
    """

    def __init__(self, *, verb: str, by: User | None = None, holding: Organisation | None = None, **kwargs):
        self.verb, self.by, self.holding = verb, by, holding
        super().__init__(
            **{
                "max_length": 80,
                "help_text": "写姓名；有同名的，后面空一格写支部，或身份证、手机后四位。不在你范围里的，姓名后面写身份证后四位",
            }
            | kwargs
        )

    def clean(self, value):
        said = super().clean(value).split()
        if not said:
            return None
        name, tail = said[0], said[1] if len(said) > 1 else ""
        found = Member.objects.at_home().filter(self._may_be_named(), name=name).select_related("branch").defer("id_number")
        if tail:
            found = found.matching(tail) if tail[:3].isdecimal() else found.filter(branch__short_name__contains=tail)
        listed = list(found.order_by("branch__code", "pk")[:4])
        if not listed and LAST_FOUR.fullmatch(tail):
            listed = name_beyond(self.by, name, tail)
        if len(listed) == 1:
            return listed[0]
        if listed:
            where = "、".join(person.branch.short_name for person in listed[:3])
            raise forms.ValidationError(
                f"叫{name}的不止一位：{where}。姓名后面空一格写支部，如 {name} {listed[0].branch.short_name}；同一个支部的写身份证或手机后四位。"
            )
        more = "核对姓名和身份证后四位。" if tail else "写全名；不在你范围里的人，姓名后面空一格写身份证后四位。"
        raise forms.ValidationError(f"没有找到{' '.join(said)}。{more}")

    def _may_be_named(self) -> Q:
        seen = Q(pk__in=in_range(self.by, self.verb).values("pk"))
        if self.holding is None:
            return seen
        return seen | Q(pk__in=Office.objects.open().filter(organisation=self.holding).values("member"))
