"""The schema says what the API does, without a warning; its page needs nothing from elsewhere."""

import re
from io import StringIO

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command


@pytest.fixture(scope="module")
def schema():
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return yaml.safe_load(out.getvalue())


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_written_without_a_warning(schema):
    assert len(list(operations(schema))) >= 38


def test_names_speak(schema):
    ids = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(ids) == len(set(ids)) and {"members_reveal", "education_meetings_return", "points_awards_decide"} <= set(ids)
    nameless = [name for name in schema["components"]["schemas"] if re.search(r"[0-9a-f]{3}Enum$|_\d+$", name)]
    assert not nameless


def test_docs_name_every_list_with_its_filters(schema):
    rows = [line for line in (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    for path, method, operation in operations(schema):
        address = path.removeprefix("/api/v1/")
        if method != "get" or "{" in address or address in {"me/", "points/seals/state/"}:
            continue
        told = set(re.findall(r"\w+", next((row for row in rows if f"`{address}`" in row), "")))
        asked = {p["name"] for p in operation["parameters"] if p["in"] == "query"} - {"page", "page_size", "cursor"}
        assert told >= asked and told, f"docs/api.md: {address} {sorted(asked - told)}"


def test_fields_have_chinese_names(schema):
    member = schema["components"]["schemas"]["MemberLine"]["properties"]
    assert member["name"]["title"] == "姓名" and member["id_masked"]["title"] == "公民身份号码（遮盖）"
    assert "id" not in member and "id_number" not in member


def test_no_answer_has_a_row_id(schema):
    ids = [name for name, shape in schema["components"]["schemas"].items() if {"id", "pk"} & shape.get("properties", {}).keys()]
    assert not ids


def test_changes_name_their_headers_and_problems(schema):
    for path, method, operation in operations(schema):
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        assert "application/problem+json" in operation["responses"]["404"]["content"], path
        if method == "patch":
            assert headers == {"Idempotency-Key", "If-Match"} and {"409", "422", "428"} <= operation["responses"].keys(), path


def test_a_change_is_neither_narrowed_nor_paged(schema):
    for path, method, operation in operations(schema):
        if method != "get":
            assert not [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"], path
    made = schema["paths"]["/api/v1/care/visits/"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    assert made == {"type": "array", "items": {"$ref": "#/components/schemas/CareVisit"}}, (
        "several calls of one outing, as they are answered"
    )


def test_the_page_and_the_schema_open_for_everybody(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200 and "unsafe-inline" in page["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"]  # scripts stay our own: default-src 'self'
    text = page.content.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text) and not re.search(r"<script>\s*\S", text)
    assert client.get("/api/docs/?script=").status_code == 200
    assert client.get("/api/v1/schema/").status_code == 200
    assert "unsafe-inline" not in client.get("/login/")["Content-Security-Policy"]


def test_a_process_writes_the_schema_once(client, monkeypatch):
    """Anybody may ask, without a login, and writing it takes seconds: asked again, it is not written again."""
    first = client.get("/api/v1/schema/?format=json")
    assert first.status_code == 200 and b'"paths"' in first.content

    def again(*args, **kwargs):
        raise AssertionError("written again")

    monkeypatch.setattr("drf_spectacular.generators.SchemaGenerator.get_schema", again)
    assert client.get("/api/v1/schema/?format=json").content == first.content
