#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the program to the cases of a folder: tools/cases.sh runs it.

    python3 tools/cases.py CASES PROGRAM [CASE...]

A case is a folder with inputs and a README, whose indented lines are commands. They are run in a scratch copy; then the
function of the case's name says whether the value is right, or the refusal names the cause.
"""

import csv
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

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
        """Of a FASTA file, read from end to end."""
        found = {}
        for line in (self.folder / name).read_text().splitlines():
            if line.startswith(">"):
                name = line[1:].split()[0]
                found[name] = ""
            else:
                found[name] += "".join(line.split())
        return found


def bases(row):
    return row["tokens"].replace("<cls>", "").replace(" ", "")


def check_regions(done, sequences, expected):
    """Rows of `agront tokenize` for regions (sequence, start, end) of the forward strand."""
    rows = done.rows()
    got = [(row["chrom"], int(row["start"]), int(row["end"])) for row in rows]
    hold(got == expected, f"{done.command}: expected {expected}, got {got}")
    for row, (sequence, start, end) in zip(rows, expected, strict=True):
        wanted = sequences[sequence][start:end]
        hold(bases(row) == wanted, f"{done.command}: expected {wanted}, got {bases(row)}")


def scores(done):
    lines = done.succeeded().out.splitlines()
    return dict(line.split(": ") for line in lines if not line.startswith("##"))


# ------------------------------------------------------------------------------------------- genomes and regions


@case
def bed_with_bom(it):
    "read as without the mark"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", 100, 130)])


@case
def bed_zero_length(it):
    "the other two intervals are read, one line says what is left out"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", 0, 30), ("c1", 60, 90)])
    hold("1 interval has no bases" in it.done[0].err, it.done[0].err)


@case
def genome_blocks_of_ten(it):
    "the same bases as from the file without blanks"
    for done, name in zip(it.done, ("blocks.fa", "plain.fa"), strict=True):
        check_regions(done, it.sequences(name), [("c1", 100, 130)])


@case
def genome_duplicate_names(it):
    "refused, with the name and both lines"
    it.done[0].refused("g.fa:3", "got s again", "line 1")


@case
def fai_stale(it):
    "right bases, and a line about the index"
    check_regions(it.done[0], it.sequences("g.fa"), [("c0", 100, 130)])
    hold("g.fa.fai is not used" in it.done[0].err, it.done[0].err)


@case
def fai_lacks_a_sequence(it):
    "right bases, and a line about the index"
    for done, name in zip(it.done, ("g.fa", "e.fa"), strict=True):
        check_regions(done, it.sequences(name), [("c1", 10, 30)])
        hold(f"{name}.fai is not used" in done.err, done.err)


@case
def fai_line_width_zero(it):
    "right bases, and a line about the index"
    check_regions(it.done[0], it.sequences("g.fa"), [("c0", 100, 130)])
    hold("g.fa.fai is not used" in it.done[0].err and it.done[0].out.endswith("\n0\n"), it.done[0].err)


@case
def gzi_damaged(it):
    "right bases, and a line about the index"
    it.run("gunzip -c g.fa.gz > plain.fa").succeeded()
    check_regions(it.done[0], it.sequences("plain.fa"), [("c0", 100, 130), ("c1", 90, 110)])
    hold("g.fa.gz.gzi is not used" in it.done[0].err and it.done[0].out.endswith("\n0\n"), it.done[0].err)


@case
def gzip_zero_padding(it):
    "both records are read, and a line about the zeros"
    hold([row["name"] for row in it.done[0].rows()] == ["a", "b"], it.done[0].out)
    hold("zeros follow" in it.done[0].err, it.done[0].err)


@case
def fasta_header_without_end(it):
    "refused in a short line"
    it.run("agront tokenize h.fa").refused("h.fa:1", "line ends")
    hold(len((it.folder / "err.txt").read_bytes()) < LONGEST_MESSAGE, "err.txt")


@case
def message_control_characters(it):
    "control characters are escaped"
    it.done[0].refused("esc.fa:2", r"\x1b[31m")
    it.done[1].refused("esc.bed:1", r"\x1b[31m")


@case
def gff_fasta_without_directive(it):
    "two genes"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", 0, 60), ("c1", 120, 180)])


@case
def gff_seqid_encoded(it):
    "two genes"
    check_regions(it.done[0], it.sequences("g.fa"), [("c|1", 0, 60), ("c|1", 120, 180)])


@case
def gff_attribute_blanks(it):
    "named by ID; labels are read (there is one group, the chromosome, so nothing to draw for validation)"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", start, start + 60) for start in range(0, 240, 60)])
    hold([row["name"] for row in it.done[0].rows()] == ["g1", "g61", "g121", "g181"], it.done[0].out)
    it.done[1].refused("--valid-share 0")
    it.run(f"agront finetune --train a.gff3 --genome g.fa --label-column label --valid-share 0 {PROBE} -o all").succeeded()
    hold(it.read_json("all/metrics.json")["examples"]["train"] == 4, "all/metrics.json")


@case
def feature_list_with_blank(it):
    "regions of a model of sequences want a window; with it, four features either way"
    for done in it.done[1:]:
        done.refused("--window", status=2)
    tables = [it.run(f"agront predict run --genome g.fa --regions f.gff3 --window feature --feature {types}").rows()
              for types in ("'gene, mRNA'", "gene,mRNA")]
    hold([row["id"] for row in tables[0]] == ["0", "1", "2", "3"] and tables[0] == tables[1], str(tables))


@case
def corpus_repeats_file_and_lower_case(it):
    "the file alone counts: 30 of 300"
    it.done[0].succeeded()
    hold(it.done[0].out.splitlines()[-1].split("\t")[-1] == "0.1", it.done[0].out)


# ------------------------------------------------------------------------------------------- labels and outputs


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


# ------------------------------------------------------------------------------------------- splits and runs


@case
def split_test_groups_with_test_file(it):
    "refused"
    it.done[0].refused("--test-groups", "--test", status=2)
    hold(not it.exists("run"), "run is left behind")


@case
def split_folds_with_test_groups(it):
    "refused"
    for done in it.done:
        done.refused("--test-groups", "--folds", status=2)


@case
def split_same_group_twice(it):
    "refused, with the group"
    it.done[0].refused("--test-groups", "--valid-groups", "Chr5", status=2)


@case
def group_na(it):
    "examples without a group are in every fold, those of one group in one"
    it.done[0].succeeded()
    tables = [it.table(f"run/fold-{fold}/predictions.tsv") for fold in range(3)]
    of_folds = [{row["group"] for row in table} for table in tables]
    hold(all("" in groups for groups in of_folds), str(of_folds))
    hold(sum(len(groups - {""}) for groups in of_folds) == len(set.union(*of_folds) - {""}), str(of_folds))
    missing = sum(row["group"] == "" for table in tables for row in table)
    hold(missing == sum(row["chr"] in ("", "NA") for row in it.table("train.csv")), str(missing))


@case
def group_separator_in_no_id(it):
    "refused, with the separator and an id"
    it.run(it.done[0].command.split(";")[0]).refused('separator "."', "Zm00000_T001")


@case
def finetune_finished_run_other_data(it):
    "refused: other examples, a file that is not there"
    it.done[0].succeeded()
    it.done[1].refused("examples-hash")
    it.done[2].refused("no_such_file.csv")


@case
def finetune_layers_leaves_a_run(it):
    "refused without leaving a folder, and the right command runs"
    it.run(it.done[0].command.split(";")[0].replace("-o run", "-o other")).refused('"9"', "0 to 2", status=2)
    hold(not it.exists("other"), "a folder is left behind")
    it.done[1].succeeded()


@case
def evaluate_adapter(it):
    "refused"
    it.done[1].refused("--adapter", "--mlm", status=2)
    it.done[2].refused("--mlm", status=2)


@case
def finetune_options_of_other_inputs(it):
    "each option refused"
    for options, train in (("--window promoter|--feature mRNA|--pad-at-ends|--token-window-bp 64|--background exon",
                            "train.csv --id-column id"), ("--sequence-column foo|--label-separator ';'", "x.fa")):
        for option in options.split("|"):
            it.run(f"agront finetune --train {train} {PROBE} -o other {option}").refused(option.split()[0], status=2)
    for done in it.done:
        done.refused(status=2)


@case
def predict_window_with_fasta(it):
    "refused"
    it.done[1].refused("--window", "features of a genome", status=2)
    it.done[2].succeeded()


# ------------------------------------------------------------------------------------------- checkpoints


@case
def json_number_overflow(it):
    "refused, with the file and the number"
    it.done[0].refused("m/config.json", "1e999")
    it.done[1].refused("a/adapter_config.json", "1e999")


@case
def safetensors_metadata_null(it):
    "read"
    hold("parameters: 37,253" in it.done[0].succeeded().out, it.done[0].out)


@case
def weights_lfs_pointer(it):
    "told as what they are"
    it.done[0].refused("m/model.safetensors", "Git LFS")
    it.done[1].refused("c/config.json", "Git LFS")


@case
def vocabulary_of_another_order(it):
    "refused, with the file, the line and the token"
    for done in it.done:
        done.refused("m/vocab.txt:6", "AAAAAT", "AAAAAC")


@case
def model_is_a_run_folder(it):
    "refused, with the checkpoint that is meant"
    for done in it.done:
        done.refused("run/step-2")


def read_tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: (entry, data[8 + size:][slice(*entry["data_offsets"])]) for name, entry in header.items()}


@case
def index_overlay(it):
    "the weights that the index names: the hash of a file that has just these"
    folder, other = it.folder / "m", it.folder / "one"
    index = it.read_json("m/model.safetensors.index.json")["weight_map"]
    header, data = {}, b""
    for name, file in index.items():
        entry, raw = read_tensors(folder / file)[name]
        header[name] = {**entry, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    other.mkdir()
    (other / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    shutil.copy(folder / "config.json", other)
    hashes = [[line for line in done.succeeded().out.splitlines() if line.startswith("model_hash")]
              for done in (it.done[0], it.run("agront info --model one"))]
    hold(hashes[0] == hashes[1] and hashes[0], str(hashes))


@case
def config_is_decoder(it):
    "refused"
    it.done[0].refused("m/config.json", "is_decoder")


@case
def jax_settings_not_checked(it):
    "each setting refused by its name, and computed when all are as they have to be"
    for done in it.done:
        done.refused("j/hyperparams.json")
    path = it.folder / "j" / "hyperparams.json"
    wrong = json.loads(path.read_text())
    right = {**wrong, "pre_layer_norm": True, "layer_norm_eps": 1e-5, "class_token_id": 3, "prepend_cls_token": True,
             "append_eos_token": False}
    for key in [key for key in right if right[key] != wrong[key]]:
        path.write_text(json.dumps({**right, key: wrong[key]}))
        it.run("agront info --model j").refused("j/hyperparams.json", key)
    path.write_text(json.dumps(right))
    it.run("agront embed x.fa --model j -o o.npz").succeeded()


def main():
    cases, program = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    if not cases.is_dir():
        print(f"skipped: {sys.argv[1]} is not there")
        return 0
    names = sys.argv[3:] or sorted(path.name for path in cases.iterdir() if path.is_dir())
    failed = 0
    for name in names:
        try:
            if name not in CHECKS:
                raise Wrong("unknown: tools/cases.py has no check of this name")
            with tempfile.TemporaryDirectory() as scratch:
                CHECKS[name](Case(cases / name, pathlib.Path(scratch), program))
            print(f"ok    {name}: {CHECKS[name].__doc__}", flush=True)
        except (Wrong, OSError, KeyError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"FAIL  {name}: {error}", flush=True)
    print(f"{len(names) - failed} of {len(names)} cases are right")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
