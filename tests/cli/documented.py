# SPDX-License-Identifier: Apache-2.0
"""What docs/formats.md says of the program's files, as data.

A table of fields follows a line "**KIND `NAME`**": KIND is Table, Columns, Arrays, Keys or Folder. Its first column has the names
of the fields, several to a row perhaps, with {WORD} for what differs from run to run; a link to "place" stands for the fields of
that table. The column "when" has words, separated by commas, of which one must be true; without one the field is always there.
"""

import dataclasses
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "formats.md"
NUMBERS = {"CHANNEL", "FOLD", "H", "I", "K", "L", "N", "NNN", "PID", "SEED", "TIME"}  # words for numbers; others are for texts
KINDS = {"Table": "Columns", "Arrays": "Arrays"}  # where a link to "place" leads


@dataclasses.dataclass
class Field:
    name: str
    type: str
    what: str
    when: list  # of sets of words: of each set one must be true

    def is_there(self, words):
        return all(choices & words for choices in self.when)

    def pattern(self):
        """A regular expression of the names that this one stands for."""
        return re.sub(r"\\\{(\w+)\\\}", lambda word: r"\d+" if word[1] in NUMBERS else "[^/]+", re.escape(self.name))


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def read_rows(lines):
    """The rows of the Markdown table that comes next, as dictionaries."""
    while not lines[0].startswith("|"):
        lines = lines[1:]
    header = cells(lines[0])
    rows = []
    for line in lines[2:]:
        if not line.startswith("|"):
            return rows
        rows.append(dict(zip(header, cells(line), strict=True)))
    return rows


def choices(row):
    words = row.get("when", "")
    return [{word.strip() for word in words.split(",")}] if words else []


class Documented:
    def __init__(self):
        self.text = PAGE.read_text()
        self.fields = {}     # by kind and name
        self.folder_of = {}  # by the anchor of its heading
        anchor = ""
        lines = self.text.split("\n")
        for number, line in enumerate(lines):
            if line.startswith("#"):
                anchor = self.anchor(line)
            if found := re.fullmatch(r"\*\*(\w+) `(.+)`\*\*", line):
                self.fields[found.groups()] = read_rows(lines[number:])
                if found[1] == "Folder":
                    self.folder_of.setdefault(anchor, found[2])
        self.fields = {key: self.expand(key[0], rows) for key, rows in self.fields.items()}

    @staticmethod
    def anchor(heading):
        return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")

    def anchors(self):
        return {self.anchor(line) for line in self.text.split("\n") if line.startswith("#")}

    def expand(self, kind, rows):
        fields = []
        for row in rows:
            first = next(iter(row.values()))
            if first.startswith("[place]"):
                place = self.expand(kind, self.fields[KINDS[kind], "place"])
                fields += [dataclasses.replace(field, when=choices(row) + field.when) for field in place]
            of_row = next((row[name] for name in row if name.startswith("type")), "")
            fields += [Field(name, of_row, row["what"], choices(row)) for name in re.findall(r"`([^`]+)`", first)]
        return fields

    def names(self, kind):
        return [name for of_kind, name in self.fields if of_kind == kind]

    def columns(self, table, words, values):
        """(name, type) of each column, with `words` true; `values` has the lists that {WORD} stands for."""
        columns = []
        for field in self.fields["Table", table]:
            if not field.is_there(words):
                continue
            word = re.search(r"\{(\w+)\}", field.name)
            for value in values[word[1]] if word else [None]:
                columns.append((field.name.replace(word[0], str(value)) if word else field.name, field.type))
        return columns

    def explain(self, folder, path):
        """The fields of folders, the outer ones first, that name a file below `folder`; nothing when the page has none."""
        for field in self.fields["Folder", folder]:
            if re.fullmatch(field.pattern(), path):
                return [(folder, field.name)]
        for field in self.fields["Folder", folder]:
            inner = re.match(field.pattern(), path) if field.name.endswith("/") else None
            for anchor in re.findall(r"\(#([\w-]+)\)", field.what) if inner else []:
                if rest := self.explain(self.folder_of[anchor], path[inner.end():]):
                    return [(folder, field.name), *rest]
        return []
