"""Keys are rotated while people work: every value is sealed anew, none is lost, and everybody is still found."""

import base64
import json
import os
import threading
import uuid
from itertools import count

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import BinaryField

from members.models import ImportBatch, ImportFile, Member, StagedRow
from members.services.people import derived, edit
from partyportal.core import audit, crypto, personkeys
from partyportal.core.errors import DomainError
from partyportal.core.fields import EncryptedTextField
from partyportal.core.models import AuditEntry, PersonKey
from partyportal.core.operating import columns, rotation
from partyportal.core.operating.doctor import State
from partyportal.core.operating.doctor import keys as key_checks
from tests.factories import id_number, make_member

UNDER_A_PERSONS_KEY = {"core.AuditEntry.sealed", "members.StagedRow.sealed", "members.ImportedRow.sealed", "members.Merge.sealed"}
# Each condition and each case has a key of its own, wrapped like a person's, so that its words can be forgotten alone.
UNDER_A_PERSONS_KEY |= {"care.Condition.proof", "aid.Case.sealed_need", "aid.Case.sealed_asker", "aid.Step.sealed_note"}
UNDER_A_PERSONS_KEY |= {"aid.Objection.sealed_words", "aid.Objection.sealed_answer"}
NOT_SEALED = {"points.Entry.line", "core.SealBlock.marks", "core.SealBlock.rows_digest"}  # digests: of a line's key, of rows


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def quiet(_line: str) -> None:
    pass


@pytest.fixture
def newer_key(settings):
    """A new key put in front of the one in force."""

    def put_in_front() -> None:
        settings.FIELD_KEYS = f"k2:{new_key()},{settings.FIELD_KEYS}"

    return put_in_front


@pytest.fixture
def staged(tree, member):
    """A roster somebody is looking through: its file, a new person's row, a held one's and a refused one's."""
    batch = ImportBatch.objects.create(organisation=tree.county, file_name="名册.xlsx", day="2026-01-01", state="ready")
    ImportFile.objects.create(batch=batch, sealed=crypto.encrypt(b"the file", context=batch.uid.bytes))
    number, uid, key = id_number(), uuid.uuid4(), os.urandom(32)
    indexes = {name: derived(name="张三", id_number=number)[name] for name in ("id_index", "id_tail_index")}
    new = StagedRow.objects.create(
        batch=batch, row=1, outcome="new", uid=uid, id_number=crypto.encrypt(number.encode()), wrapped_key=personkeys.wrap(key, uid), **indexes
    )  # fmt: skip
    held = StagedRow.objects.create(batch=batch, row=2, outcome="unchanged", member=member, id_index=member.id_index)
    refused = StagedRow.objects.create(batch=batch, row=3, outcome="refused", id_index=crypto.look_up(id_number(), purpose="id_number"))
    return {"batch": batch, "new": new, "held": held, "refused": refused, "number": number, "key": key}


def test_every_binary_column_says_what_it_holds():
    """A sealed column that no rotation knows would be lost with the old key."""
    known = {str(column) for column in columns.sealed_columns()} | {
        f"{m._meta.label}.{look.column}" for m, look in columns.look_up_columns()
    }
    binary = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, BinaryField)
    }
    assert binary - known <= UNDER_A_PERSONS_KEY | NOT_SEALED
    assert "members.Member.id_number" in known and isinstance(Member._meta.get_field("id_number"), EncryptedTextField)


