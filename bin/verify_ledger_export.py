#!/usr/bin/env python3
"""核对导出的账本 Verify exported ledgers: verify_ledger_export.py FILE [--head HEAD ...] [--key-file KEY]

Needs Python 3.9 or newer and nothing else: neither the portal, nor its database, nor any package. FILE is what
`manage.py export_ledger FILE` wrote; HEAD is a 封印 somebody once printed or wrote down: spaces do not matter, 32 digits or more are
enough, and it may be an old one. Exit 0: every row stands as it was sealed; 1: the first row that does not is named; 2: not such a file.

What is checked, in the words of docs/operations.md: each row is one line of JSON whose SHA-256 is the row's hash. A thousand rows
make a block, whose digest is SHA-256 of (row numbers, newline, first 8 bytes of each row's hash, SHA-256 of all rows' hashes).
A seal holds SHA-256 of its blocks' digests and the head of the seal before it; its own head is SHA-256 of its line in seals.jsonl.
So one head on paper proves every row sealed before it, and nobody who changed a row could print that head again.
"""

import argparse
import hashlib
import hmac
import json
import re
import sys
import zipfile
import zlib
from base64 import b64decode

BLOCK, MARK = 1000, 8
NOTHING = ("", b"", b"")
NO_SEAL, BEFORE_ALL = "0" * 64, -(2**63)
LEAST = 32  # digits of a printed head


class Fault(Exception):
    """The first thing that is not as it was sealed."""


class Unusable(Exception):
    """Not an export of ledgers."""


def main(words=None):
    parser = argparse.ArgumentParser(description="核对导出的账本：逐行重算，与封印相符才算通过。不需要系统、数据库和密钥。")
    parser.add_argument("file", help="export_ledger 导出的文件")
    parser.add_argument("--head", action="append", default=[], help="纸上的封印，可以是以前印的，可以给几个")
    parser.add_argument("--key-file", help="装有 SEAL_KEY 的文件：另外证明是持有密钥的系统封的")
    asked = parser.parse_args(words)
    try:
        told = verify(asked.file, [clean(head) for head in asked.head], asked.key_file)
    except Fault as fault:
        print(f"不符：{fault}", file=sys.stderr)
        return 1
    except (Unusable, OSError, zipfile.BadZipFile, zlib.error) as fault:
        print(f"这个文件不能核对：{fault}", file=sys.stderr)
        return 2
    print("\n".join(told))
    return 0


def clean(head):
    """A head as somebody typed it."""
    digits = re.sub(r"[\s-]", "", head).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{LEAST},64}}", digits):
        raise Unusable(f"封印是 64 位的 0-9 a-f，至少输入前 {LEAST} 位")
    return digits


def verify(path, heads=(), key_file=None):
    """What to tell the person; raises Fault."""
    with zipfile.ZipFile(path) as box:
        held = {name[len("ledgers/") : -len(".jsonl")]: name for name in box.namelist() if name.startswith("ledgers/")}
        if not held or not {"seals.jsonl", "blocks.jsonl"} <= set(box.namelist()):
            raise Unusable("不是 export_ledger 导出的文件")
        seals = read_chain(box)
        told = [find_head(seals, head) for head in heads]
        if key_file:
            told.append(check_macs(box, seals, key_file))
        blocks = read_blocks(box)
        for ledger, name in sorted(held.items()):
            with box.open(name) as file:
                rows = check_ledger(ledger, file, [seal for seal in seals if seal["ledger"] == ledger], blocks)
            told.append(f"{ledger}：{rows} 行，都与封印相符。")
    if missing := sorted({seal["ledger"] for seal in seals} - held.keys()):
        told.append(f"这个文件没有带 {'、'.join(missing)} 的行，没有核对它们。")
    told.append(f"封到第 {seals[-1]['number']} 封，{seals[-1]['sealed_at']}。封印：")
    told.append("  " + " ".join(re.findall("....", seals[-1]["head"])))
    if not heads:
        told.append("请与纸上的封印逐字比对，或加 --head 让程序比对：没有比对，不能证明文件没有被整个重做。")
    return told


def read_chain(box):
    """The seals in their order, each following the one before."""
    seals, head, reached = [], NO_SEAL, {}
    for at, line in enumerate(box.read("seals.jsonl").decode(errors="replace").splitlines(), start=1):
        try:
            seal = json.loads(line)
            follows = seal["number"] == at and seal["previous"] == head and seal["after_id"] == reached.get(seal["ledger"], BEFORE_ALL)
            head = seal["head"] = hashlib.sha256(line.encode()).hexdigest()
            reached[seal["ledger"]] = seal["last_id"]
        except (ValueError, KeyError, TypeError):
            raise Fault(f"第 {at} 封读不出来") from None
        if not follows:
            raise Fault(f"第 {at} 封接不上前一封：有封被改动、抽走或添加")
        seals.append(seal)
    if not seals:
        raise Unusable("里面没有封账")
    return seals


def find_head(seals, head):
    """Which seal a printed head is."""
    for seal in seals:
        if seal["head"].startswith(head):
            return f"纸上的封印 {head[:8]}… 是第 {seal['number']} 封（{seal['sealed_at']}），到那一封为止没有被重做。"
    raise Fault(f"纸上的封印 {head[:8]}… 不在这个文件里：文件被改动过，或不是同一套账")


