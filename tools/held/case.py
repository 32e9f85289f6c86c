# SPDX-License-Identifier: Apache-2.0
"""A case: a folder with inputs and commands, run in a scratch copy; what they gave, and what is held of it."""

import csv
import json
import os
import shutil
import subprocess

CHECKS = {}
LONGEST_MESSAGE = 2000
PROBE = "--method probe --epochs 1 --no-baselines --bootstrap 0 -t 1 -q"


class Wrong(Exception):
    pass


def hold(condition, what):
    if not condition:
        raise Wrong(what)


def case(function):
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


class Done:
    """A command that has ended."""

    def __init__(self, command, folder, environment):
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=120)
        self.command, self.status = command, done.returncode
        self.out, self.err = (text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr))

    def succeeded(self):
        hold(self.status == 0, f"{self.command}: status {self.status}, {self.err.strip()}")
        return self

    def refused(self, *words, status=1):
        """One line of the program's own, with all of these words."""
        lines = [line for line in self.err.splitlines() if line.startswith("agront: ")]
        lines = [line for line in lines if "the old spelling works" not in line]
        hold(self.status == status and len(lines) == 1, f"{self.command}: status {self.status}, {self.err.strip()[:400]}")
        self.is_short_and_printable()
        for word in words:
            hold(word in lines[0], f"{self.command}: expected {word!r} in {lines[0]}")
        return self

    def is_short_and_printable(self):
        hold(len(self.err) <= LONGEST_MESSAGE, f"{self.command}: a message of {len(self.err)} bytes")
        hold(all(c.isprintable() or c == "\n" for c in self.err), f"{self.command}: control characters in {self.err!r}")

    def rows(self):
        lines = [line for line in self.succeeded().out.splitlines() if "\t" in line]
        return list(csv.DictReader(lines, delimiter="\t"))


class Case:
    def __init__(self, folder, scratch, program):
        self.folder = scratch / folder.name
        shutil.copytree(folder, self.folder)
        subprocess.run(["chmod", "-R", "u+w", self.folder], check=True)
        tools = scratch / "bin"
        tools.mkdir()
        (tools / "agront").symlink_to(program)
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": str(scratch)}
        readme = (folder / "README.md").read_text().splitlines()
        self.done = [self.run(line.strip()) for line in readme if line.startswith("    ")]

    def run(self, command):
        return Done(command, self.folder, self.environment)

    def read_json(self, name):
        return json.loads((self.folder / name).read_text())

    def table(self, name):
        with open(self.folder / name, newline="") as file:
            return list(csv.DictReader(file, delimiter="," if name.endswith(".csv") else "\t"))

    def exists(self, name):
        return (self.folder / name).exists()

    def sequences(self, name):
        """The bases of a FASTA file, read from end to end."""
        found = {}
        for line in (self.folder / name).read_text().splitlines():
            if line.startswith(">"):
                name = line[1:].split()[0]
                found[name] = ""
            else:
                found[name] += "".join(line.split())
        return found
