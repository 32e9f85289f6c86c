// SPDX-License-Identifier: Apache-2.0
// The columns of a table that make a record, and tables of labels by id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agront/labelled_input.h"
#include "data/labelled/sources/labelled_source.h"
#include "formats/delimited/delimited_file.h"

namespace agront::data {

/// Where in a table the words of a record stand.
struct RecordColumns {
  std::vector<size_t> labels;
  std::optional<size_t> id;
  std::optional<size_t> group;
  std::optional<size_t> split;
  char separator = '\0';  ///< between the labels in one column; none if 0

  /// Those of the input's columns that are named, and its label columns or the table's "label" or "labels".
  static RecordColumns OfSequences(const LabelledInput& input, const formats::DelimitedFile& table);
  /// The same for a table by id: all columns that are nothing else are labels, unless the input names them.
  static RecordColumns ById(const LabelledInput& input, const formats::DelimitedFile& table);

  /// Labels, group and split of a line; its id when there is a column for it.
  void Fill(const std::vector<std::string>& fields, LabelledRecord& record) const;
  std::vector<std::string> LabelNames(const formats::DelimitedFile& table) const;
};

/// In memory. Throws Error for an id that comes twice.
class LabelTable {
 public:
  explicit LabelTable(const LabelledInput& input);

  /// Gives labels, group and split to the record of this id. False when the table does not have it and the input leaves
  /// such records out; else throws Error.
  bool Label(LabelledRecord& record);

  const std::vector<std::string>& label_names() const { return label_names_; }

  /// Throws Error when no row was asked for.
  std::vector<std::string> Notes() const;

 private:
  struct Row {
    LabelledRecord record;
    bool used = false;
  };

  std::string path_;
  bool leaves_out_unlabelled_;
  bool has_groups_ = false;
  std::vector<std::string> label_names_;
  std::unordered_map<std::string, Row> rows_;
  std::string some_id_;
  std::vector<std::string> notes_;  // of the file
  int64_t used_ = 0;
  int64_t left_out_ = 0;
};

}  // namespace agront::data
