// SPDX-License-Identifier: Apache-2.0
// Labels in words as the numbers of a task.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agront/labelled_input.h"
#include "agront/prediction_task.h"
#include "data/labelled/label_match.h"
#include "data/labelled/sources/labelled_source.h"

namespace agront::data {

/// Words that name classes, in the order that their indices have: as numbers when all are whole numbers, else as text.
std::vector<std::string> SortedClasses(std::vector<std::string> words);

/// A class as it is compared: "1.0" is "1" (tables that once held missing values write it so).
std::string ClassWord(const std::string& word);

/// The output of a task with one label where the input has no name for it.
inline constexpr char kUnnamedLabel[] = "label";

/// An output as a sentence names it: "the label" where it has no name of its own.
std::string LabelInWords(const std::string& output);

/// Encodes the labels of a task that is known, or learns what the task is from the labels themselves.
class LabelEncoder {
 public:
  /// Learns. `names` of the labels, where the file has some; those of `input.output_names` come before them.
  LabelEncoder(TaskKind kind, std::vector<std::string> names, const LabelledInput& input);
  /// Fits a task that is known. Throws UsageError, beginning with `place`, when the file's labels are not those.
  LabelEncoder(const PredictionTask& task, std::vector<std::string> names, const LabelledInput& input,
               const std::string& place);

  /// Labels of the file that are no output of the task.
  const std::vector<std::string>& ignored() const { return match_.ignored; }

  /// [num_labels], NaN where one is missing. Throws Error beginning with the record's place.
  std::vector<float> Encode(const LabelledRecord& record);

  /// Tasks per token: a class index for each base, `no_class` where there is none.
  std::string EncodeBases(const LabelledRecord& record, char no_class) const;

  /// While it learns, after the first record: a task of as many labels. The indices of classes that Encode gives are in
  /// the order of their first examples.
  const PredictionTask& task() const { return task_; }

  /// After the last record: the task, and the index there of each class so far (empty for numbers). Throws Error, with
  /// `input` before it, when there are fewer than two classes.
  PredictionTask Learned(const std::string& input, std::vector<int>& new_index) const;

 private:
  void CheckCount(const LabelledRecord& record);
  /// A label of a binary task whose words are not known: 0 or 1, or the word that is meant by 1 and one other.
  float BinaryFlag(const std::string& word, const LabelledRecord& record);
  PredictionTask LearnedBinary(const std::string& input) const;
  float Class(const std::string& word, const LabelledRecord& record);
  float Number(const std::string& word, const LabelledRecord& record) const;
  float Flag(const std::string& word, const LabelledRecord& record) const;

  bool learns_;
  PredictionTask task_;
  std::vector<std::string> names_;  // of the labels: known beforehand, else made with the first record
  std::vector<std::string> output_names_;
  std::string positive_;  // binary: as the user says
  bool orders_words_as_0_1_ = false;
  LabelMatch match_;                    // of a task that is known
  std::string one_word_;                // binary, of a model of 0.1: the label that is 1
  std::string zero_word_;               // binary, labels not known: the one that has been met for 0
  std::map<std::string, int> classes_;  // by word
  std::vector<std::string> words_;      // of classes, by index
};

}  // namespace agront::data
