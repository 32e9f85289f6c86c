# SPDX-License-Identifier: Apache-2.0
"""Cases of labels, outputs and names."""

import shutil

from held.case import PROBE, case, hold


def scores(done):
    lines = done.succeeded().out.splitlines()
    return dict(line.split(": ") for line in lines if not line.startswith("##"))


@case
def evaluate_columns_by_position(it):
    "one score for both orders of the columns"
    hold(scores(it.done[1]) == scores(it.done[2]), "the scores differ")
    hold(float(scores(it.done[1])["r2"]) > 0.5, it.done[1].out)


@case
def evaluate_binary_words(it):
    "the model evaluates its own table, and yes is 1"
    hold(float(scores(it.done[1])["auroc"]) > 0.5, it.done[1].out)
    hold("predicted_yes" in it.table("run/predictions.tsv")[0], "run/predictions.tsv")


@case
def binary_words_which_is_positive(it):
    "the column, the metrics and head.json name the label that is 1, and --positive chooses it"
    labels = {row["id"]: row["label"] for row in it.table("t.csv")}
    for folder, word, option in (("run", "methylated", ""), ("other", "unmethylated", "--positive unmethylated")):
        it.run(f"agront finetune --train t.csv --test t.csv --id-column id {PROBE} -o other {option}").succeeded()
        rows = it.table(f"{folder}/predictions.tsv")
        hold(f"predicted_{word}" in rows[0], str(rows[0]))
        hold(all((row["label"] == "1") == (labels[row["id"]] == word) for row in rows), "labels")
        hold(it.read_json(f"{folder}/metrics.json")["positive"] == word, "metrics.json")
        hold(it.read_json(f"{folder}/head/head.json")["labels"]["1"] == word, "head.json")
        shutil.rmtree(it.folder / "other")


@case
def labels_header_with_hash(it):
    "the header is the header: no gene is lost, and the output has its name"
    genes = len(it.sequences("s.fa"))
    for folder in ("run", "run2"):
        hold(sum(it.read_json(f"{folder}/metrics.json")["examples"].values()) == genes, folder)
        hold(it.read_json(f"{folder}/head/head.json")["outputs"] == ["expr"], folder)


@case
def predict_id_with_newline(it):
    "line ends and tabs in ids are escaped"
    hold([row["id"] for row in it.done[1].rows()] == [r"a\nb", r"c\td"], it.done[1].out)


@case
def predict_long_option_named(it):
    "a message without options that predict lacks, with --any-length too"
    it.done[1].refused("x.fa:1", "7000", "--any-length")
    done = it.run("agront predict run x.fa --any-length").refused("x.fa:1", "7000", "fine-tuned with --long")
    hold("--any-length" in it.run("agront predict --help").out, done.err)


@case
def npz_one_long_name(it):
    "files of some megabytes"
    for name in ("n.npz", "n.safetensors"):
        hold(it.exists(name) and (it.folder / name).stat().st_size < 20e6, f"{name}: {it.done[0].err}")
