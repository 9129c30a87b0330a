"""Checks a log of evidence and its proofs without Tidegate: by RFC 9162, sections 2.1.3.2 and 2.1.4.2, and by pymerkle."""

import base64
import copy
import hashlib
import json
import pathlib
import sys

from pymerkle import InmemoryTree


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def included(leaf, index, size, path, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf_hash(leaf)
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(first, first_root, second, second_root, path):
    """RFC 9162, section 2.1.4.2."""
    if first == second:
        return first > 0 and not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def checkpoint(path):
    origin, size, root, blank, *signatures = path.read_text().split("\n")
    assert origin and blank == "" and signatures == [""], path
    return int(size), base64.b64decode(root, validate=True)


def proof(path):
    read = json.loads(path.read_text())
    return read, [base64.b64decode(text, validate=True) for text in read["hashes"]]


def altered(hashes):
    """Each way to turn one bit of one hash, to leave one out, or to add one."""
    for at in range(len(hashes)):
        turned = copy.copy(hashes)
        turned[at] = bytes([hashes[at][0] ^ 1]) + hashes[at][1:]
        yield turned
        yield hashes[:at] + hashes[at + 1 :]
    yield hashes + [b"\0" * 32]


out = pathlib.Path(sys.argv[1])
lines = (out / "log" / "entries.jsonl").read_bytes().split(b"\n")
assert lines.pop() == b""
tree = InmemoryTree(algorithm="sha256")
kept = {}
for number, line in enumerate(lines, 1):
    json.loads(line)
    tree.append_entry(line)
    size, root = checkpoint(out / "kept" / str(number))
    assert size == number and root == tree.get_state(), f"the checkpoint of {number} is not the root that pymerkle finds"
    kept[size] = root
size = len(lines)
wrong = 0
for number, line in enumerate(lines, 1):
    read, hashes = proof(out / "proofs" / f"entry-{number}.json")
    assert read["entry"].encode() == line and read["leaf_index"] == number - 1 and read["tree_size"] == size
    assert included(line, number - 1, size, hashes, kept[size]), f"entry {number}"
    assert not included(line + b" ", number - 1, size, hashes, kept[size])
    for other in altered(hashes):
        assert not included(line, number - 1, size, other, kept[size])
        wrong += 1
    read, hashes = proof(out / "proofs" / f"since-{number}.json")
    assert (read["first_size"], read["second_size"]) == (number, size)
    assert consistent(number, kept[number], size, kept[size], hashes), f"since {number}"
    for other in altered(hashes):
        assert not consistent(number, kept[number], size, kept[size], other)
        wrong += 1
print(f"{size} roots as pymerkle finds them, {2 * size} proofs hold by RFC 9162, {wrong} altered ones do not")
