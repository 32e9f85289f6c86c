#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a call from Python costs beside the same call in C++.

    cmake --build --preset release --target agront_caller
    build/python-env/bin/python benchmarks/python/calls.py --caller build/release/agront_caller

Both processes hold the same model and take turns. Printed: model.embed of a list beside Embedder::Embed (bound: 5 %), a
call on one short sequence (bound: 200 microseconds more), the time of `import agront` in a new process without and
with NumPy's (bound: 0.3 s), and the memory of a second handle and of an output. Exits 1 where a bound is missed.
"""

import argparse
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import agront

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
MOST_RATIO, MOST_SECONDS_OF_CALL, MOST_SECONDS_OF_IMPORT = 1.05, 200e-6, 0.3


class Caller:
    """The C++ process."""

    def __init__(self, program, model, threads, sequences, folder):
        path = pathlib.Path(folder, f"{len(sequences)}.txt")
        path.write_text("".join(sequence + "\n" for sequence in sequences))
        self.process = subprocess.Popen([program, model, str(threads), path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def seconds(self, count):
        self.process.stdin.write(f"embed {count}\n")
        self.process.stdin.flush()
        return [float(word) for word in self.process.stdout.readline().split()]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def seconds_of(model, sequences, count):
    times = []
    for _ in range(count):
        began = time.perf_counter()
        model.embed(sequences, progress=False)
        times.append(time.perf_counter() - began)
    return times


def in_turn(model, caller, sequences, turns, count):
    """The median seconds of Python and of C++: `turns` turns of `count` calls each."""
    ours, theirs = [], []
    seconds_of(model, sequences, count)
    caller.seconds(count)
    for _ in range(turns):
        theirs += caller.seconds(count)
        ours += seconds_of(model, sequences, count)
    return statistics.median(ours), statistics.median(theirs)


def import_seconds(code, repeat):
    """The median seconds that `code` takes in a new process."""
    program = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    runs = [subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True) for _ in range(repeat)]
    return statistics.median(float(run.stdout) for run in runs)


def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


class Report:
    def __init__(self):
        self.status = 0

    def say(self, what, text, is_right=True):
        print(f"{what:<46} {text}{'' if is_right else '   MISSED'}", flush=True)
        self.status |= not is_right


def measure_calls(report, options, folder):
    model = agront.load(options.model, threads=options.threads)
    draw = random.Random(3)
    batch = ["".join(draw.choice("ACGT") for _ in range(draw.randint(300, 3000))) for _ in range(options.sequences)]
    caller = Caller(options.caller, options.model, options.threads, batch, folder)
    ours, theirs = in_turn(model, caller, batch, 11, 1)
    caller.end()
    report.say(f"embed of {len(batch)} sequences, {sum(map(len, batch)):,} bases",
               f"{ours:.4f} s, C++ {theirs:.4f} s: {ours / theirs:.3f}", ours / theirs <= MOST_RATIO)
    caller = Caller(options.caller, options.model, options.threads, [SHORT], folder)
    ours, theirs = in_turn(model, caller, [SHORT], 11, 100)
    caller.end()
    report.say("embed of one sequence of 30 bases", f"{ours * 1e6:.0f} us, C++ {theirs * 1e6:.0f} us: "
               f"{(ours - theirs) * 1e6:.0f} us more", ours - theirs <= MOST_SECONDS_OF_CALL)


def measure_memory(report, options):
    model = agront.load(options.model, threads=options.threads)
    model.embed([SHORT])
    before = resident()
    again = agront.load(options.model, threads=options.threads)
    again.embed([SHORT])
    report.say("a second handle of the same model", f"{(resident() - before) / 1e6:.1f} MB")
    rows = model.embed([SHORT] * 20_000, 0, progress=False)
    before = resident()
    rows = [rows[:], model.embed([SHORT] * 20_000, 0, progress=False)]
    report.say(f"an output of {rows[1].nbytes / 1e6:.0f} MB, once more", f"{(resident() - before) / 1e6:.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--caller", metavar="PATH", required=True, help="the program agront_caller")
    parser.add_argument("--model", metavar="DIR|NAME", default="agront-mini")
    parser.add_argument("--threads", metavar="N", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--sequences", metavar="N", type=int, default=64)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        measure_calls(report, options, folder)
    numpy_alone, both = import_seconds("import numpy", 7), import_seconds("import agront", 7)
    report.say("import agront, NumPy's import among it", f"{both:.3f} s, NumPy alone {numpy_alone:.3f} s",
               both <= MOST_SECONDS_OF_IMPORT)
    measure_memory(report, options)
    return report.status


if __name__ == "__main__":
    sys.exit(main())
