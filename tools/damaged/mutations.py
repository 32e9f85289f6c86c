# SPDX-License-Identifier: Apache-2.0
"""Ways to damage the bytes of a file: each takes a random generator and bytes, and gives other bytes."""

import copy
import gzip
import io
import json
import re
import struct
import zipfile
import zlib

NUMBERS = [b"0", b"-1", b"-0", b"1", b"2", b"3.5", b"255", b"256", b"65535", b"65536", b"1048577", b"1000000000",
           b"2147483647", b"2147483648", b"4294967295", b"4294967296", b"9223372036854775807", b"9223372036854775808",
           b"18446744073709551615", b"18446744073709551616", b"1e9", b"1e18", b"1e308", b"1e999", b"-1e999", b"1e-999",
           b"nan", b"inf", b"-inf", b"0x10", b"1_000", b"1,5", b"9" * 400, b"1" + b"0" * 5000, b""]
INSERTS = [b"\0", b"\x1b[31m", b"\x1b]0;title\x07", b"\x07", b"\x7f", b"\x9b2J", b"\xc2\x9b31m", b"\r", b"\n", b"\r\n", b"\t",
           b" ", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", "\u202e".encode(), "\u2028".encode(),
           "\U0001f33e".encode(), b'"', b"'", b"\\", b"/", b"../", b"%00", b"%1b", b"%s%n", b"#", b">", b"@", b"+", b"-", b".",
           b",", b";", b"|", b"=", b"(", b"{", b"}", b"[", b"]", b"\x01" * 40, b"A" * 3000, b"A" * 300_000, b"\n" * 5000,
           b"\t" * 70_000, b"[" * 100_000, b'{"a":' * 100_000, b'"' * 999]
WHOLE = [b"", b"\n", b"\0", b"\0" * 4096, b"\xff" * 4096, b" ", b"{}", b"[]", b"null", b"0", b'""', b"[" * 200_000,
         b'{"a":' * 200_000, b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
         b"<!DOCTYPE html>\n<html><body>404</body></html>\n", b"\x1f\x8b", b"\x1f\x8b\x08\x04" + b"\xff" * 64, b"PK\x03\x04",
         b"PK\x05\x06" + b"\0" * 18, b"\x80\x04.", b"\x93NUMPY", b">", b">a", b">a\n", b"A" * 2_000_000, b"\t" * 100_000 + b"\n",
         "\ufeff".encode(), "text\n".encode("utf-16"), b"\x1b[2J\x1b[1;1H", b"a\tb\n" * 50_000]
MARKS = re.compile(rb'[\t\n\r,;:|={}\[\]"#>. ]|PK|\x1f\x8b|\x80[\x02-\x05]')


