#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damages a valid file of every format that the program reads, again and again, and watches the program read it.

    python3 tools/damage.py [--program build/release/agront] [--seconds 60] [--formats fasta,bed] [--seed 1] [--keep DIR]

The file is cut behind one of its marks (tabs, quotes, brackets, ...) or damaged at random, in turn: bytes, numbers, fields,
lines, values of JSON, sizes in headers. A trial fails when the program ends by a signal, or with another status than 0, 1 or 2,
takes more than 20 seconds of a processor or 2 GB, says more than 2,000 bytes or a few lines, a control character or the words of a parser, or
leaves something behind after an error; with a damaged index also, when the output is not that of whole files. The folder of each new kind of failure is kept.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata

sys.dont_write_bytecode = True

from damaged import inputs, mutations  # noqa: E402: after the line above

MOST_SECONDS = 20  # of a processor
MOST_PATIENCE = 120  # on a machine that has more to do
MOST_MEMORY = 2 << 30
MOST_BYTES = 2000
MOST_LINES = 8  # beside that of the error
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PARSERS = re.compile("json.exception|terminate called|std::|basic_string|what\\(\\)|Assertion|\\[E::|nlohmann|out of memory|"
                     "bad_|vector::|stoi|invalid argument|filesystem error|parse_error|type_error|out_of_range")


@dataclasses.dataclass
class Trial:
    format: inputs.Format
    number: int
    folder: pathlib.Path
    file: str
    command: str


def everything_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))


def link(source, target):
    """Large files are only read; small ones may be written to."""
    (os.link if os.path.getsize(source) > 8192 else shutil.copyfile)(source, target)


def copy_of(base, one, command, folder):
    """What of the base the command reads."""
    words = [word.split("/")[0] for word in [*shlex.split(command), *one.also]] + [file.split("/")[0] for file in one.files]
    folder.mkdir()
    for entry in base.iterdir():
        if entry.name in words or entry.name.removesuffix(".fai") in words:
            if entry.is_dir():
                shutil.copytree(entry, folder / entry.name, copy_function=link)
            else:
                link(entry, folder / entry.name)
    if one.make is not None:
        one.make(folder)


