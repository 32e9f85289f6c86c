# SPDX-License-Identifier: Apache-2.0
"""What the tests of tables share: reading them as users do, by pandas and R, and comparing them with docs/formats.md."""

import csv
import json
import pathlib
import re
import shutil
import subprocess

import numpy as np
import pandas

from documented import Documented
from labelled_support import FinetuneTest

RSCRIPT = shutil.which("Rscript")
READ_TABLES = pathlib.Path(__file__).resolve().parents[1] / "tables" / "read_tables.R"
DOCUMENTED = Documented()
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "\\": "\\"}
WORDS_OF_THE_USER = {"name", "id", "chrom", "group", "label", "species", "published"}  # may have blanks, commas

# Without white space, as a FASTA file has them.
NAMES = ['"quoted"', 'in"side', '"', '5""', "it's", "''", "#first", "a,b", ",", "C:\\new\\table", "\\t", "\\", "γλυκός-é",
         "基因", "x" * 300, "100%25", "%s", "gene|1", "-", "+", "'\"\\#,%"]
# As a table has them, too.
IDS = [*NAMES, "two words", "a\ttab", "two\nlines", "a\rreturn", "both\r\n", ' "and" blanks ']


def unescape(text):
    return re.sub(r"\\([tnr0\\])", lambda found: ESCAPES[found[1]], text)


def unescaped(column):
    return [unescape(text) for text in column]


class TablesTest(FinetuneTest):
    """Every table that a test opens is opened by R, too, when the test is done."""

    def setUp(self):
        super().setUp()
        self.opened = []  # rows of what R is to expect

    def tearDown(self):
        if RSCRIPT and self.opened:
            done = self.read_by_r(self.opened)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(done.stderr, "")

    def read_by_r(self, expected):
        path = self.path("expected.tsv")
        with open(path, "w", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(["file", "column", "kind", "rows", "missing", "total"])
            writer.writerows(expected)
        return subprocess.run([RSCRIPT, READ_TABLES, path], capture_output=True, text=True)

    def open_table(self, path, title, words=(), rows=None, **values):
        """Reads a table as pandas does without further arguments, and compares it with what the page says of `title`."""
        path = pathlib.Path(path)
        columns = DOCUMENTED.columns(title, set(words), values)
        frame = pandas.read_csv(path, sep="\t")
        self.assertEqual(unescaped(frame.columns), [name for name, _ in columns])
        if rows is not None:
            self.assertEqual(len(frame), rows)
        for name, (_, kind) in zip(frame.columns, columns):
            with self.subTest(table=title, column=name):
                self.expect(path, frame[name], name, kind)
                self.check_column(frame[name], name, kind)
        self.check_provenance(path)
        return frame

    def check_column(self, column, name, kind):
        if not kind.endswith("or NA"):
            self.assertEqual(column.isna().sum(), 0)
        if column.isna().all():
            return
        if not kind.startswith("text"):
            is_whole = kind == "whole number"
            self.assertTrue(np.issubdtype(column.dtype, np.integer if is_whole else np.number), column.dtype)
            return
        self.assertEqual(column.dtype, object)
        if name not in WORDS_OF_THE_USER | {"tokens"}:
            for text in column.dropna():
                self.assertNotRegex(text, r"\S[ ,;]\S", "a list in a cell")

    def expect(self, path, column, name, kind):
        known = column.dropna()
        is_number = not kind.startswith("text")
        total = float(known.astype(float).sum()) if is_number else sum(len(text.encode()) for text in known.astype(str))
        self.opened.append([path, name, "number" if is_number else "text", len(column), column.isna().sum(), repr(total)])

    def check_provenance(self, path):
        provenance = json.loads(path.with_name(path.name + ".json").read_text())
        self.assertLessEqual(set(provenance), {field.name for field in DOCUMENTED.fields["Keys", "TABLE.json"]})
        self.assertRegex(provenance["program"], r"^agront \d+\.\d+\.\d+$")
        self.assertTrue(provenance["command"].startswith("agront "))
        return provenance

    def make_table(self, title, *arguments, words=(), rows=None, **values):
        """Runs the program with -o and opens what it wrote."""
        path = self.path(f"table-{len(self.opened)}.tsv")
        self.succeed(*arguments, "-o", path, "-q")
        return self.open_table(path, title, words, rows, **values)

    def write_fasta(self, name, names, bases):
        records = zip(names, bases, strict=True)
        return self.write(name, "".join(f">{one} described\n{sequence}\n" for one, sequence in records))

    def write_table(self, name, header, rows):
        with open(self.path(name), "w", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writerow(header)
            writer.writerows(rows)
        return self.path(name)
