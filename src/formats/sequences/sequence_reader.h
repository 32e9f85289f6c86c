// SPDX-License-Identifier: Apache-2.0
// Named sequences of bases, read piece by piece: a record of gigabases never has to be in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "genome/placement.h"

namespace agront::formats {

/// Letters that were read as another one.
struct LetterCounts {
  int64_t ambiguous = 0;  ///< IUPAC codes other than A C G T U N, read as N
  int64_t uracil = 0;     ///< U, read as T
};

class SequenceReader {
 public:
  virtual ~SequenceReader() = default;

  /// Goes to the next record, past what was not read of this one. False at the end.
  virtual bool NextRecord(std::string& name) = 0;

  /// Appends bases of the record (A C G T N, and '?' six times for a `<mask>`) until `bases` has at least `wanted`
  /// or the record ends. Returns whether the record has more.
  virtual bool ReadBases(size_t wanted, std::string& bases) = 0;

  /// Where the record that NextRecord gave last lies on a genome; nothing when it was read as a record of its own.
  virtual std::shared_ptr<const genome::Placement> placement() const { return nullptr; }

  /// "file:line", of the record that NextRecord gave last.
  virtual std::string Place() const = 0;

  /// The letters of all that was read so far.
  virtual const LetterCounts& counts() const = 0;

  /// Notes on input that was skipped or read differently, a sentence each; at the end.
  virtual std::vector<std::string> Notes() const { return {}; }

  /// The share of the input that was read, 0 to 1; negative when its size is not known (standard input).
  virtual double Progress() const = 0;
};

}  // namespace agront::formats