def prepare(base, scratch, one, seed, number):
    """A copy of the base with one file damaged: cut and damaged in turn."""
    draw = random.Random(f"{seed}/{one.name}/{number}")
    file = one.files[number // 2 % len(one.files)]
    reading = [command for command in one.commands if file.split("/")[0] in command]
    trial = Trial(one, number, scratch / f"{one.name}-{number}", file, draw.choice(reading or one.commands))
    copy_of(base, one, trial.command, trial.folder)
    path = trial.folder / file
    data = path.read_bytes()
    places = mutations.cuts(data)
    turn = number // (2 * len(one.files))
    damaged = data[:places[turn]] if number % 2 == 0 and turn < len(places) else one.damage(draw, data)
    path.unlink()
    path.write_bytes(damaged)
    return trial


def is_harmless(letter):
    """Whether no terminal takes it for a command, and no reader for the end of a line or another direction."""
    return letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp") and letter not in BIDIRECTIONAL


def error_of(trial, status, seconds, err, new):
    """What is wrong with how the program ended, or nothing."""
    lines = err.splitlines()
    if trial.format.asks_for_work and (("run: " in err and status == -signal.SIGXCPU) or "libgomp: Thread creation failed" in err):
        return None  # a plan was said and is carried out, or more threads were asked for than the memory has room for
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"does not end ({seconds:.0f} seconds)"
    if status < 0 or status > 2:
        return f"status {status}"
    if found := PARSERS.search(err):
        return f"the words {found.group()!r}"
    if not all(is_harmless(c) for c in err):
        return "control characters in a message"
    if any(len(line.encode()) > MOST_BYTES for line in lines) or (status > 0 and len(err.encode()) > MOST_BYTES):
        return f"a message of {len(err)} bytes"
    if status > 0 and (sum(line.startswith("agront: ") for line in lines) != 1 or len(lines) > 1 + MOST_LINES):
        return f"{len(lines)} lines"
    if status > 0 and new:
        return f"left behind: {sorted(new)[0]}"
    return None


def run(trial, program):
    before = everything_in(trial.folder)
    temporary = trial.folder / "tmp"
    temporary.mkdir()
    start = time.monotonic()
    with open(trial.folder / "tmp.out", "wb") as out:
        process = subprocess.Popen([program, *shlex.split(trial.command)], cwd=trial.folder, stdout=out, stderr=subprocess.PIPE,
                                   preexec_fn=limit, env={**os.environ, "TMPDIR": str(temporary)})
        try:
            err = process.communicate(timeout=MOST_PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            err = process.communicate()[1]
    seconds = time.monotonic() - start
    new = {name for name in everything_in(trial.folder) - before - {"tmp", "tmp.out"}
           if "tfevents" not in name and name.split("/")[0] != trial.format.leaves}  # events are written again, by a new name
    return error_of(trial, process.returncode, seconds, err.decode(errors="surrogateescape"), new), process.returncode, err


def table_of(trial):
    path = trial.folder / "out.tsv"
    return path.read_bytes() if path.exists() else None


class Loop:
    def __init__(self, options, base, scratch):
        self.options, self.base, self.scratch = options, base, scratch
        self.kinds = set()
        self.tables = {}  # by the command that wrote it
        self.failures = 0

    def try_one(self, one, number):
        trial = prepare(self.base, self.scratch, one, self.options.seed, number)
        error, status, err = run(trial, self.options.program)
        if error is None and one.is_redundant and table_of(trial) != self.tables[trial.command]:
            error = "another output than from whole files"
        if error is not None:
            self.keep(trial, error, err)
        shutil.rmtree(trial.folder)
        return status

    def keep(self, trial, error, err):
        self.failures += 1
        kind = trial.format.name, re.sub(r"\d+", "N", error), re.sub(rb"\d+|\".*?\"", b"N", err)[:100]
        if kind in self.kinds:
            return
        self.kinds.add(kind)
        kept = self.options.keep / trial.folder.name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(trial.folder, kept)
        (kept / "command.txt").write_text(f"agront {trial.command}\n{trial.file}: {error}\n")
        (kept / "message.txt").write_bytes(err)
        print(f"FAIL  {trial.format.name}: {error}; {kept}: agront {trial.command}\n      {err[:300]!r}", flush=True)

    def check_base(self, one):
        """Every command of the format reads the files while they are whole."""
        for number, command in enumerate(one.commands):
            folder = self.scratch / f"{one.name}-whole-{number}"
            copy_of(self.base, one, command, folder)
            trial = Trial(one, number, folder, "", command)
            error, status, err = run(trial, self.options.program)
            if status != 0 or error is not None:
                raise SystemExit(f"{one.name}: agront {command}: status {status}, {error}: {err.decode(errors='replace')}")
            self.tables[command] = table_of(trial)
            shutil.rmtree(folder)

    def run_format(self, one):
        self.check_base(one)
        statuses = {0: 0, 1: 0, 2: 0}
        failures, number, end = self.failures, 0, time.monotonic() + self.options.seconds
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as workers:
            running = set()
            while time.monotonic() < end and number < self.options.most:
                while len(running) < self.options.jobs:
                    running.add(workers.submit(self.try_one, one, number))
                    number += 1
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    statuses[future.result()] = statuses.get(future.result(), 0) + 1
            for future in concurrent.futures.as_completed(running):
                statuses[future.result()] = statuses.get(future.result(), 0) + 1
        said = ", ".join(f"{count} with status {status}" for status, count in statuses.items() if count > 0)
        print(f"{'ok  ' if failures == self.failures else 'FAIL'}  {one.name}: {number} files, {said}, "
              f"{self.failures - failures} failures", flush=True)


def main():
    all_formats = inputs.formats()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=inputs.ROOT / "build" / "release" / "agront")
    parser.add_argument("--seconds", type=float, default=60, help="of each format")
    parser.add_argument("--most", type=int, default=10**9, help="files of each format, at most")
    parser.add_argument("--formats", default=",".join(all_formats))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for failures; default: a temporary one")
    options = parser.parse_args()
    options.program = options.program.resolve()
    options.keep = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="damage-"))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        inputs.make_base(scratch / "base", options.program)
        loop = Loop(options, scratch / "base", scratch)
        for name in options.formats.split(","):
            loop.run_format(all_formats[name])
    if loop.failures > 0:
        print(f"{loop.failures} failures, of which one of each kind is in {options.keep}")
    return 1 if loop.failures > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
