#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fine-tunes a model on the tasks that prepare.py wrote, each by several methods, and makes one table of them.

    python3 tools/tasks/run.py TASKS OUT [--methods probe lora] [--only TASK ...] [--model DIR]

Each task is learnt from a sample that a small computer can afford: rows by the hash of the seed and their id, from
the parts that prepare.py divided by family, so that relatives stay on one side. OUT/samples has the samples,
OUT/TASK/METHOD a run, OUT/table.md the table. A run that is finished is not repeated, one that was stopped goes on.
The standard library is all it takes.
"""

import argparse
import csv
import dataclasses
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys
import time


@dataclasses.dataclass(frozen=True)
class Plan:
    """How a task is learnt: kind, score that stands for it, largest sample of each part, further options."""
    kind: str
    score: str
    train: int
    valid: int = 300
    test: int = 800
    options: tuple = ()
    epochs: int = 2  # of all methods but the probe


LOG = ("--transform", "log1p,standardize")
STANDARD = ("--transform", "standardize")
MIDDLE = ("--pooling", "centre")
PLANS = {
    "promoter_strength_leaf": Plan("regression", "r2", 3000, 400, 715, STANDARD, 4),
    "splice_donor": Plan("binary", "auroc", 3000, options=MIDDLE),
    "splice_acceptor": Plan("binary", "auroc", 3000, options=MIDDLE),
    "lncrna": Plan("binary", "auroc", 400),
    "chromatin_19": Plan("multilabel", "auroc", 500),
    "expression_maize": Plan("regression", "spearman", 1000, options=LOG),
    "promoter_class": Plan("multiclass", "auroc", 1000),
    "methylation_6ma": Plan("binary", "auroc", 2000, options=MIDDLE),
    "expression_arabidopsis_leaf": Plan("regression", "r2", 600, options=STANDARD),
    "expression_sorghum": Plan("regression", "spearman", 1000, options=LOG),
    "expression_arabidopsis_promoter": Plan("regression", "r2", 800, options=STANDARD),
    "splice_strength": Plan("regression", "r2", 1000, options=STANDARD),
}
TRANSFER = 300  # examples of another species
METHODS = ("probe", "ia3", "lora", "full")
PROBE = ("--layers", "all", "--epochs", "60", "--patience", "6")
BASELINES = ("k-mers", "bases by position", "GC and length")


def sample(source, target, count, seed):
    """Writes the header of a table and those `count` of its rows that have the smallest hashes."""
    if target.exists():
        return
    with open(source, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, delimiter="\t")
        rows = sorted(reader, key=lambda row: hashlib.sha256(f"{seed}:{row['id']}".encode()).digest())[:count]
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".part")
        with open(unfinished, "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, reader.fieldnames, delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        unfinished.rename(target)


def samples(options, name):
    """Draws the parts of a task and returns their files by name: train, valid, test and test_SPECIES."""
    plan, parts = PLANS[name], {}
    for source in sorted((options.tasks / name).glob("*.tsv")):
        parts[source.stem] = options.out / "samples" / name / source.name
        sample(source, parts[source.stem], getattr(plan, source.stem, TRANSFER), options.seed)
    return parts


def label_columns(path):
    with open(path, encoding="utf-8") as file:
        return file.readline().rstrip("\n").split("\t")[3:]


def call(command, log):
    """Runs a command, its text into a log; true if it went well."""
    print("$", shlex.join(map(str, command)), flush=True)
    with open(log, "a", encoding="utf-8") as file:
        done = subprocess.run(list(map(str, command)), stdout=file, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print(f"failed with {done.returncode}: see {log}", flush=True)
    return done.returncode == 0


def run(options, name, method):
    """One run and its tests on other species; true if all went well."""
    plan, parts, folder = PLANS[name], samples(options, name), options.out / name / method
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = folder.with_suffix(".log")
    columns = ("--id-column", "id", "--group-column", "group", "--label-column", *label_columns(parts["train"]))
    training = PROBE if method == "probe" else ("--epochs", plan.epochs, "--patience", 0)
    model = ("--model", options.model) if options.model else ()
    started = time.monotonic()
    if not (folder / "metrics.json").exists():
        if not call([options.agront, "finetune", "--task", plan.kind, "--method", method, *training, *plan.options,
                     "--train", parts["train"], "--valid", parts["valid"], "--test", parts["test"], *columns, *model,
                     "--seed", options.seed, "--threads", options.threads, "--quiet", "-o", folder], log):
            return False
        print(f"{name} {method}: {time.monotonic() - started:.0f} s", flush=True)
    done = True
    for part, path in parts.items():
        target = folder.parent / f"{method}.{part}.json"
        if part.startswith("test_") and not target.exists():
            done &= call([options.agront, "evaluate", folder, path, *columns, "--json", "--threads", options.threads,
                          "--quiet", "-o", target], log)
    return done


def interval(scores, name):
    return f"{scores[name]:.3f} ({scores[name + '_low']:.3f} to {scores[name + '_high']:.3f})"


def difference(found):
    """With its interval, and in bold where that leaves out 0."""
    text = f"{found['difference']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"
    return f"**{text}**" if found["low"] > 0 or found["high"] < 0 else text


def line(cells):
    return "| " + " | ".join(cells) + " |"


def heading(*names):
    return [line(names), "|---" * len(names) + "|"]


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def rows_in(path):
    with open(path, encoding="utf-8") as file:
        return sum(1 for _ in file) - 1


def table(options):
    """Writes OUT/table.md: the scores, the paired differences to the baselines, and the tests on other species."""
    scores = heading("task", "score", "train, test", *METHODS, *BASELINES)
    differences = heading("task", "method", *(f"less {name}" for name in BASELINES))
    transfers = heading("trained on", "tested on", "examples", *METHODS)
    for name, plan in PLANS.items():
        folder = options.out / name
        results = {method: found for method in METHODS if (found := read_json(folder / method / "metrics.json"))}
        if not results:
            continue
        one = next(iter(results.values()))
        scores.append(line([f"`{name}`", plan.score, f"{one['examples']['train']:,}, {one['examples']['test']:,}",
                            *(interval(results[method]["test"], plan.score) if method in results else ""
                              for method in METHODS),
                            *(f"{one['baselines'][baseline][plan.score]:.3f}" if baseline in one["baselines"] else ""
                              for baseline in BASELINES)]))
        for method, found in results.items():
            known = found["differences"]
            differences.append(line([f"`{name}`", method,
                                     *(difference(known[baseline][plan.score]) if baseline in known else ""
                                       for baseline in BASELINES)]))
        for path in sorted((options.out / "samples" / name).glob("test_*.tsv")):
            tests = [read_json(folder / f"{method}.{path.stem}.json") for method in METHODS]
            if any(tests):
                transfers.append(line([f"`{name}`", path.stem.removeprefix("test_"), f"{rows_in(path):,}",
                                       *(interval(found["test"], plan.score) if found else "" for found in tests)]))
    unfinished = options.out / "table.part"
    unfinished.write_text("\n".join([*scores, "", *differences, "", *transfers, ""]), encoding="utf-8")
    unfinished.rename(options.out / "table.md")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--agront", default="build/release/agront", metavar="PROGRAM")
    parser.add_argument("--model", help="folder of a model; default: the embedded one")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--only", nargs="+", default=list(PLANS), choices=list(PLANS), metavar="TASK")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    failed = []
    for method in options.methods:
        for name in options.only:
            if not (options.tasks / name).is_dir():
                sys.exit(f"run.py: no folder {options.tasks / name}: make it with prepare.py")
            if not run(options, name, method):
                failed.append(f"{name} {method}")
            table(options)
    if failed:
        sys.exit("run.py: failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
