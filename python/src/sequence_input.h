// SPDX-License-Identifier: Apache-2.0
// Sequences that come from Python: a list, or a FASTA file.
#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agront/sequences.h"

namespace agront::python {

namespace nb = nanobind;

/// A path, as os.fsencode gives it.
std::string PathOf(const nb::bytes& path);

/// What a call reads, once, from begin to end. The copy of the bases is its own, so that Python may go on meanwhile.
class SequenceInput {
 public:
  /// `what` is the path of a FASTA file (bytes) or a list of str; `names` a list of str for the latter, or None. Raises
  /// TypeError for items that are no str, and throws as FastaReader.
  SequenceInput(nb::handle what, nb::handle names);

  SequenceSource source() const;

  /// How much of the input was read, 0 to 1.
  std::function<double()> share() const;

  bool Next(SequenceRecord& record) { return Read(*records_, record); }

  /// All bases, for calls that take no stream.
  std::vector<std::string> TakeAll();

 private:
  struct Records;
  static bool Read(Records& records, SequenceRecord& record);

  std::shared_ptr<Records> records_;
};

}  // namespace agront::python
