"""Work made while its reader waits for something else."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
_END = object()


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, each made by another thread while the one before is being used.

    For computing beside the database: a thread that waits for an answer leaves the processor to the other. The items must
    not ask the database themselves, for a connection belongs to its thread. What making one raises is raised here, in its turn.
    """
    items = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as maker:
        coming = maker.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = maker.submit(next, items, _END)
            yield item
