// SPDX-License-Identifier: Apache-2.0
// Sequences with what a file says of them, still in words: what the words mean depends on the task.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agront/labelled_input.h"
#include "formats/sequences/sequence_reader.h"
#include "genome/placement.h"

namespace agront::data {

/// Neighbouring bases of one class, from where the run before ends.
struct ClassRun {
  int64_t end = 0;
  std::string word;  ///< empty: no class
};

struct LabelledRecord {
  std::string id;
  std::string bases;                ///< A C G T N
  std::vector<std::string> labels;  ///< as they stand in the file
  std::vector<ClassRun> runs;       ///< tasks per token, instead of labels: up to the last base
  std::string group;
  std::string split;
  std::string place;                           ///< "file:line"
  std::optional<genome::Placement> placement;  ///< of the bases, where they are a genome's
};

class LabelledSource {
 public:
  virtual ~LabelledSource() = default;

  /// False at the end. Throws Error naming file and line.
  virtual bool Next(LabelledRecord& record) = 0;

  /// The names of the labels where the file has names for them; else empty.
  virtual std::vector<std::string> LabelNames() const { return {}; }

  /// Tasks per token: every word that a run may have, in any order.
  virtual std::vector<std::string> BaseClasses() const { return {}; }

  /// The letters of all that was read so far.
  virtual const formats::LetterCounts& letters() const = 0;

  /// Notes on input that was left out or changed, a sentence each; at the end.
  virtual std::vector<std::string> Notes() const { return {}; }

  virtual double Progress() const = 0;
};

/// Throws UsageError when the options do not fit each other or the kind of file, Error for what is wrong with a file.
std::unique_ptr<LabelledSource> OpenLabelledSource(const LabelledInput& input, bool per_token);

}  // namespace agront::data
