"""What the layout promises and no linter sees: where keys point, what a room may hold, how a template opens."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from django.urls import URLPattern, get_resolver

from members.models import Member
from partyportal.dashboard.workflows.merging import BY_RULE, KEEP, REPOINT, TREATMENT

# Left to right: an app knows itself and those before it. The roof may know all.
MEMBERS_ROOMS = ["transfers", "mobility", "development", "dues", "outreach", "care"]  # apps of their own; none knows another
CARE_ROOMS = ["visits", "fund", "stations"]  # beside the lists of whom to help; none knows another; the cases (aid) know the fund
POINTS_ROOMS = ["honours", "publicity"]  # apps of their own beside the ledger, which does not know them
EDUCATION_ROOMS = ["planning", "motions", "study", "openness"]  # beside the meetings; none knows another
READERS = ["documents", "signals"]  # what is made of all that stands in those
ORDER = [
    *["core", "branches", "members", *MEMBERS_ROOMS, *CARE_ROOMS, "aid", "points", *POINTS_ROOMS],
    *["education", *EDUCATION_ROOMS, *READERS, "assessments", "dashboard"],
]
ROOMS = ["partyportal/core", "branches", "members", "points", "education", "assessments", "partyportal/dashboard"]
ROOT = Path(settings.BASE_DIR)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LONGEST_ROOM = 400


@cache
def sources(pattern: str = "*.py") -> tuple[Path, ...]:
    """The project's own files of a kind, migrations apart."""
    return tuple(f for room in ROOMS for f in sorted((ROOT / room).rglob(pattern)) if not {"migrations", "__pycache__"} & set(f.parts))


def of_each(files):
    """A check of many files as one test that tells of each at fault: a test for every file cost more than what it looked at."""
    files = list(files)

    def decorate(check):
        def test():
            faults = []
            for file in files:
                try:
                    check(file)
                except AssertionError as fault:
                    faults.append(f"{file.relative_to(ROOT)}: {fault}")
            assert files and not faults, "\n".join(faults)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return decorate


def our_models() -> list[type[models.Model]]:
    return [model for label in ORDER if apps.is_installed(_package(label)) for model in apps.get_app_config(label).get_models()]


def _package(label: str) -> str:
    if label in MEMBERS_ROOMS:
        return f"members.{label}"
    if label in [*CARE_ROOMS, "aid"]:
        return f"members.care.{label}"
    if label in POINTS_ROOMS:
        return f"points.{label}"
    if label in [*EDUCATION_ROOMS, *READERS]:
        return f"education.{label}"
    return {"core": "partyportal.core", "dashboard": "partyportal.dashboard"}.get(label, label)


def _knows(here: str, there: str) -> bool:
    """Whether one app may import or point to another: itself and what stands left of it, but not a sister room."""
    sisters = any({here, there} <= set(rooms) for rooms in (MEMBERS_ROOMS, CARE_ROOMS, EDUCATION_ROOMS, READERS))
    if here in [*CARE_ROOMS, "aid"] and there in MEMBERS_ROOMS:
        return there == "care"
    return here == there or (ORDER.index(there) < ORDER.index(here) and not sisters)


def every_foreign_key():
    return [
        pytest.param(field, id=f"{model.__name__}.{field.name}")
        for model in our_models()
        for field in model._meta.get_fields(include_hidden=True)
        if field.concrete and field.is_relation and field.related_model._meta.app_label in ORDER
    ]


# ── Order ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("field", every_foreign_key())
def test_foreign_keys_point_left(field):
    here, there = field.model._meta.app_label, field.related_model._meta.app_label
    assert _knows(here, there), f"{here} must not know {there}"


def test_a_merge_of_two_files_knows_every_key_to_a_member():
    """Whoever adds a key to a member says what becomes of its rows when two files of one person are merged."""
    keys = {
        f"{field.model._meta.label}.{field.name}"
        for param in every_foreign_key()
        for field in param.values
        if field.related_model is Member
    }
    missing = sorted(keys - TREATMENT.keys())
    assert not missing, (
        f"add to TREATMENT in partyportal/dashboard/workflows/merging.py: {missing}; REPOINT is right for nearly every table"
    )
    assert not TREATMENT.keys() - keys and set(TREATMENT.values()) <= {REPOINT, KEEP, BY_RULE}


