"""What a form says of itself when it is refused: what is wrong, then the remedy, in the words of the house.

Django's own Chinese sentences are correct and read like a machine (“确保该值大于或等于 1。”), and one names a UUID. Fields take
their messages when they are made, so this runs before any form is imported: from `core/apps.py`.
"""

from datetime import date

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models

from partyportal.core.days import FIRST_DAY, LAST_DAY

NOT_ON_THE_LIST = "没有这一项，从单子里选一个。"
SENTENCES = {
    forms.DateField: {"invalid": "日期写成 2026-11-20。"},
    forms.TimeField: {"invalid": "时间写成 19:30。"},
    forms.IntegerField: {"invalid": "填一个整数。"},
    forms.FloatField: {"invalid": "填一个数。"},
    forms.DecimalField: {"invalid": "填一个数，如 12.50。"},
    forms.ChoiceField: {"invalid_choice": NOT_ON_THE_LIST},
    forms.MultipleChoiceField: {"invalid_choice": NOT_ON_THE_LIST, "invalid_list": NOT_ON_THE_LIST},
    forms.ModelChoiceField: {"invalid_choice": NOT_ON_THE_LIST},
    forms.ModelMultipleChoiceField: {
        "invalid_choice": NOT_ON_THE_LIST,
        "invalid_list": NOT_ON_THE_LIST,
        "invalid_pk_value": NOT_ON_THE_LIST,
    },
    models.UUIDField: {"invalid": NOT_ON_THE_LIST},  # a choice by its public number
}
BOUNDS = {
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MinLengthValidator: "最少 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MaxValueValidator: "不能大于 %(limit_value)s。",
    validators.MinValueValidator: "不能小于 %(limit_value)s。",
}


def within_reach(day: date) -> None:
    """A day of a year that anybody means: a slip of the hand (0206, 9999) would lead the reckoning out of the calendar."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError("年份不对，核对是哪一年。")


def speak_plainly() -> None:
    """Give Django's fields and validators these sentences, and every day in a form its bounds."""
    forms.DateField.default_validators = [within_reach]
    for field, messages in SENTENCES.items():
        field.default_error_messages = field.default_error_messages | messages
    for validator, message in BOUNDS.items():
        validator.message = message