def cuts(data, most=150):
    """Places at which a file may end: behind its marks, and everywhere in a short one; `most` of them."""
    places = sorted({0, 1, len(data) - 1, *(match.end() for match in MARKS.finditer(data))} | set(range(min(len(data), 64))))
    step = max(1, len(places) // most)
    return [place for place in places[::step] if 0 <= place < len(data)]


def place(random, data, length=0):
    return random.randrange(max(1, len(data) - length + 1))


def splice(data, begin, end, new):
    return data[:begin] + new + data[end:]


def flip_bit(random, data):
    at = place(random, data, 1)
    return splice(data, at, at + 1, bytes([data[at] ^ 1 << random.randrange(8)])) if data else b"\x01"


def set_byte(random, data):
    at = place(random, data, 1)
    return splice(data, at, at + 1, bytes([random.choice([0, 1, 9, 10, 13, 27, 32, 34, 127, 128, 255, random.randrange(256)])]))


def noise(random, data):
    at, size = place(random, data), random.choice([1, 2, 4, 8, 16, 64, 512])
    return splice(data, at, at + size, random.randbytes(size))


def cut(random, data):
    return data[:place(random, data)]


def remove(random, data):
    at = place(random, data)
    return splice(data, at, at + random.choice([1, 1, 2, 4, 8, 100, 4096]), b"")


def double(random, data):
    at, size = place(random, data), random.choice([1, 4, 16, 256, 4096])
    return splice(data, at, at, data[at:at + size] * random.choice([1, 1, 3]))


def append(random, data):
    return data + random.choice([b"\0", b"\0" * 1000, b"\n\n\n", b"x", data[:1000], data, random.randbytes(100)])


def move(random, data):
    a, b, size = place(random, data), place(random, data), random.choice([1, 4, 8, 64])
    return splice(splice(data, a, a + size, data[b:b + size]), b, b + size, data[a:a + size])


def whole(random, _):
    return random.choice(WHOLE)


def insert(random, data):
    at = place(random, data)
    return splice(data, at, at, random.choice(INSERTS))


def change_number(random, data):
    found = list(re.finditer(rb"-?\d+(\.\d+)?([eE][+-]?\d+)?", data))
    if not found:
        return insert(random, data)
    at = random.choice(found)
    text = at.group()
    scaled = [text + b"0", text + b"000000", text * 20, b"-" + text, text[:-1], b"0" + text]
    return splice(data, at.start(), at.end(), random.choice(NUMBERS + scaled))


def change_integer(random, data):
    """A number of 1, 2, 4 or 8 bytes, little-endian."""
    size = random.choice([1, 2, 4, 4, 8, 8])
    at = place(random, data, size)
    old = int.from_bytes(data[at:at + size], "little")
    most = 256**size
    new = random.choice([0, 1, most - 1, most // 2, most // 2 - 1, old + 1, old - 1, old * 2, old * 1000, old << 8, len(data)])
    return splice(data, at, at + size, (new % most).to_bytes(size, "little"))


def on_lines(random, data):
    """Lines dropped, doubled, joined, swapped, sorted."""
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    other = random.randrange(len(lines))
    kind = random.randrange(7)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[other])
    elif kind == 2 and at + 1 < len(lines):
        lines[at:at + 2] = [lines[at] + lines[at + 1]]
    elif kind == 3:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 4:
        lines = lines[::-1]
    elif kind == 5:
        return b"\r\n".join(lines) if random.random() < 0.5 else b"\r".join(lines)
    else:
        lines = lines[:at]
    return b"\n".join(lines)


def on_fields(random, data):
    """Fields of one line dropped, doubled, joined, swapped, emptied."""
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    separator = next((mark for mark in (b"\t", b",", b"|", b" ", b":") if mark in lines[at]), b",")
    fields = lines[at].split(separator)
    a, b = random.randrange(len(fields)), random.randrange(len(fields))
    kind = random.randrange(7)
    if kind == 0:
        del fields[a]
    elif kind == 1:
        fields.insert(a, fields[b])
    elif kind == 2:
        fields[a], fields[b] = fields[b], fields[a]
    elif kind == 3:
        fields[a] = random.choice([b"", b"NA", b".", b" ", b'"', b'""', b'"a', *INSERTS[:12]])
    elif kind == 4:
        fields[a] = random.choice(NUMBERS)
    elif kind == 5:
        fields[a] = fields[a] + fields[b]
    else:
        fields[a] = b'"' + fields[a] + b'"'
    lines[at] = separator.join(fields)
    return b"\n".join(lines)


BYTES = [flip_bit, set_byte, noise, cut, remove, double, append, move, change_integer]
TEXT = [on_lines, on_lines, on_fields, on_fields, on_fields, change_number, change_number, insert, insert, set_byte, cut, remove,
        double, append]


def some_of(random, data, ways):
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        data = random.choice(ways)(random, data) if data else insert(random, data)
    return data


def damage_bytes(random, data):
    return whole(random, data) if random.random() < 0.02 else some_of(random, data, BYTES)


def damage_text(random, data):
    return whole(random, data) if random.random() < 0.04 else some_of(random, data, TEXT)


# ------------------------------------------------------------------------------------------- with a structure inside

VALUES = [None, True, False, 0, 1, -1, 2, 0.5, -0.0, 1e308, 10**30, 2**31, 2**32, 2**53, 2**63, 2**64 - 1, "", "a", "\0", "0", "1",
          "\x1b[31m", "\u202e", "a" * 3000, "../../x", "/dev/null", ".", [], [[]], {}, {"": 0}, [0] * 3000, [None], ["a", "a"]]


def spots(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from spots(inner, (*path, key))


def change_json(random, value):
    """One place of a JSON value: another value, gone, doubled, renamed, one number more or less."""
    path = random.choice(list(spots(value)))
    if not path:
        return copy.deepcopy(random.choice([*VALUES, [value], {"a": value}, value]))
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    key, old = path[-1], parent[path[-1]]
    kind = random.randrange(6)
    if kind == 0:
        del parent[key]
    elif kind == 1 and isinstance(parent, dict):
        parent[random.choice([key + "x", key.upper(), "", "\x1b[31m" + key, "a" * 2000])] = parent.pop(key)
    elif kind == 2 and isinstance(old, (int, float)) and not isinstance(old, bool):
        parent[key] = random.choice([old + 1, old - 1, -old, old * 2, old * 1000, old * 10**9, old / 2, str(old), [old]])
    elif kind == 3 and isinstance(old, list):
        parent[key] = random.choice([old[::-1], old + old, old[:-1], old[1:], old * 1000 if len(old) < 100 else old, [old]])
    elif kind == 4 and isinstance(old, str):
        parent[key] = random.choice([old + "x", old[:-1], old.upper(), old * 500, " " + old, old + "\n", "\x1b[31m" + old])
    else:
        parent[key] = copy.deepcopy(random.choice(VALUES))  # later changes are of this value alone
    return value


def damage_json(random, data):
    if random.random() < 0.4:
        return damage_text(random, data)
    try:
        value = json.loads(data)
    except ValueError:
        return damage_text(random, data)
    for _ in range(random.choice([1, 1, 1, 2])):
        value = change_json(random, value)
    text = json.dumps(value)
    if random.random() < 0.1 and text.startswith("{") and len(text) > 2:  # every key twice
        text = text[:-1] + "," + text[1:]
    return text.encode()


def damage_lines_of_json(random, data):
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    if random.random() < 0.5:
        return damage_text(random, data)
    lines[at] = damage_json(random, lines[at] or b"{}").replace(b"\n", b" ")
    return b"\n".join(lines)


def damage_safetensors(random, data):
    """The header as JSON, its length kept right or not; or bytes."""
    if random.random() < 0.3:
        return damage_bytes(random, data[:200]) + data[200:] if random.random() < 0.5 else damage_bytes(random, data)
    size = struct.unpack("<Q", data[:8])[0]
    header, rest = damage_json(random, data[8:8 + size]), data[8 + size:]
    length = len(header) if random.random() < 0.8 else random.choice([0, 1, size, 2 * size, 1000 * size, 2**31, 2**63, 2**64 - 1])
    return struct.pack("<Q", length) + header + rest


def damage_zip(random, data):
    """The entries, in an archive that is right; or bytes of it."""
    if random.random() < 0.5:
        return damage_bytes(random, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    pickles = [i for i, (name, _) in enumerate(entries) if name.endswith(".pkl")]
    at = random.choice(pickles) if random.random() < 0.8 else random.randrange(len(entries))
    name, content = entries[at]
    kind = random.randrange(5)
    if kind < 3:
        entries[at] = name, damage_bytes(random, content)
    elif kind == 3:
        del entries[at]
    else:
        entries[at] = random.choice([name + "x", "../" + name, "/" + name, " ", entries[0][0], "\x1b[31m"]), content
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


def bgzip_bytes(data, block=300):
    """In blocks of bgzip, with its empty block at the end."""
    out = b""
    for text in [data[at:at + block] for at in range(0, len(data), block)] + [b""]:
        deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = deflater.compress(text) + deflater.flush()
        out += (b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25) + body
                + struct.pack("<II", zlib.crc32(text), len(text)))
    return out


def compressed(damage, compress=gzip.compress):
    """Damages the text and compresses it again, or damages the compressed bytes."""
    def either(random, data):
        if random.random() < 0.5:
            return damage_bytes(random, data)
        return compress(damage(random, gzip.decompress(data)))
    return either


def packed(damage):
    """The same for a zlib stream."""
    def either(random, data):
        return damage_bytes(random, data) if random.random() < 0.5 else zlib.compress(damage(random, zlib.decompress(data)))
    return either


def near(pattern, damage, reach=60):
    """Mostly damages what stands near to a pattern: between long arrays of numbers is the structure."""
    def either(random, data):
        found = list(re.finditer(pattern, data))
        if not found or random.random() < 0.2:
            return damage(random, data)
        at = random.choice(found)
        begin, end = max(0, at.start() - reach), at.end() + reach
        return splice(data, begin, end, some_of(random, data[begin:end], BYTES))
    return either