def test_apps_are_installed_in_their_order():
    installed = [config.label for config in apps.get_app_configs() if config.label in ORDER]
    assert installed == [label for label in ORDER if label in installed]


@of_each(sources())
def test_imports_point_left_inside_functions_too(file):
    """import-linter sees these as well; this one also names the line, and counts a package's own parent."""
    here = _app_of(".".join(file.relative_to(ROOT).with_suffix("").parts))
    for node in ast.walk(ast.parse(file.read_text())):
        for name in _imported(node):
            there = _app_of(name)
            assert there is None or _knows(here, there), f"{file.name}:{node.lineno} imports {name}"


def _imported(node) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{alias.name}" for alias in node.names]
    return []


def _app_of(dotted: str) -> str | None:
    for label in sorted(ORDER, key=lambda label: -len(_package(label))):
        if dotted == _package(label) or dotted.startswith(f"{_package(label)}."):
            return label
    return "dashboard" if dotted.startswith(("partyportal.settings", "partyportal.urls", "partyportal.api", "partyportal.celery")) else None


# ── Rows ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_and_field_has_a_chinese_name_and_a_docstring(model):
    assert CHINESE.search(str(model._meta.verbose_name))
    assert model.__doc__ and not model.__doc__.startswith(f"{model.__name__}("), "a docstring, not Django's own"
    for field in model._meta.local_fields:
        # Django's own columns (id, last_login, permissions) bring Django's own Chinese.
        own = field.auto_created or field.name in {"password", "last_login", "is_superuser"}
        assert own or CHINESE.search(str(field.verbose_name)), field.name


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_rows_hold_no_logic_in_save_and_no_generic_key(model):
    assert model.save is models.Model.save or model.__name__ == "User", "what must happen with a row is a service"
    assert not [field for field in model._meta.private_fields if isinstance(field, GenericForeignKey)]


# Rows read only inside the service that writes them, never shown: nothing asks who may see them.
NOT_SHOWN = {"members.Owed", "members.StagedRow", "members.ImportedRow", "members.ImportFile"}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_rows_that_hang_in_the_tree_say_who_may_see_them(model):
    hangs = any(
        f.is_relation and f.concrete and f.related_model._meta.label in {"branches.Organisation", "members.Member"}
        for f in model._meta.local_fields
    )
    if hangs and model._meta.label not in NOT_SHOWN:
        assert hasattr(model.objects.all(), "visible_to"), "its QuerySet derives from ScopedQuerySet"


def test_every_unique_or_check_constraint_has_a_name_of_its_own():
    names = [c.name for model in our_models() for c in model._meta.constraints]
    assert len(names) == len(set(names))


# ── Rooms ───────────────────────────────────────────────────────────────────
@of_each(sources())
def test_a_room_is_short_enough_to_be_read(file):
    assert len(file.read_text().splitlines()) <= LONGEST_ROOM, "a room past 400 lines becomes a package split by noun"


@of_each(sources())
def test_no_drawers_no_signals_no_star_imports(file):
    assert file.stem not in {"utils", "helpers", "signals", "mixins", "common"}
    text = file.read_text()
    assert "django.db.models.signals" not in text and "django.dispatch" not in text, "a call that can be read, not a signal"
    assert "import *" not in text


def rules():
    return [f for f in sources() if f.name == "rules.py" or "rules" in f.relative_to(ROOT).parts]


@of_each(rules())
def test_rules_are_pure(file):
    text = file.read_text()
    for node in ast.walk(ast.parse(text)):
        for name in _imported(node):
            assert not name.startswith(("django", "rest_framework", "celery")), f"{name} in a rule"
            assert not re.search(r"\.(models|services|selectors)(\.|$)", name), f"{name} in a rule"
    assert not re.search(r"\b(date\.today|datetime\.now|timezone\.now|localdate|time\.time)\(", text), "today is an argument"


@of_each(f for f in sources() if f.name == "views.py" or "views" in f.parts)
def test_views_ask_services_to_write(file):
    wrote = re.search(r"\.(save|delete|create|update|bulk_create|bulk_update|get_or_create|update_or_create)\(", file.read_text())
    assert not wrote, f"{wrote.group()} in a view"


