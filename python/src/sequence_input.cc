// SPDX-License-Identifier: Apache-2.0
#include "sequence_input.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

namespace agront::python {
namespace {

std::string TextOf(nb::handle text) {
  Py_ssize_t size = 0;
  const char* letters = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (letters == nullptr) nb::raise_python_error();
  return {letters, static_cast<size_t>(size)};
}

std::vector<std::string> TextsOf(const nb::list& list, const char* what) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const nb::handle item : list) {
    if (!nb::isinstance<nb::str>(item))
      throw nb::type_error((std::string(what) + " " + std::to_string(texts.size()) + ": expected a str, got " +
                            nb::type_name(item.type()).c_str())
                               .c_str());
    texts.push_back(TextOf(item));
  }
  return texts;
}

}  // namespace

std::string PathOf(const nb::bytes& path) {
  std::string text(path.c_str(), path.size());
  if (text.find('\0') != std::string::npos) throw nb::value_error("path: expected none with a null character");
  return text;
}

struct SequenceInput::Records {
  std::vector<std::string> bases;
  std::vector<std::string> names;
  std::optional<FastaReader> file;
  size_t next = 0;
  std::atomic<double> share = 0;
};

SequenceInput::SequenceInput(nb::handle what, nb::handle names) : records_(std::make_shared<Records>()) {
  if (nb::isinstance<nb::bytes>(what)) {
    records_->file.emplace(PathOf(nb::borrow<nb::bytes>(what)));
    return;
  }
  records_->bases = TextsOf(nb::cast<nb::list>(what), "sequence");
  if (!names.is_none()) records_->names = TextsOf(nb::cast<nb::list>(names), "name");
  if (!names.is_none() && records_->names.size() != records_->bases.size())
    throw nb::value_error("names: expected one for each sequence");
}

bool SequenceInput::Read(Records& records, SequenceRecord& record) {
  if (records.file) {
    const bool has_more = records.file->Next(record);
    records.share = has_more ? records.file->Progress() : 1;
    return has_more;
  }
  if (records.next == records.bases.size()) return false;
  record.bases = std::move(records.bases[records.next]);
  if (!records.names.empty()) record.name = std::move(records.names[records.next]);
  ++records.next;
  records.share = static_cast<double>(records.next) / static_cast<double>(records.bases.size());
  return true;
}

SequenceSource SequenceInput::source() const {
  return [records = records_](SequenceRecord& record) { return Read(*records, record); };
}

std::function<double()> SequenceInput::share() const {
  return [records = records_] { return records->share.load(); };
}

std::vector<std::string> SequenceInput::TakeAll() {
  if (!records_->file) return std::move(records_->bases);
  std::vector<std::string> all;
  for (SequenceRecord record; Next(record);) all.push_back(std::move(record.bases));
  return all;
}

}  // namespace agront::python
