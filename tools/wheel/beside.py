#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agront in one process with NumPy, scikit-learn and torch (those that are installed), which have threads of their own:
each gives what it gives alone, and threadpoolctl limits ours.

    python tools/wheel/beside.py before     # agront is imported before the others; `after`: after them
"""

import importlib
import importlib.util
import os
import sys


def threads():
    return len(os.listdir("/proc/self/task"))


def main():
    order = sys.argv[1]
    others = [name for name in ("numpy", "sklearn.linear_model", "torch") if importlib.util.find_spec(name.split(".")[0])]
    names = ["agront", *others] if order == "before" else [*others, "agront"]
    modules = {name: importlib.import_module(name) for name in names}
    numpy, agront = modules["numpy"], modules["agront"]
    import threadpoolctl

    sequences = ["ATTCCGAAATCGCTGACCGATCGTACGAAA" * 20, "ATTTCTCTCTNTC" * 30] * 8
    with threadpoolctl.threadpool_limits(limits=1):
        before = threads()
        model = agront.load()
        limited = model.embed(sequences)
        assert threads() == before, f"expected no more than {before} threads under threadpool_limits(1), got {threads()}"
    rows = model.embed(sequences)
    if os.cpu_count() > 1:
        assert threads() > before, "expected threads without a limit"
    numpy.testing.assert_allclose(rows, limited, atol=1e-5)
    labels = [0, 1] * 8
    if "sklearn.linear_model" in modules:
        probe = modules["sklearn.linear_model"].LogisticRegression(max_iter=200).fit(rows, labels)
        assert probe.score(rows, labels) == 1
    square = rows @ rows.T
    if "torch" in modules:
        tensor = modules["torch"].from_dlpack(rows)
        numpy.testing.assert_allclose((tensor @ tensor.T).numpy(), square, rtol=1e-3)
    numpy.testing.assert_array_equal(model.embed(sequences), rows)
    ours = [pool for pool in threadpoolctl.threadpool_info() if "agront.libs" in pool["filepath"]]
    assert [pool["user_api"] for pool in ours] == ["openmp"], ours
    print(f"agront {order} {', '.join(others)}: right, and limited by threadpoolctl")


if __name__ == "__main__":
    sys.exit(main())
