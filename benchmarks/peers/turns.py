# SPDX-License-Identifier: Apache-2.0
"""Processes that take turns at the same work, so that a noisy machine is noisy for all of them."""

import dataclasses
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PAUSE = 0.5  # seconds between turns, in which the last one's threads fall asleep


def has(flag):
    """Whether the processor has an instruction set, by the kernel's name for it."""
    return flag in pathlib.Path("/proc/cpuinfo").read_text()


@dataclasses.dataclass
class Contestant:
    """`command` starts it; `task` is what it does at each turn."""

    name: str
    command: list
    task: str


class Running:
    """Loads a model, waits for its turn. Protocol: contestant.cc."""

    def __init__(self, contestant):
        self.name, self.task = contestant.name, contestant.task
        self.process = subprocess.Popen(list(map(str, contestant.command)), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline().strip()
        if not line:
            sys.exit(f"{self.name}: ended with status {self.process.wait()}")
        return line

    def turn(self, output=""):
        """Seconds of one turn."""
        self.process.stdin.write(f"{self.task} {output}\n")
        self.process.stdin.flush()
        return float(self.answer())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def take_turns(contestants, rounds, work, dtype=np.float32):
    """({name: seconds of every round}, {name: result}); the first turn of each warms up and gives the result."""
    running = []
    try:
        for contestant in contestants:
            running.append(Running(contestant))
            print(f"  {contestant.name}: ready", file=sys.stderr)
        seconds, results = {one.name: [] for one in running}, {}
        for one in running:
            output = work / "result.raw"
            one.turn(output)
            results[one.name] = np.fromfile(output, dtype)
            output.unlink()
        for number in range(rounds):
            for one in running:
                time.sleep(PAUSE)
                seconds[one.name].append(one.turn())
            times = ", ".join(f"{name} {values[-1]:.3f}" for name, values in seconds.items())
            print(f"  round {number + 1}: {times}", file=sys.stderr)
    finally:
        for one in running:
            one.stop()
    return seconds, results


def median_ratio(theirs, ours):
    return statistics.median(theirs) / statistics.median(ours)


def relative_error(values, reference):
    """Norm of the difference over norm of the reference."""
    exact = reference.astype(np.float64)
    return float(np.linalg.norm(values - exact) / np.linalg.norm(exact))


def correlation(values, reference):
    return float(np.corrcoef(values.astype(np.float64), reference.astype(np.float64))[0, 1])
