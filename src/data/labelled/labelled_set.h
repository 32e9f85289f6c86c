// SPDX-License-Identifier: Apache-2.0
// Sequences with labels. The sequences lie in a temporary file (a training set of chromatin is 5 GB), labels in memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/prediction_task.h"
#include "base/temporary_file.h"
#include "genome/placement.h"

namespace agront::data {

constexpr char kNoClass = '\xff';

/// One example as a reader gives it.
struct LabelledExample {
  std::string id;
  std::string bases;          ///< A C G T N, on the strand of the feature
  std::vector<float> labels;  ///< PredictionTask::num_labels(); NaN where one is missing
  std::string
      base_classes;   ///< kToken: a class index (as a char, 0 to 254) for each base, kNoClass where there is none
  std::string group;  ///< gene, family, chromosome or species that keeps examples together; may be empty
  std::string split;  ///< "train", "valid", "test"; empty where the input does not say
  std::string place;  ///< "file:line", for errors and reports
  std::optional<genome::Placement> placement;  ///< of the bases, where they are a genome's
};

/// About 60 bytes of memory for an example, its labels not counted.
/// Thread safety: reading is const; nothing may read while Add runs.
class LabelledSet {
 public:
  explicit LabelledSet(PredictionTask task);

  const PredictionTask& task() const { return task_; }
  void Add(const LabelledExample& example);

  int64_t size() const { return static_cast<int64_t>(records_.size()); }
  std::string_view id(int64_t example) const;
  std::string_view group(int64_t example) const;
  std::string_view split(int64_t example) const;
  std::string place(int64_t example) const;
  int64_t length(int64_t example) const;  ///< bases
  std::string Bases(int64_t example) const;
  std::string BaseClasses(int64_t example) const;
  std::span<const float> labels(int64_t example) const;

  bool has_groups() const { return groups_.size() > 1 || (size() > 0 && !group(0).empty()); }  ///< of any example
  bool has_placements() const { return !placements_.empty(); }  ///< of all examples, or of none
  genome::Placement placement(int64_t example) const;           ///< the region's name is the id

  /// For readers that learn the task from the labels: before the first example, the task as far as it is known then;
  /// after the last, a task of as many labels and the index there of each class of before (empty: labels stay).
  void Rename(PredictionTask task, std::span<const int> new_index);

  /// Notes on input that was changed as it was read, a sentence each: letters that became N, and the like.
  const std::vector<std::string>& notes() const { return notes_; }
  void AddNote(std::string note) { notes_.push_back(std::move(note)); }

 private:
  /// Words that many examples share, each kept once.
  class Words {
   public:
    uint32_t Index(const std::string& word);
    const std::string& operator[](uint32_t index) const { return *words_[index]; }
    size_t size() const { return words_.size(); }

   private:
    std::map<std::string, uint32_t> indices_;
    std::vector<const std::string*> words_;
  };

  struct Record {
    uint64_t bases;  // where they are in the file
    uint64_t id;     // where it is in ids_
    int64_t line;    // of `file`
    uint32_t length;
    uint32_t id_length;
    uint32_t file;
    uint32_t group;
    uint32_t split;
  };

  struct Placed {
    int64_t start;
    int64_t end;
    int64_t sequence_length;
    uint32_t sequence;
    bool reverse;
  };

  std::string Read(uint64_t offset, size_t length) const;

  PredictionTask task_;
  std::vector<Record> records_;
  std::vector<float> labels_;
  std::string ids_;
  Words files_;
  Words groups_;
  Words splits_;
  std::vector<Placed> placements_;
  Words sequences_;  // of the genome
  std::vector<std::string> notes_;
  std::unique_ptr<TemporaryFile> file_;  // bases, then the classes of bases
  std::string pending_;                  // behind the end of the file, not yet written
};

}  // namespace agront::data
