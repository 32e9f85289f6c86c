// SPDX-License-Identifier: Apache-2.0
#include "data/source_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "agront/printable.h"
#include "base/error.h"
#include "data/letters.h"

namespace agront::data {

SourceReader::SourceReader(std::span<const std::string> sequences) {
  const auto next = std::make_shared<size_t>(0);
  source_ = [sequences, next](SequenceRecord& record) {
    if (*next == sequences.size()) return false;
    record.bases = sequences[(*next)++];
    return true;
  };
  share_ = [sequences, next] {
    return static_cast<double>(*next) / static_cast<double>(std::max<size_t>(1, sequences.size()));
  };
}

bool SourceReader::NextRecord(std::string& name) {
  record_ = {};
  if (!source_(record_)) return false;
  ++number_;
  is_read_ = false;
  if (record_.bases.empty()) Fail("{}: expected bases, got none", Place());
  name = record_.name.empty() ? std::to_string(number_) : record_.name;
  return true;
}

bool SourceReader::ReadBases(size_t /*wanted*/, std::string& bases) {
  if (std::exchange(is_read_, true)) return false;
  try {
    bases += LettersOf(record_.bases, counts_);
  } catch (const Error& error) {
    Fail("{}: {}", Place(), error.what());
  }
  return false;
}

std::string SourceReader::Place() const {
  if (record_.name.empty()) return fmt::format("sequence {}", number_);
  return fmt::format("sequence {} ({})", number_, Printable(record_.name));
}

}  // namespace agront::data
