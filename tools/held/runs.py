# SPDX-License-Identifier: Apache-2.0
"""Cases of splits, runs and options."""

from held.case import PROBE, case, hold


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