@of_each(f for f in sources() if f.name == "views.py" or "views" in f.parts)
def test_views_are_functions(file):
    classes = [node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)]
    assert not classes, f"{classes}: a view reads from top to bottom"


@of_each(f for f in sources() if f.name == "services.py" or "services" in f.parts)
def test_services_never_see_a_request(file):
    # Opening a session is the one act that is a request's own.
    allowed = {"enter"}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name not in allowed:
            assert "request" not in {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}, node.name


@of_each(sources())
def test_roles_are_named_in_one_place(file):
    """What a role may is asked by verb; only the table and those who write grants know roles."""
    if file.relative_to(ROOT).parts[0] == "branches" or "dashboard" in file.parts:
        return
    assert not re.search(r"\bRole\.[A-Z]", file.read_text()), "ask can(user, verb), not for a role"


# ── Pages ───────────────────────────────────────────────────────────────────
def templates():
    return sorted((ROOT / "templates").rglob("*.html"))


@of_each(templates())
def test_a_template_opens_with_its_contract(file):
    first = [
        re.sub(r"^({% load [^%]*%})+", "", line)
        for line in file.read_text().splitlines()
        if line.strip() and not line.startswith("{% extends")
    ][0]
    assert first.startswith("{% comment %}"), "what it needs, in a comment on its first line"


@of_each(templates())
def test_a_template_escapes_and_carries_no_style_or_script_of_its_own(file):
    text = file.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+off", text)
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", text), "the policy forbids inline style and script"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "nothing is fetched from elsewhere"


LETTERS = {"points/_letter.html", "fund/certificate.html"}  # what is printed and handed over says 您
FIXED = {"motions/models/urn.py"}  # its message stands in a migration and is shown to nobody


def test_every_address_is_named_by_a_page_or_its_code():
    """What no button or link leads to nobody can do: it is missing from a page, or it is dead."""
    ours = {
        f"{space}:{pattern.name}"
        for space, (_, resolver) in get_resolver().namespace_dict.items()
        for pattern in resolver.url_patterns
        if space in ORDER and isinstance(pattern, URLPattern)
    }
    templates = [f.read_text(encoding="utf-8") for f in (ROOT / "templates").rglob("*.html")]
    code = [f.read_text(encoding="utf-8") for f in sources() if "urls" not in f.name]
    text = "\n".join(templates + code)
    assert len(ours) > 300
    by_hand = {"core:login", "core:parts", "education:worker"}  # settings; for those who write pages; offline.js asks for it
    assert {name for name in ours if not re.search(rf"{name}\b", text)} == by_hand


def test_the_portal_says_you_in_one_way():
    """你 on every page and in every refusal: the two mixed read as two portals."""
    said = [f for f in (*sources(), *templates()) if "您" in f.read_text() and not f.as_posix().endswith((*LETTERS, *FIXED))]
    assert [f.relative_to(ROOT).as_posix() for f in said] == []


def test_committed_files_name_no_machine():
    """Paths of one workplace do not belong into a project others clone."""
    texts = [f for kind in ("*.py", "*.html", "*.md", "*.toml", "*.yml") for f in ROOT.glob(f"**/{kind}") if not _foreign(f)]
    assert not [
        str(f.relative_to(ROOT))
        for f in texts
        if re.search(r"(?<![\w.])/work/|/home/[a-z]+/", f.read_text(errors="ignore")) and f != Path(__file__)
    ]


def _foreign(file: Path) -> bool:
    return bool(
        {".venv", "node_modules", "static", "staticfiles", ".git", ".home", "pictures", "__pycache__"} & set(file.relative_to(ROOT).parts)
    )


@of_each(f for f in templates() if "target=" in f.read_text() and "{% filters" in f.read_text())
def test_a_filter_bar_swaps_a_fragment_that_brings_its_own_place(file):
    """htmx replaces the whole element: a fragment without the id it replaces could be swapped only once."""
    for target in re.findall(r'{% filters[^%]*target="#([a-z-]+)"', file.read_text()):
        holders = [f for f in templates() if f.name.startswith("_") and f'<div id="{target}">' in f.read_text()]
        assert len(holders) == 1, f'one fragment opens with <div id="{target}">'