def test_every_value_comes_under_the_new_key_and_the_old_may_go(tree, member, staged, secretary, newer_key, settings):
    number, before = member.id_number, {row.subject: personkeys.unwrap(row.wrapped, row.subject) for row in PersonKey.objects.all()}
    entry = audit.record("members.member.edited", member, by=secretary, subject=member.uid, changes={"post": ["农民", "教师"]})
    newer_key()
    done = rotation.reseal(tell=quiet)
    assert (done.key, done.remaining, done.unreadable) == ("k2", 0, {})
    assert {column for column, count in done.done.items() if count} >= {
        "core.PersonKey.wrapped", "members.Member.id_number", "members.ImportFile.sealed", "members.StagedRow.id_number", "members.StagedRow.wrapped_key"
    }  # fmt: skip
    settings.FIELD_KEYS = settings.FIELD_KEYS.split(",")[0]
    assert columns.keys_in_use().keys() == {"k2"}
    assert Member.objects.get(pk=member.pk).id_number == number
    assert {row.subject: personkeys.unwrap(row.wrapped, row.subject) for row in PersonKey.objects.filter(subject__in=before)} == before
    assert json.loads(crypto.decrypt_with(personkeys.key_of(member.uid), entry.sealed)) == {"post": ["农民", "教师"]}
    new = StagedRow.objects.get(pk=staged["new"].pk)
    assert (
        crypto.decrypt(bytes(new.id_number)).decode() == staged["number"] and personkeys.unwrap(new.wrapped_key, new.uid) == staged["key"]
    )
    file = ImportFile.objects.get(batch=staged["batch"])
    assert crypto.decrypt(bytes(file.sealed), context=staged["batch"].uid.bytes) == b"the file"


def test_a_second_run_has_nothing_to_do(member, newer_key):
    newer_key()
    rotation.reseal(tell=quiet)
    assert sum(rotation.reseal(tell=quiet).done.values()) == 0
    assert AuditEntry.objects.filter(code="core.keys.rotated").count() == 1


def test_an_interrupted_run_goes_on_where_it_was(tree, newer_key, monkeypatch):
    for number in range(6):
        make_member(tree.ours, f"党员{number}")
    newer_key()
    columns_of = rotation.columns.sealed_columns
    monkeypatch.setattr(rotation.columns, "sealed_columns", lambda: [_small(column) for column in columns_of()])
    written, write = [], columns.write

    def break_down_later(model, column, values):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(write(model, column, values))
        return written[-1]

    monkeypatch.setattr(columns, "write", break_down_later)
    with pytest.raises(KeyboardInterrupt):
        rotation.reseal(tell=quiet)
    assert set(columns.keys_in_use()) == {"k1", "k2"}
    monkeypatch.setattr(columns, "write", write)
    assert rotation.reseal(tell=quiet).remaining == 0
    assert set(columns.keys_in_use()) == {"k2"}


def _small(column):
    return columns.SealedColumn(column.model, columns.Seal(column.seal.column, column.seal.bound_to, at_once=2))


def test_the_national_cipher_is_taken_up_by_the_same_way(member, settings):
    number = member.id_number
    settings.FIELD_CIPHER = "SM4-GCM"
    assert rotation.reseal(tell=quiet).done["members.Member.id_number"] >= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT get_byte(id_number, 0) FROM members_member")
        assert cursor.fetchall() == [(crypto.SM4,)]
    assert Member.objects.get(pk=member.pk).id_number == number


