// SPDX-License-Identifier: Apache-2.0
#include "labelled_options.h"

namespace agront::cli {
namespace {

/// One option of a group of the help.
template <class T>
CLI::Option* Add(CLI::App& command, const char* group, const char* flag, T& value, const char* type, const char* help) {
  return command.add_option(flag, value, help)->type_name(type)->group(group);
}

constexpr char kTables[] = "Tables";
constexpr char kGenomes[] = "Features of a genome";

}  // namespace

void AddLabelledOptions(CLI::App& command, LabelledInput& input) {
  Add(command, kTables, "--sequence-column", input.sequence_column, "NAME", "Column of the sequences")
      ->capture_default_str();
  Add(command, kTables, "--label-column", input.label_columns, "NAME",
      "Columns of the labels; default: label, or labels")
      ->delimiter(',');
  Add(command, kTables, "--label-separator", input.label_separator, "C",
      "Between several labels in one column, as in 0;1;0");
  Add(command, kTables, "--output-names", input.output_names, "NAME", "Names for labels that have none")
      ->delimiter(',');
  Add(command, kTables, "--id-column", input.id_column, "NAME", "Column of the ids; default: the line's number");
  Add(command, kTables, "--group-column", input.group_column, "NAME",
      "Column (gene, family, species) whose examples stay together in a split");
  Add(command, kTables, "--group-separator", input.group_separator, "C",
      "The group is the id up to the last of these: . in AT1G01010.1");
  Add(command, kTables, "--split-column", input.split_column, "NAME", "Column that says train, valid or test");
  Add(command, kTables, "--labels", input.labels, "TSV|BED",
      "Table of labels by id; tasks per token: BED of intervals by class");
  command.add_flag("--leave-out-unlabelled", input.leaves_out_unlabelled, "Sequences that --labels does not have")
      ->group(kTables);
  command.add_flag("--keep-repeated-ids", input.keeps_repeated_ids, "An id that comes twice is no error")
      ->group(kTables);

  Add(command, kGenomes, "--genome", input.genome, "FASTA", "FASTA whose features the BED or GFF3 file names");
  Add(command, kGenomes, "--feature", input.feature, "TYPE", "Types of GFF3 lines")->capture_default_str();
  Add(command, kGenomes, "--window", input.window, "WINDOW",
      "Bases around each feature: promoter, terminator, expression, feature, start-165+5, end-150+20,\n"
      "centre-500+500; default: as a model was trained, else feature");
  command.add_flag("--pad-at-ends", input.pads_at_ends, "N where a window reaches past its sequence")->group(kGenomes);

  constexpr char kTokens[] = "Tasks per token";
  Add(command, kTokens, "--token-window-bp", input.window_bp, "BP", "Of the windows that regions are cut into")
      ->capture_default_str();
  Add(command, kTokens, "--token-stride-bp", input.stride_bp, "BP", "From one window to the next; 0: side by side")
      ->capture_default_str();
  Add(command, kTokens, "--background", input.background, "NAME",
      "The class of bases in no interval; empty: they have none")
      ->capture_default_str();
}

void AddSplitOptions(CLI::App& command, SplitOptions& split) {
  constexpr char kGroup[] = "Split";
  Add(command, kGroup, "--test-groups", split.test_groups, "NAME", "Groups (chromosomes, species, families) to test on")
      ->delimiter(',');
  Add(command, kGroup, "--valid-groups", split.valid_groups, "NAME", "Groups to stop by")->delimiter(',');
  Add(command, kGroup, "--test-share", split.test_share, "SHARE",
      "Of examples drawn for the test, where nothing else assigns any")
      ->capture_default_str();
  Add(command, kGroup, "--valid-share", split.valid_share, "SHARE", "Of training examples drawn to stop by, likewise")
      ->capture_default_str();
  Add(command, kGroup, "--split-seed", split.seed, "N", "Of these draws")->capture_default_str();
}

}  // namespace agront::cli
