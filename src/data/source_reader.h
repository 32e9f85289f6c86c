// SPDX-License-Identifier: Apache-2.0
// Sequences that a caller gives one by one, as the readers of files give them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "agront/sequences.h"
#include "formats/sequences/sequence_reader.h"

namespace agront::data {

/// A record without a name has its number, from 0. Throws Error "sequence 3 (NAME): ..." for letters that are none and
/// records without bases.
class SourceReader final : public formats::SequenceReader {
 public:
  /// `share` says how much of the input was read, 0 to 1; without it that is not known.
  explicit SourceReader(SequenceSource source, std::function<double()> share = nullptr)
      : source_(std::move(source)), share_(std::move(share)) {}

  /// Sequences in memory, which the caller keeps while this lives.
  explicit SourceReader(std::span<const std::string> sequences);

  bool NextRecord(std::string& name) override;
  bool ReadBases(size_t wanted, std::string& bases) override;
  std::string Place() const override;
  const formats::LetterCounts& counts() const override { return counts_; }
  double Progress() const override { return share_ ? share_() : -1; }

 private:
  SequenceSource source_;
  std::function<double()> share_;
  SequenceRecord record_;
  int64_t number_ = -1;
  bool is_read_ = false;  // the bases of the record
  formats::LetterCounts counts_;
};

}  // namespace agront::data
