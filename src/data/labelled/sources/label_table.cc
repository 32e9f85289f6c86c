// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/sources/label_table.h"

#include "base/error.h"
#include "data/labelled/sources/record_words.h"
#include "formats/printable.h"

namespace agront::data {
namespace {

std::optional<size_t> NamedColumn(const std::string& name, const formats::DelimitedFile& table) {
  if (name.empty()) return std::nullopt;
  return table.Column(name);
}

RecordColumns NamedColumns(const LabelledInput& input, const formats::DelimitedFile& table) {
  RecordColumns columns;
  columns.id = NamedColumn(input.id_column, table);
  columns.group = NamedColumn(input.group_column, table);
  columns.split = NamedColumn(input.split_column, table);
  if (!input.without_labels)
    for (const std::string& name : input.label_columns) columns.labels.push_back(table.Column(name));
  return columns;
}

void SetSeparator(const LabelledInput& input, RecordColumns& columns) {
  if (input.label_separator.empty() || input.without_labels) return;
  columns.separator = OneCharacter("label separator", input.label_separator);
  if (columns.labels.size() != 1)
    FailUsage("label separator: expected one label column, got {}", columns.labels.size());
}

}  // namespace

RecordColumns RecordColumns::OfSequences(const LabelledInput& input, const formats::DelimitedFile& table) {
  RecordColumns columns = NamedColumns(input, table);
  if (columns.labels.empty() && input.fits_a_task && input.label_separator.empty()) {
    const size_t sequence = table.Column(input.sequence_column);
    for (size_t i = 0; i < table.columns().size(); ++i)
      if (i != sequence && i != columns.id && i != columns.group && i != columns.split) columns.labels.push_back(i);
  }
  if (columns.labels.empty() && !input.without_labels)
    columns.labels = {table.Column(!table.HasColumn("label") && table.HasColumn("labels") ? "labels" : "label")};
  SetSeparator(input, columns);
  return columns;
}

RecordColumns RecordColumns::ById(const LabelledInput& input, const formats::DelimitedFile& table) {
  RecordColumns columns = NamedColumns(input, table);
  if (!columns.id) columns.id = 0;
  if (columns.labels.empty())
    for (size_t i = 0; i < table.columns().size(); ++i)
      if (i != columns.id && i != columns.group && i != columns.split) columns.labels.push_back(i);
  if (columns.labels.empty()) Fail("{}: expected a column of labels beside the ids, got none", table.name());
  SetSeparator(input, columns);
  return columns;
}

void RecordColumns::Fill(const std::vector<std::string>& fields, LabelledRecord& record) const {
  if (id) record.id = fields[*id];
  record.group = group ? fields[*group] : "";
  record.split = split ? fields[*split] : "";
  record.labels.clear();
  if (separator != '\0') {
    record.labels = SplitWords(fields[labels[0]], separator);
  } else {
    for (const size_t label : labels) record.labels.push_back(fields[label]);
  }
}

std::vector<std::string> RecordColumns::LabelNames(const formats::DelimitedFile& table) const {
  std::vector<std::string> names;
  if (separator == '\0')
    for (const size_t label : labels) names.push_back(table.columns()[label]);
  return names;
}

LabelTable::LabelTable(const LabelledInput& input)
    : path_(input.labels), leaves_out_unlabelled_(input.leaves_out_unlabelled) {
  formats::DelimitedFile table(path_);
  const RecordColumns columns = RecordColumns::ById(input, table);
  label_names_ = columns.LabelNames(table);
  has_groups_ = columns.group.has_value();
  std::vector<std::string> fields;
  while (table.Next(fields)) {
    Row row;
    columns.Fill(fields, row.record);
    row.record.place = table.Place();
    const std::string id = row.record.id;
    const auto [found, is_new] = rows_.try_emplace(id, std::move(row));
    if (!is_new)
      Fail("{}: expected each id once, got \"{}\" again, first in {}", table.Place(), formats::Printable(id),
           found->second.record.place);
    some_id_ = id;
  }
  notes_ = table.Notes();
  if (rows_.empty()) Fail("{}: expected labels, got a table without any row", path_);
}

bool LabelTable::Label(LabelledRecord& record) {
  const auto found = rows_.find(record.id);
  if (found == rows_.end()) {
    if (!leaves_out_unlabelled_)
      Fail("{}: \"{}\" has no row in {}, whose ids look like \"{}\"", record.place, formats::Printable(record.id),
           path_, formats::Printable(some_id_));
    ++left_out_;
    return false;
  }
  Row& row = found->second;
  used_ += row.used ? 0 : 1;
  row.used = true;
  record.labels = row.record.labels;
  if (has_groups_) record.group = row.record.group;
  record.split = row.record.split;
  record.place = row.record.place;  // where a bad label stands
  return true;
}

std::vector<std::string> LabelTable::Notes() const {
  if (used_ == 0) Fail("{}: no sequence has an id of this table, such as \"{}\"", path_, formats::Printable(some_id_));
  std::vector<std::string> notes = notes_;
  if (left_out_ > 0) notes.push_back(fmt::format("{} sequences have no row in {} and are left out", left_out_, path_));
  if (const auto unused = static_cast<int64_t>(rows_.size()) - used_; unused > 0)
    notes.push_back(fmt::format("{} of {} rows of {} have no sequence", unused, rows_.size(), path_));
  return notes;
}

}  // namespace agront::data
