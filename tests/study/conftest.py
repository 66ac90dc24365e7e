"""Beside the cast: members with logins, and a second person at the township."""

import pytest

from tests.factories import make_grant, make_member, make_user


@pytest.fixture
def second(tree):
    """党委 has two people: who records is never who confirms."""
    user = make_user("何镇海", username="second")
    make_grant(user, tree.township, "committee")
    return user


@pytest.fixture
def people(tree):
    """Three members of our branch, each with a login."""
    found = []
    for at, name in enumerate(("杨春", "杨夏", "杨秋")):
        person = make_member(tree.ours, name)
        person.user = make_user(name, username=f"person{at}")
        person.save(update_fields=["user"])
        found.append(person)
    return found