def test_values_of_a_lost_key_are_counted_and_the_others_done(tree, settings, capsys):
    make_member(tree.ours, "旧")
    old, settings.FIELD_KEYS = settings.FIELD_KEYS, f"k2:{new_key()}"
    later = make_member(tree.ours, "新")
    settings.FIELD_KEYS = f"k3:{new_key()},{settings.FIELD_KEYS}"
    with pytest.raises(SystemExit) as end:
        call_command("rotate_keys")
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert end.value.code == 1 and told["unreadable"]["members.Member.id_number"] == 1 and told["done"]["members.Member.id_number"] == 1
    assert "打不开" in said.err and old.split(":")[1] not in said.out + said.err
    assert Member.objects.get(pk=later.pk).id_number


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_edits_made_meanwhile_are_not_lost(tree, secretary, settings, monkeypatch):
    """Three people edit while key after key is put in front and rotated in small batches: each edit stands."""
    people = [make_member(tree.ours, f"党员{number}") for number in range(30)]
    busy = people[::5]
    wanted = {person.pk: id_number() for person in busy}
    faults, rounds = [], count(2)

    def work(share: list[Member]) -> None:
        try:
            for turn in range(12):
                for person in share:
                    fields = {"id_number": wanted[person.pk]} if turn == 11 else {"id_number": id_number(), "post": f"岗位{turn}"}
                    now = Member.objects.values_list("version", flat=True).get(pk=person.pk)
                    edit(person, version=now, by=secretary, on=person.joined_on.replace(year=2026), **fields)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    columns_of = columns.sealed_columns
    monkeypatch.setattr(columns, "sealed_columns", lambda: [_small(column) for column in columns_of()])
    threads = [threading.Thread(target=work, args=(busy[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    resealed = 0
    while any(thread.is_alive() for thread in threads):
        settings.FIELD_KEYS = f"k{next(rounds)}:{new_key()},{settings.FIELD_KEYS}"
        resealed += rotation.reseal(tell=quiet).done["members.Member.id_number"]
    for thread in threads:
        thread.join()
    assert not faults and resealed > len(people)
    assert rotation.reseal(tell=quiet).remaining == 0
    held = Member.objects.in_bulk(wanted)
    assert {pk: person.id_number for pk, person in held.items()} == wanted
    assert all(Member.objects.with_id_number(number).get().pk == pk for pk, number in wanted.items())
    assert all(person.post == "岗位10" for person in held.values())


@pytest.mark.django_db(transaction=True)
def test_two_rotations_do_not_run_at_once(tree):
    def ask(answers: list) -> None:
        try:
            rotation.reseal(tell=quiet)
        except DomainError as refusal:
            answers.append(refusal.message)
        finally:
            connections.close_all()

    answers: list[str] = []
    with rotation._alone():
        other = threading.Thread(target=ask, args=(answers,))
        other.start()
        other.join()
    assert answers and "正在运行" in answers[0]


def test_a_new_index_key_finds_everybody_again(tree, member, staged, settings):
    number = member.id_number
    settings.INDEX_KEY = new_key()
    assert not Member.objects.with_id_number(number).exists()
    done = rotation.reindex()
    assert Member.objects.with_id_number(number).get() == member
    assert list(Member.objects.matching(number[-4:])) == [member]
    rows = StagedRow.objects.in_bulk([staged[name].pk for name in ("new", "held", "refused")])
    assert bytes(rows[staged["new"].pk].id_index) == crypto.look_up(staged["number"], purpose="id_number")
    assert bytes(rows[staged["held"].pk].id_index) == crypto.look_up(number, purpose="id_number")
    assert rows[staged["refused"].pk].id_index is None and done.cleared == 1
    assert done.done["members.Member.id_index"] == Member.objects.count()
    assert not [finding for finding in key_checks.look_ups() if finding.state is State.FAULT]
    assert sum(rotation.reindex().done.values()) == 0


def test_a_value_that_does_not_open_leaves_every_look_up_as_it_was(tree, settings):
    make_member(tree.ours, "旧")
    settings.FIELD_KEYS = f"k2:{new_key()}"
    make_member(tree.ours, "新")
    before = sorted(map(bytes, Member.objects.values_list("id_index", flat=True)))
    settings.INDEX_KEY = new_key()
    with pytest.raises(DomainError, match="一个检索值也没有改"):
        rotation.reindex()
    assert sorted(map(bytes, Member.objects.values_list("id_index", flat=True))) == before


def test_the_declared_look_ups_are_those_of_registration(member):
    """`people.derived` writes them, the declaration recomputes them: one truth."""
    number = member.id_number
    known = derived(name=member.name, id_number=number)
    for look_up in Member.look_ups:
        assert known[look_up.column] == crypto.look_up(look_up.of(number), purpose=look_up.purpose)
