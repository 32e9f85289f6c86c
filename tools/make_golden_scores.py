#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the test of the scores expects: degenerate and random cases with scikit-learn's and SciPy's scores.

    python3 tools/make_golden_scores.py -o tests/golden/scores.json

Needs what score_reference.py needs.
"""

import argparse
import json
import pathlib

import numpy as np

import score_reference


def plain(value):
    """As JSON: arrays become lists, NaN becomes null."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, np.ndarray)):
        return [plain(item) for item in value]
    return None if np.isnan(value) else float(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cases = []
    for case in [*score_reference.degenerate_cases(), *score_reference.random_cases(options.seed, (2, 25))]:
        case["expected"] = plain(score_reference.scores_of(case))
        if case["task"]["kind"] == "binary":
            labels = np.array(case["labels"], dtype=float)
            case["curves"] = plain(score_reference.curves(labels, np.array(case["predictions"])) or {})
        cases.append(case)
    options.output.write_text("[\n" + ",\n".join(json.dumps(case, allow_nan=False) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
