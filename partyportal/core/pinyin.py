"""Pinyin keys, by which names are sorted and found by typing `zs` or `zhangsan`."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Characters that sound otherwise as a surname; the dictionary gives the everyday sound.
_SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "朴": "piao", "盖": "ge", "查": "zha", "缪": "miao", "员": "yun",
    "尉": "wei", "翟": "zhai", "卜": "bu", "冼": "xian", "覃": "qin", "召": "shao", "乜": "nie", "洗": "xian", "逄": "pang", "黑": "he",
    "繁": "po", "种": "chong", "秘": "bi", "折": "she", "令": "ling", "那": "na", "宓": "mi", "郗": "xi", "燕": "yan", "纪": "ji",
}  # fmt: skip


@lru_cache(maxsize=65536)
def _sounds(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in lazy_pinyin(name, style=Style.NORMAL, errors="default"))


@lru_cache(maxsize=32768)
def _sound(sign: str) -> str:
    return lazy_pinyin(sign, style=Style.NORMAL, errors="default")[0].lower()


def key(name: str) -> str:
    """`石柳村` → `shiliucun`; signs without a sound stay themselves. As long as a column takes: nobody types more."""
    return "".join(_sounds(name))[:400]


def initials(name: str) -> str:
    """`石柳村` → `slc`."""
    return "".join(part[:1] for part in _sounds(name))


def person(name: str) -> tuple[str, str]:
    """Key and initials of a person's name: `曾国柱` → (`zengguozhu`, `zgz`).

    Sign by sign, because a name is no phrase; a file of twenty thousand holds few different signs and as many names.
    """
    sounds = [_sound(sign) for sign in name if sign != " "]
    if name[:1] in _SURNAMES:
        sounds[0] = _SURNAMES[name[0]]
    return "".join(sounds)[:200], "".join([sound[0] for sound in sounds])
