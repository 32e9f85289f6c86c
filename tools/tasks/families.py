# SPDX-License-Identifier: Apache-2.0
"""Sequences that must not be on both sides of a split, and splits that keep them together."""

import collections
import hashlib

MER = 16          # bases of the pieces that sequences are compared by, on either strand
NEAR_SHARE = 0.25  # of the 16-mers of the shorter sequence: what the program's own check calls near
SKETCH = 24       # 16-mers of a sequence in the index, those with the smallest hashes
HOLDERS = 64      # looked at of one 16-mer
CODES = {"A": 0, "C": 1, "G": 2, "T": 3}


def mers(sequence):
    """The different 16-mers of a sequence without N, as numbers in random order: the same for both strands."""
    mask, top = (1 << 2 * MER) - 1, 2 * (MER - 1)
    forward = backward = known = 0
    found = set()
    for letter in sequence:
        code = CODES.get(letter)
        if code is None:
            known = 0
            continue
        known += 1
        forward = (forward << 2 | code) & mask
        backward = backward >> 2 | (3 - code) << top
        if known >= MER:
            found.add((min(forward, backward) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    return found


def families(names, sequences):
    """For each sequence the number of its family: joined are those of one name (a gene), and those that share a quarter
    of the shorter one's 16-mers, directly or by way of others."""
    parent = list(range(len(sequences)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first_of = {}
    for i, name in enumerate(names):
        parent[root(i)] = root(first_of.setdefault(name, i))
    holders = collections.defaultdict(list)
    for i, sequence in enumerate(sequences):
        own = mers(sequence)
        votes = collections.Counter(j for mer in own for j in holders.get(mer, ()))
        for j, _ in sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:8]:
            if root(i) == root(j):
                continue
            other = mers(sequences[j])
            if len(own & other) >= NEAR_SHARE * min(len(own), len(other)):
                parent[root(i)] = root(j)
        for mer in sorted(own)[:max(SKETCH, len(own) // MER)]:
            if len(holders[mer]) < HOLDERS:
                holders[mer].append(i)
    return [root(i) for i in range(len(sequences))]


def ordered(seed, words):
    """The words in an order that depends on the seed and each word alone."""
    return sorted(words, key=lambda word: hashlib.sha256(f"{seed}:{word}".encode()).hexdigest())


def divide(rows, seed, shares=(("test", 0.1), ("valid", 0.1))):
    """{part: rows}: whole families, in an order drawn by the seed, until each part has its share; the rest trains.
    Rows are mappings with `group` (a name) and `sequence`."""
    number = families([row["group"] for row in rows], [row["sequence"] for row in rows])
    members = collections.defaultdict(list)
    for row, family in zip(rows, number):
        members[family].append(row)
    by_name = {min(row["group"] for row in family): family for family in members.values()}
    parts = {"train": [], "valid": [], "test": []}
    wanted = [[part, round(share * len(rows))] for part, share in shares]
    for name in ordered(seed, by_name):
        family = by_name[name]
        for part in wanted:
            if len(family) <= part[1]:
                parts[part[0]] += family
                part[1] -= len(family)
                break
        else:
            parts["train"] += family
    return parts
