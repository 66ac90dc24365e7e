"""Pinyin keys, by which names are sorted and found by typing `zs` or `zhangsan`."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=65536)
def _sounds(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in lazy_pinyin(name, style=Style.NORMAL, errors="default"))


def key(name: str) -> str:
    """`张三` → `zhangsan`; signs without a sound stay themselves."""
    return "".join(_sounds(name))


def initials(name: str) -> str:
    """`张三` → `zs`."""
    return "".join(part[:1] for part in _sounds(name))
