"""Form parts: a field with its label above and its error below, the summary on top, radio groups that need no script."""

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.templatetags.ui.icons import icon_of
from partyportal.core.templatetags.ui.library import attributes, one_of, register

TONES = ("", "ochre", "red")


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return ""
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.simple_tag
def field(*, field: BoundField, label="", hint=None, optional=None, wide=False, placeholder="", autofocus=False) -> SafeString:
    """Label above, control, hint or error below. A field that may stay empty says 没有可不填 (`optional` says it otherwise)."""
    if field.is_hidden:
        return mark_safe(field.as_widget())
    widget, errors = field.field.widget, field.errors
    label, hint = label or field.label, field.help_text if hint is None else hint
    unmarked = field.field.required or field.field.disabled or isinstance(widget, forms.CheckboxInput)
    optional = ("" if unmarked else "没有可不填") if optional is None else optional
    described = " ".join(
        part for part in (f"{field.auto_id}_error" if errors else "", f"{field.auto_id}_hint" if hint else "") if part and field.auto_id
    )
    control = field.as_widget(
        attrs={
            key: value
            for key, value in {
                "class": " ".join(filter(None, [_class_of(widget), widget.attrs.get("class", "")])),
                "aria-invalid": "true" if errors else None,
                "aria-describedby": described or None,
                "placeholder": placeholder or None,
                "autofocus": autofocus or None,
            }.items()
            if value
        }
    )
    mark = format_html('<span class="pp-optional">{}</span>', optional) if optional else ""
    below = format_html(
        "{}{}",
        error_line(errors=errors, id=f"{field.auto_id}_error"),
        format_html('<p class="pp-hint" id="{}_hint">{}</p>', field.auto_id, hint) if hint else "",
    )
    wide_class = " pp-wide" if wide else ""
    if isinstance(widget, forms.CheckboxInput):
        return format_html(
            '<div class="pp-field{}"><label class="pp-checkbox">{}{}{}</label>{}</div>', wide_class, control, label, mark, below
        )
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        options = format_html_join("", "{}", ((_option(sub),) for sub in field.subwidgets))
        return format_html(
            '<fieldset class="pp-field{}"{}><legend class="pp-legend">{}{}</legend><div class="pp-reasons">{}</div>{}</fieldset>',
            wide_class,
            attributes(aria_describedby=described, id=field.auto_id),
            label,
            mark,
            options,
            below,
        )
    return format_html(
        '<div class="pp-field{}"><label for="{}">{}{}</label>{}{}</div>', wide_class, field.id_for_label, label, mark, control, below
    )


def _option(sub) -> SafeString:
    return format_html("<label>{}<span>{}</span></label>", mark_safe(sub.tag()), sub.choice_label)


@register.simple_tag
def error_line(*, errors, id="") -> SafeString:
    """The sign and what is wrong with its remedy, for an error list; nothing for none."""
    if not errors:
        return mark_safe("")
    text = format_html_join(mark_safe("<br>"), "{}", ((error,) for error in errors))
    return format_html('<p class="pp-error"{}>{}<span>{}</span></p>', attributes(id=id), icon_of("warning"), text)


@register.simple_tag
def fields(*, form: forms.BaseForm, two=False) -> SafeString:
    """Every field of a form in its order, hidden ones first."""
    hidden = format_html_join("", "{}", ((mark_safe(bound.as_widget()),) for bound in form.hidden_fields()))
    shown = format_html_join("", "{}", ((field(field=bound),) for bound in form.visible_fields()))
    return format_html('{}<div class="pp-fields{}">{}</div>', hidden, " pp-fields-two" if two else "", shown)


@register.simple_tag
def form_errors(*, form: forms.BaseForm, saved="没有存上") -> SafeString:
    """The summary on top of a refused form: how many places, and a link to each. Typed values stay in the fields."""
    if not form.errors:
        return mark_safe("")
    general = list(form.non_field_errors())
    places = [(form[name], form.errors[name]) for name in form.fields if name in form.errors]  # in the order of the page
    rows = format_html_join("", "<li>{}</li>", ((error,) for error in general)) + format_html_join(
        "",
        '<li><a href="#{}">{}</a>：{}</li>',
        ((bound.id_for_label or bound.auto_id, bound.label, "；".join(errors)) for bound, errors in places),
    )
    said = f"{saved}，有 {len(places)} 处要改。" if places else f"{saved}。"
    return format_html(
        '<div class="pp-errors" role="alert" tabindex="-1" id="form-errors"><p class="pp-need">{}</p><ul>{}</ul></div>', said, rows
    )


@register.simple_tag
def choice(*, name, value, options, label, small=False, form="") -> SafeString:
    """A row of two or three exclusive answers (到/请假/缺席, 新值/原值): radio buttons, no script.
    `options`: (value, label) or (value, label, tone), tone "ochre" or "red" where the answer is an exception."""
    cells = []
    for option in options:
        key, text, tone = (*option, "")[:3]
        one_of(tone, TONES, of="a choice's tone")
        box = attributes(type="radio", name=name, value=str(key), checked=str(key) == str(value), form=form)
        cells.append((box, attributes(class_=f"pp-{tone}" if tone else None), text))
    return format_html(
        '<fieldset class="pp-choice{}"><legend class="visually-hidden">{}</legend>{}</fieldset>',
        " pp-choice-small" if small else "",
        label,
        format_html_join("", "<label><input{}><span{}>{}</span></label>", cells),
    )


@register.simple_tag
def reasons(*, name, value, options, label, form="") -> SafeString:
    """The reason of an exception: small exclusive buttons. `options`: (value, label) pairs."""
    cells = (
        (attributes(type="radio", name=name, value=str(key), checked=str(key) == str(value), form=form), text) for key, text in options
    )
    return format_html(
        '<fieldset class="pp-reasons"><legend class="visually-hidden">{}</legend>{}</fieldset>',
        label,
        format_html_join("", "<label><input{}><span>{}</span></label>", cells),
    )


@register.simple_block_tag
def roll_row(content, *, who, note="", leave="", absent="") -> SafeString:
    """One person of a meeting's roll. The content is the choice; `leave` and `absent` are the reasons that open under it
    when the radio buttons of that value are chosen (by CSS alone)."""
    opened = format_html_join(
        "",
        '<div class="pp-open pp-open-{}">{}</div>',
        ((kind, reason) for kind, reason in (("leave", leave), ("absent", absent)) if reason),
    )
    return format_html(
        '<li><span class="pp-who">{}{}</span>{}{}</li>',
        who,
        format_html("<small>{}</small>", note) if note else "",
        content,
        opened,
    )


@register.simple_tag
def count(*, label, value, name="", tone="") -> SafeString:
    """One of the counts over a roll; `name` ties it to the radio value that the script counts as it changes."""
    shade = {"": "", "ochre": " pp-look", "red": " pp-need"}[one_of(tone, TONES, of="a count's tone")]
    return format_html('<span class="pp-nobr{}">{} <b{}>{}</b></span>', shade, label, attributes(data_pp_count=name), value)


@register.simple_tag
def roll_counts(*, entitled, present, leave, absent) -> SafeString:
    """应到 实到 请假 缺席 over a roll whose choices are present, leave and absent."""
    counts = (
        count(label="应到", value=entitled, name="expected"),
        count(label="实到", value=present, name="present"),
        count(label="请假", value=leave, name="leave", tone="ochre"),
        count(label="缺席", value=absent, name="absent", tone="red"),
    )
    return format_html('<span class="pp-counts">{}</span>', format_html_join(" ", "{}", ((one,) for one in counts)))
