#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the scores against scikit-learn and SciPy, on fresh random and on degenerate cases.

    cmake --preset release -DAGRONT_DEVELOPER_TOOLS=ON && cmake --build --preset release --target scores
    python3 tools/compare_scores.py --scores build/release/scores --seed 7

Every score of every output must be within 1e-9 (relative to numbers above 1), and undefined where theirs is. Prints the
largest difference of each score; exits 1 if a bound is missed. Needs what score_reference.py needs.
"""

import argparse
import json
import subprocess
import sys

import numpy as np

import score_reference

BOUND = 1e-9
SIZES = (1, 2, 3, 10, 1000, 30000)


def flat(scores):
    """(output, name, value), the output None for those of all together."""
    for name, value in scores.items():
        if name != "outputs":
            yield None, name, value
    for output, of_output in scores.get("outputs", {}).items():
        for name, value in of_output.items():
            yield output, name, value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", required=True, help="the program that CMake builds from tools/scores")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    cases = [*score_reference.degenerate_cases(), *score_reference.random_cases(options.seed, SIZES)]
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([options.scores], input=lines, capture_output=True, text=True, check=True)
    worst, failures, count = {}, 0, 0
    for case, line in zip(cases, done.stdout.splitlines(), strict=True):
        got = {(output, name): value for output, name, value in flat(json.loads(line))}
        expected = {(output, name): value for output, name, value in flat(score_reference.scores_of(case))}
        if got.keys() != expected.keys():
            sys.exit(f"{case['name']}: expected scores {sorted(expected)}, got {sorted(got)}")
        for key, value in expected.items():
            count += 1
            if np.isnan(value) or got[key] is None:
                difference = 0 if np.isnan(value) and got[key] is None else np.inf
            else:
                difference = abs(got[key] - value) / max(1, abs(value))
            worst[key[1]] = max(worst.get(key[1], 0), difference)
            if difference > BOUND:
                failures += 1
                print(f"{case['name']}, {key}: expected {value}, got {got[key]}")
    for name, difference in worst.items():
        print(f"{name:16} {difference:.1e}")
    print(f"{count} scores of {len(cases)} cases, {failures} beyond {BOUND:g}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
