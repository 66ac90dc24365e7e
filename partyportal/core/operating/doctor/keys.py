"""The keys: they parse, they are of the right length, all that the data needs are there, and samples open."""

import base64
import binascii
from collections.abc import Iterator

from django.conf import settings

from partyportal.core import crypto
from partyportal.core.operating import columns
from partyportal.core.operating.doctor.findings import Finding, fault, note, ok

SAMPLE = 20  # of the newest and of the oldest rows of each column


def keys() -> Iterator[Finding]:
    """FIELD_KEYS opens whatever is sealed; INDEX_KEY and SEAL_KEY are whole keys of their own."""
    bad = list(_malformed())
    yield from bad
    if bad:
        return
    held, used = columns.ring(), columns.keys_in_use()
    newest = next(iter(held))
    missing = {key: count for key, count in used.items() if key not in held}
    for key, count in missing.items():
        yield fault("密钥", f"{count} 个值用密钥 {key} 封存，FIELD_KEYS 里没有它", f"把密钥 {key} 从保管处找回，加到 FIELD_KEYS 的后面。")
    closed = [name for name in columns.sealed_columns() if not _sample_opens(name, held)]
    for column in closed:
        yield fault("密钥", f"{column} 的抽样打不开", "FIELD_KEYS 里同名的密钥不是当初那把：从保管处核对指纹，换回原来的。")
    old = sum(count for key, count in used.items() if key != newest and key in held)
    if old:
        yield note("密钥", f"{old} 个值还在旧密钥之下", "运行 manage.py rotate_keys。")
    spare = [key for key in held if key != newest and key not in used]
    if spare:
        yield note("密钥", f"旧密钥 {'、'.join(spare)} 已无数据使用", "等用它的备份也过期后，可从 FIELD_KEYS 去掉。")
    if not missing and not closed:
        yield ok("密钥", f"{len(held)} 把，抽样都能打开，新值用 {newest}（{settings.FIELD_CIPHER}）")


def _malformed() -> Iterator[Finding]:
    try:
        columns.ring()
        crypto.encrypt(b"probe")
    except (ValueError, StopIteration, binascii.Error, KeyError) as error:
        yield fault(
            "密钥",
            f"FIELD_KEYS 或 FIELD_CIPHER 不能用（{error}）",
            "FIELD_KEYS 写成 编号:32 字节的 base64，多把用逗号隔开；FIELD_CIPHER 取 AES-256-GCM 或 SM4-GCM。",
        )
    for name in ("INDEX_KEY", "SEAL_KEY"):
        try:
            length = len(base64.b64decode(getattr(settings, name), validate=True))
        except (ValueError, binascii.Error):
            length = 0
        if length < 32:
            yield fault("密钥", f"{name} 不是 32 字节的 base64", f"从保管处找回原来的 {name}；新装的按 .env.example 生成。")
    if settings.INDEX_KEY == settings.SEAL_KEY or any(settings.INDEX_KEY in part for part in settings.FIELD_KEYS.split(",")):
        yield fault(
            "密钥",
            "几把密钥是同一把",
            "各自生成：一把泄露不应牵连其他。换 FIELD_KEYS 用 rotate_keys，换 INDEX_KEY 用 rotate_keys --index。",
        )


def _sample_opens(column: columns.SealedColumn, held: dict[str, str]) -> bool:
    rows = column.rows()
    for part in (rows[:SAMPLE], rows.order_by("-pk")[:SAMPLE]):
        for _, sealed, context in column.taken(part):
            if sealed[2 : 2 + sealed[1]].decode(errors="replace") not in held:
                continue  # said already: the key itself is missing
            try:
                crypto.decrypt(sealed, context=context)
            except (crypto.CannotDecrypt, ValueError, KeyError):
                return False
    return True


def look_ups() -> Iterator[Finding]:
    """Look-up values agree with INDEX_KEY: with another key nobody would be found, and a person be registered twice."""
    wrong = []
    for model, look_up in columns.look_up_columns():
        source = columns.sealed_column(model, look_up.source)
        rows = source.rows()
        for part in (rows[:SAMPLE], rows.order_by("-pk")[:SAMPLE]):
            opened = {}
            for pk, sealed, context in source.taken(part):
                try:
                    opened[pk] = crypto.decrypt(sealed, context=context).decode()
                except crypto.CannotDecrypt:
                    continue
            stands = model._base_manager.filter(pk__in=opened).values_list("pk", look_up.column)
            if any(
                held is not None and bytes(held) != crypto.look_up(look_up.of(opened[pk]), purpose=look_up.purpose) for pk, held in stands
            ):
                wrong.append(f"{model._meta.label}.{look_up.column}")
                break
    for column in wrong:
        yield fault(
            "检索值",
            f"{column} 与 INDEX_KEY 不符，按身份号码会查不到人",
            "换回原来的 INDEX_KEY；确要换新，停下网站后运行 rotate_keys --index。",
        )
    if not wrong:
        yield ok("检索值", "抽样与 INDEX_KEY 相符")
