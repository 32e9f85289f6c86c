#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program and its peers in turn, on the same weights and sequences; writes the table of docs/performance.md.

    python3 benchmarks/peers/run.py                       # everything but the rows of 1B parameters
    python3 benchmarks/peers/run.py --full                # those too: 5 GB more of disk, 10 GB of memory
    python3 benchmarks/peers/run.py --rows int8,ragged    # some rows; the others are kept as they were

Makes what is missing in the folder of --work: a Python environment (PyTorch, transformers, ONNX Runtime, OpenVINO:
several GB), random models of true width, the program (preset release) and, with --before COMMIT, the program as it was
then. All load the model once, in processes of their own; then they do the same work in turn, with pauses between, and
each turn is timed inside its process. Outputs that do not agree end the run.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIBRARIES = ("torch", "transformers", "onnxruntime", "openvino", "nncf")
SHALLOW_LAYERS, WIDE_LAYERS, FULL_LAYERS = 1, 8, 40
FULL_ROWS = ("layer12", "memory")


def run(*command, **options):
    print("+", shlex.join(map(str, command)), file=sys.stderr)
    subprocess.run(list(map(str, command)), check=True, **options)


def enter_environment(options):
    """Goes on in the Python that has the peers."""
    folder = options.environment or options.work / "environment"
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix) == folder.resolve():
        return
    if not (folder / "bin/pip").exists():
        run(sys.executable, "-m", "venv", folder)
    if not options.environment:
        run(python, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt")
    os.execv(python, [python, *sys.argv])


def build(source, *targets):
    run("cmake", "--preset", "release", cwd=source, stdout=subprocess.DEVNULL)
    run("cmake", "--build", "--preset", "release", "--target", *targets, cwd=source, stdout=sys.stderr)
    return source / "build/release"


def build_before(commit, work):
    source = work / "before" / commit
    if not source.exists():
        source.mkdir(parents=True)
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        run("tar", "-x", cwd=source, input=archive)
    return build(source, "agront") / "agront"


def make_model(work, layers, folder):
    folder = folder or work / f"{layers}_layers"
    if not (folder / "config.json").exists():
        run(sys.executable, ROOT / "tools/make_checkpoint.py", "--layers", layers, "-o", folder)
    return folder


def instructions():
    """The widest that count here, as files are named."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    wider = (("amx_int8", "amx"), ("avx512_vnni", "avx512_vnni"), ("avx512f", "avx512"))
    return next((name for flag, name in wider if flag in text), "avx2")


def machine(threads):
    name = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    wide = {"amx": "AVX-512 with AMX", "avx512_vnni": "AVX-512 VNNI", "avx512": "AVX-512", "avx2": "AVX2"}[instructions()]
    versions = ", ".join(f"{library} {importlib.metadata.version(library)}" for library in LIBRARIES)
    return f"{name} ({wide}), {threads} threads; {versions}"


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", metavar="LIST", help="separated by commas; default: all that the models allow")
    parser.add_argument("--work", metavar="DIR", type=pathlib.Path, default=ROOT / "build/peers")
    parser.add_argument("--environment", metavar="DIR", type=pathlib.Path, help="a Python environment that has all")
    parser.add_argument("--wide", metavar="DIR", type=pathlib.Path, 
                        help=f"a model of {WIDE_LAYERS} layers; default: make it")
    parser.add_argument("--full", metavar="DIR", type=pathlib.Path, nargs="?", const=True,
                        help=f"also the rows of {FULL_LAYERS} layers, with this model; default: make it")
    parser.add_argument("--before", metavar="COMMIT", help="an older program to compare the time by op with")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", metavar="FILE", type=pathlib.Path,
                        default=ROOT / f"docs/peers_{instructions()}.json")
    parser.add_argument("--docs", metavar="FILE", type=pathlib.Path, default=ROOT / "docs/performance.md")
    return parser.parse_args()


def main():
    options = read_options()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    if not shutil.which("cmake"):
        sys.exit("run.py: cmake is missing; ./test.sh installs what the build needs")
    enter_environment(options)

    import report
    import rows

    wanted = options.rows.split(",") if options.rows else [
        name for name in rows.ROWS if options.full or name not in FULL_ROWS]
    for name in wanted:
        if name not in rows.ROWS:
            sys.exit(f"--rows: expected some of {', '.join(rows.ROWS)}, got {name}")
    release = build(ROOT, "agront", "agront_contestant")
    full = None
    if options.full:
        full = make_model(options.work, FULL_LAYERS, None if options.full is True else options.full)
    setting = rows.Setting(
        agront=release / "agront", contestant=release / "agront_contestant",
        before=build_before(options.before, options.work) if options.before else None,
        shallow=make_model(options.work, SHALLOW_LAYERS, None),
        wide=make_model(options.work, WIDE_LAYERS, options.wide), full=full, work=options.work, threads=options.threads,
        rounds=options.rounds)

    kept = json.loads(options.results.read_text()) if options.results.exists() else {}
    for name in wanted:
        print(f"== {name}", file=sys.stderr)
        kept[name] = {"row": name, "machine": machine(options.threads), "rounds": options.rounds,
                      "before": options.before if name == "ops" else None, "lines": rows.ROWS[name](setting)}
        options.results.write_text(json.dumps(kept, indent=1) + "\n")
    measured = [kept[name] for name in rows.ROWS if name in kept]
    report.write(measured, instructions(), options.docs)
    print("\n".join(report.table(measured)))


if __name__ == "__main__":
    main()
