"""Editing a tree of conditions one node at a time. A place is the indexes from the root ("0.1", "" the root); 不能是 is a level of its own. Pure."""

from collections.abc import Callable

GROUPS = ("all", "any")


class NoPlace(Exception):
    """There is no such node: somebody else edited the tree meanwhile, or the address was made up."""


def editable(tree: dict) -> dict:
    """The tree with a group at its root, so that a line can be added."""
    return tree if tree.keys() & set(GROUPS) else {"all": [tree]}


def node_at(tree: dict, at: str) -> dict:
    """The node of a place."""
    for step in _steps(at):
        tree = _child(tree, step)
    return tree


def appended(tree: dict, at: str, node: dict) -> dict:
    """A line or a group more in the group at a place."""

    def put(group: dict) -> dict:
        word = next((word for word in GROUPS if word in group), None)
        if word is None:
            raise NoPlace(at)
        return {word: [*group[word], node]}

    return _changed(tree, _steps(at), put)


def replaced(tree: dict, at: str, node: dict) -> dict:
    """Another node in a place."""
    return _changed(tree, _steps(at), lambda old: node)


def removed(tree: dict, at: str) -> dict:
    """The tree without a node. Of 不能是 the whole goes; the root cannot."""
    steps = _steps(at)
    if not steps:
        raise NoPlace(at)
    above = node_at(tree, ".".join(map(str, steps[:-1])))
    if "not" in above:
        return removed(tree, ".".join(map(str, steps[:-1])))
    word = next(word for word in GROUPS if word in above)
    _child(above, steps[-1])
    rest = [part for n, part in enumerate(above[word]) if n != steps[-1]]
    return _changed(tree, steps[:-1], lambda old: {word: rest})


def turned(tree: dict, at: str) -> dict:
    """A group from 全部 to 任一 and back."""

    def turn(group: dict) -> dict:
        word = next((word for word in GROUPS if word in group), None)
        if word is None:
            raise NoPlace(at)
        return {"any" if word == "all" else "all": group[word]}

    return _changed(tree, _steps(at), turn)


def negated(tree: dict, at: str) -> dict:
    """不能是 put before a node, or taken away again; the root stays a group."""
    if not _steps(at):
        raise NoPlace(at)
    return _changed(tree, _steps(at), lambda node: node.get("not", {"not": node}))


def _steps(at: str) -> list[int]:
    parts = at.split(".") if at else []
    if not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        raise NoPlace(at)
    return [int(part) for part in parts]


def _child(node: dict, step: int) -> dict:
    parts = [node["not"]] if "not" in node else next((node[word] for word in GROUPS if word in node), [])
    if step >= len(parts):
        raise NoPlace(str(step))
    return parts[step]


def _changed(tree: dict, steps: list[int], change: Callable[[dict], dict]) -> dict:
    if not steps:
        return change(tree)
    inner = _changed(_child(tree, steps[0]), steps[1:], change)
    if "not" in tree:
        return {"not": inner}
    word = next(word for word in GROUPS if word in tree)
    return {word: [inner if n == steps[0] else part for n, part in enumerate(tree[word])]}
