// SPDX-License-Identifier: Apache-2.0
#include "labelled_options.h"

namespace agront::cli {
namespace {

constexpr char kTables[] = "Tables";
constexpr char kGenomes[] = "Features of a genome";

}  // namespace

void AddLabelledOptions(CLI::App& command, LabelledInput& input) {
  command.add_option("--sequence-column", input.sequence_column, "Column of the sequences")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(kTables);
  command.add_option("--label-column", input.label_columns, "Columns of the labels; default: label, or labels")
      ->type_name("NAME")
      ->delimiter(',')
      ->group(kTables);
  command.add_option("--label-separator", input.label_separator, "Between several labels in one column, as in 0;1;0")
      ->type_name("C")
      ->group(kTables);
  command.add_option("--output-names", input.output_names, "Names for labels that have none")
      ->type_name("NAME")
      ->delimiter(',')
      ->group(kTables);
  command.add_option("--id-column", input.id_column, "Column of the ids; default: the line's number")
      ->type_name("NAME")
      ->group(kTables);
  command
      .add_option("--group-column", input.group_column,
                  "Column (gene, family, species) whose examples stay together in a split")
      ->type_name("NAME")
      ->group(kTables);
  command
      .add_option("--group-separator", input.group_separator,
                  "The group is the id up to the last of these: . in AT1G01010.1")
      ->type_name("C")
      ->group(kTables);
  command.add_option("--split-column", input.split_column, "Column that says train, valid or test")
      ->type_name("NAME")
      ->group(kTables);
  command.add_option("--labels", input.labels, "Table of labels by id; tasks per token: BED of intervals by class")
      ->type_name("TSV|BED")
      ->group(kTables);
  command.add_flag("--leave-out-unlabelled", input.leaves_out_unlabelled, "Sequences that --labels does not have")
      ->group(kTables);
  command.add_flag("--keep-repeated-ids", input.keeps_repeated_ids, "An id that comes twice is no error")
      ->group(kTables);

  command.add_option("--genome", input.genome, "FASTA whose features the BED or GFF3 file names")
      ->type_name("FASTA")
      ->group(kGenomes);
  command.add_option("--feature", input.feature, "Types of GFF3 lines")
      ->type_name("TYPE")
      ->capture_default_str()
      ->group(kGenomes);
  command
      .add_option("--window", input.window,
                  "Bases around each feature: promoter, terminator, expression, feature, start-165+5, end-150+20,\n"
                  "centre-500+500")
      ->type_name("WINDOW")
      ->capture_default_str()
      ->group(kGenomes);
  command.add_flag("--pad-at-ends", input.pads_at_ends, "N where a window reaches past its sequence")->group(kGenomes);

  constexpr char kTokens[] = "Tasks per token";
  command.add_option("--token-window-bp", input.window_bp, "Of the windows that regions are cut into")
      ->type_name("BP")
      ->capture_default_str()
      ->group(kTokens);
  command.add_option("--token-stride-bp", input.stride_bp, "From one window to the next; 0: side by side")
      ->type_name("BP")
      ->capture_default_str()
      ->group(kTokens);
  command.add_option("--background", input.background, "The class of bases in no interval; empty: they have none")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(kTokens);
}

void AddSplitOptions(CLI::App& command, SplitOptions& split) {
  constexpr char kGroup[] = "Split";
  command.add_option("--test-groups", split.test_groups, "Groups (chromosomes, species, families) to test on")
      ->type_name("NAME")
      ->delimiter(',')
      ->group(kGroup);
  command.add_option("--valid-groups", split.valid_groups, "Groups to stop by")
      ->type_name("NAME")
      ->delimiter(',')
      ->group(kGroup);
  command
      .add_option("--test-share", split.test_share, "Of examples drawn for the test, where nothing else assigns any")
      ->type_name("SHARE")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--valid-share", split.valid_share, "Of training examples drawn to stop by, likewise")
      ->type_name("SHARE")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--split-seed", split.seed, "Of these draws")
      ->type_name("N")
      ->capture_default_str()
      ->group(kGroup);
}

}  // namespace agront::cli
