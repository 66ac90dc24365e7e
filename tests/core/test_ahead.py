"""Work made ahead by another thread: the same items, at most one of them early, and what goes wrong in its turn."""

import threading

import pytest

from partyportal.core.ahead import ahead


def test_the_items_come_in_their_order_and_are_made_elsewhere():
    makers = set()

    def items():
        for number in range(50):
            makers.add(threading.current_thread())
            yield number

    assert list(ahead(items())) == list(range(50))
    assert len(makers) == 1 and threading.current_thread() not in makers


def test_the_next_is_made_while_the_one_before_is_used():
    made = [threading.Event() for _ in range(3)]

    def items():
        for number, done in enumerate(made):
            done.set()
            yield number

    coming = ahead(items())
    assert next(coming) == 0
    assert made[1].wait(10)
    assert not made[2].wait(0.05), "more than one ahead: a large file would be in memory whole"
    assert list(coming) == [1, 2]


def test_what_making_one_raises_is_raised_after_those_before_it():
    def items():
        yield 1
        raise KeyError("two")

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(KeyError, match="two"):
        next(coming)


def test_whoever_stops_early_leaves_no_thread_behind():
    coming = ahead(iter(range(1000)))
    next(coming)
    coming.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