def check_macs(box, seals, key_file):
    """With the key: every seal was made by somebody who held it."""
    with open(key_file) as file:
        keys = [b64decode(part) for part in re.split(r"[\s,]+", file.read().strip())]
    held = {hashlib.sha256(key).hexdigest()[:16]: key for key in keys}
    macs = {}
    for line in box.read("macs.txt").decode().splitlines():
        number, _, mac = line.split(" ")
        macs[number] = mac
    for seal in seals:
        if seal["key"] not in held:
            raise Fault(f"第 {seal['number']} 封用的密钥（指纹 {seal['key']}）不在 {key_file} 里")
        if macs.get(str(seal["number"])) != hmac.new(held[seal["key"]], seal["head"].encode(), "sha256").hexdigest():
            raise Fault(f"第 {seal['number']} 封不是持有密钥的系统封的")
    return f"{len(seals)} 封都是持有密钥的系统封的。"


def read_blocks(box):
    """What the file says each block holds: (seal, block) → (ids, marks, digest of the rows). Believed only where a seal bears it out."""
    blocks = {}
    with box.open("blocks.jsonl") as file:
        for line in file:
            try:
                said = json.loads(line)
                blocks[said["seal"], said["block"]] = said["ids"], bytes.fromhex(said["marks"]), bytes.fromhex(said["rows_digest"])
            except (ValueError, KeyError, TypeError):
                raise Fault("blocks.jsonl 有一行读不出来") from None
    return blocks


def check_ledger(ledger, file, seals, blocks):
    """Read the rows once, block by block; at the first block that does not come out, name the row."""
    count, own = 0, {seal["number"] for seal in seals}
    for seal in seals:
        size = (seal["rows"] + BLOCK - 1) // BLOCK
        said = [blocks.get((seal["number"], position), NOTHING) for position in range(size)]
        is_known = digest_of(said) == seal["digest"]  # else what the file says of its blocks is itself touched, and names nobody
        stands = []
        for position in range(size):
            lines = [line for line in (file.readline() for _ in range(min(BLOCK, seal["rows"] - position * BLOCK))) if line]
            stands.append(block_of(lines))
            if is_known and stands[-1] != said[position]:
                held = [block for key, block in sorted(blocks.items()) if key[0] in own]
                raise Fault(
                    f"{ledger}：{name_row(lines, file, said[position], held)}，与第 {seal['number']} 封（{seal['sealed_at'][:10]}）不符"
                )
            count += len(lines)
        if digest_of(stands) != seal["digest"]:
            raise Fault(f"{ledger}：第 {seal['number']} 封的行连同 blocks.jsonl 一起被改动，与封印不符")
        if not is_known:
            raise Fault(f"{ledger}：第 {seal['number']} 封的行与封印相符，但 blocks.jsonl 被改动")
    extra = file.readline()
    if extra:
        raise Fault(f"{ledger}：第 {row_of(extra)[0]} 行是添加的，没有哪一封封过它")
    return count


def digest_of(blocks):
    """A seal's digest, of its blocks."""
    return hashlib.sha256(
        b"".join(hashlib.sha256(ids.encode() + b"\n" + marks + digest).digest() for ids, marks, digest in blocks)
    ).hexdigest()


def block_of(lines):
    """What the seal would say of these rows."""
    hashes = [hash_of(line) for line in lines]
    ids = "{" + ",".join(f"[{low},{high})" for low, high in ranges(row_of(line)[0] for line in lines)) + "}"
    return ids, b"".join(one[:MARK] for one in hashes), hashlib.sha256(b"".join(hashes)).digest()


def hash_of(line):
    return hashlib.sha256(line[:-1] if line.endswith(b"\n") else line).digest()


def row_of(line):
    """(number, mark); the number is None where the line is no row."""
    try:
        number = json.loads(line)["id"]
    except (ValueError, KeyError, TypeError):
        number = None
    return (number if isinstance(number, int) else None), hash_of(line)[:MARK]


def ranges(numbers):
    """Runs of numbers one after another, each [first, after the last)."""
    runs = []
    for number in numbers:
        if runs and number is not None and runs[-1][1] == number:
            runs[-1][1] = number + 1
        else:
            runs.append([number, number if number is None else number + 1])
    return runs


def rows_in(block):
    """The (number, mark) of each row a block was sealed with."""
    ids, marks, _ = block
    numbers = [n for low, high in re.findall(r"\[(-?\d+),(-?\d+)\)", ids) for n in range(int(low), int(high))]
    return [(number, marks[at * MARK : (at + 1) * MARK]) for at, number in enumerate(numbers)]


def name_row(lines, file, block, sealed):
    """The first row of the block that is not what was sealed there, and what became of it."""
    found, expected = [row_of(line) for line in lines], rows_in(block)
    pairs = enumerate(zip(found, expected))  # noqa: B905  `strict` came with Python 3.10
    at = next((at for at, pair in pairs if pair[0] != pair[1]), min(len(found), len(expected)))
    if at == len(expected):
        return f"第 {found[at][0]} 行是添加的"
    should = expected[at]
    if at == len(found):
        return f"第 {should[0]} 行不见了"
    stands, rest = found[at], found[at + 1 :]
    later, again = should in rest, stands in rest
    for line in file:  # the rest of the ledger is read once, only to tell what has happened
        row = row_of(line)
        later, again = later or row == should, again or row == stands
    if not any(stands in rows_in(one) for one in sealed):  # nobody sealed these bytes
        return f"第 {stands[0]} 行是添加的" if later and stands[0] != should[0] else f"第 {should[0]} 行被改动"
    if not later:
        return f"第 {should[0]} 行不见了"
    if again or stands[0] < should[0]:
        return f"第 {stands[0]} 行多出一份，是添加的"
    if rest[:1] == [should] and expected[at + 1 : at + 2] != [stands]:
        return f"第 {stands[0]} 行被挪到第 {should[0]} 行之前"
    return f"第 {should[0]} 行被挪动"


if __name__ == "__main__":
    sys.exit(main())
