import pytest

from tests.factories import make_grant, make_user
from tests.fund.makers import make_book, make_line, receive


@pytest.fixture
def second(tree):
    """孙丽, of the department too: the second person."""
    user = make_user("孙丽", username="second")
    make_grant(user, tree.county, "department")
    return user


@pytest.fixture
def book(tree, department, second):
    """A fund of 5,000.00 yuan."""
    book = make_book(tree.county, by=department)
    receive(book, "5000", by=department, second=second)
    return book


@pytest.fixture
def line(book):
    """Of which 10,000.00 may be spent on 困难救助."""
    return make_line(book)
