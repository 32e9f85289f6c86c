// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/split.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "data/labelled/bases_hash.h"
#include "data/labelled/class_weights.h"
#include "formats/printable.h"

namespace agront::data {
namespace {

/// Examples that stay together.
struct Unit {
  uint64_t hash = 0;
  int64_t size = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that "<" compares the result with for a pointer
  auto operator<=>(const Unit&) const = default;
};

/// Divides examples into units and remembers of which unit each is.
class Units {
 public:
  Units(const LabelledSet& set, std::span<const int64_t> examples, uint64_t seed) {
    std::unordered_map<uint64_t, int64_t> sizes;
    for (const int64_t example : examples) {
      // Groups and bases have keys of their own, lest a group called ACGT be taken for a sequence.
      const std::string_view group = set.group(example);
      const uint64_t hash =
          group.empty() ? HashEitherStrand(set.Bases(example), 2 * seed) : HashText(group, 2 * seed + 1);
      hashes_.push_back(hash);
      ++sizes[hash];
    }
    for (const auto& [hash, size] : sizes) units_.push_back({hash, size});
    std::ranges::sort(units_);
  }

  const std::vector<Unit>& units() const { return units_; }  ///< in the order of their hashes
  uint64_t hash(size_t i) const { return hashes_[i]; }       ///< of the i-th example

 private:
  std::vector<uint64_t> hashes_;
  std::vector<Unit> units_;
};

/// The part that examples are drawn for.
struct DrawnPart {
  const char* name;
  const char* option;
};
constexpr DrawnPart kTestPart{"test", "--test-share"};
constexpr DrawnPart kValidationPart{"validation", "--valid-share"};

[[noreturn]] void FailToDraw(const LabelledSet& set, const DrawnPart& part, int64_t example) {
  const std::string_view group = set.group(example);
  Fail("examples for the {} are drawn by group or sequence, and all {}; {} 0 draws none", part.name,
       group.empty() ? "have the same sequence" : fmt::format("are of group {:?}", formats::Printable(group)),
       part.option);
}

/// Moves about `share` of the examples to `drawn`, whole units: at least one, but never all.
void Draw(const LabelledSet& set, const DrawnPart& part, double share, uint64_t seed, std::vector<int64_t>& examples,
          std::vector<int64_t>& drawn) {
  const Units units(set, examples, seed);
  if (units.units().size() < 2) FailToDraw(set, part, examples.front());
  const auto wanted = std::max<int64_t>(1, std::llround(share * static_cast<double>(examples.size())));
  std::unordered_set<uint64_t> is_drawn;
  int64_t count = 0;
  for (const Unit& unit : units.units()) {
    if (count >= wanted || is_drawn.size() + 1 == units.units().size()) break;
    // A unit that would overshoot by more than what is short without it is left; a smaller one may follow.
    if (count + unit.size - wanted > wanted - count) continue;
    is_drawn.insert(unit.hash);
    count += unit.size;
  }
  if (is_drawn.empty()) is_drawn.insert(std::ranges::min_element(units.units(), {}, &Unit::size)->hash);
  std::vector<int64_t> left;
  for (size_t i = 0; i < examples.size(); ++i) (is_drawn.contains(units.hash(i)) ? drawn : left).push_back(examples[i]);
  examples = std::move(left);
}

void CheckShare(const char* name, double share) {
  if (!(share >= 0 && share < 1)) FailUsage("{}: expected a share of at least 0 and below 1, got {}", name, share);
}

void CheckGroupsExist(const LabelledSet& set, const std::vector<std::string>& groups) {
  std::vector<std::string_view> missing(groups.begin(), groups.end());
  for (int64_t i = 0; i < set.size() && !missing.empty(); ++i) std::erase(missing, set.group(i));
  if (!missing.empty()) {
    std::vector<std::string_view> some;
    for (int64_t i = 0; i < set.size() && some.size() < 5; ++i)
      if (!set.group(i).empty() && std::ranges::count(some, set.group(i)) == 0) some.push_back(set.group(i));
    Fail("group {:?}: no example is of it; {}", formats::Printable(missing[0]),
         some.empty() ? "the examples have no groups"
                      : "there are " + formats::Printable(fmt::format("{}, ...", fmt::join(some, ", "))));
  }
}

/// Seeds of the draws, lest test and validation follow one order.
constexpr uint64_t kTestDraw = 0;
constexpr uint64_t kValidDraw = 1;
constexpr uint64_t kFoldDraw = 2;
uint64_t DrawSeed(const SplitOptions& options, uint64_t draw) { return 3 * options.seed + draw; }

void DrawValidation(const LabelledSet& set, const SplitOptions& options, Split& split) {
  if (split.train.empty()) Fail("expected examples to train on, got none");
  if (split.valid.empty() && options.valid_share > 0)
    Draw(set, kValidationPart, options.valid_share, DrawSeed(options, kValidDraw), split.train, split.valid);
}

}  // namespace

Split MakeSplit(const LabelledSet& set, const SplitOptions& options) {
  CheckShare("validation", options.valid_share);
  CheckShare("test", options.test_share);
  CheckGroupsExist(set, options.test_groups);
  CheckGroupsExist(set, options.valid_groups);
  const auto names = [](const std::vector<std::string>& groups, std::string_view group) {
    return std::ranges::count(groups, group) > 0;
  };
  Split split;
  for (int64_t i = 0; i < set.size(); ++i) {
    std::string_view part = set.split(i);
    const std::string_view group = set.group(i);
    const std::string_view of_group = names(options.test_groups, group)    ? "test"
                                      : names(options.valid_groups, group) ? "valid"
                                                                           : "";
    if (!of_group.empty() && part != of_group) {
      if (!part.empty() && !(part == "train" && options.train_file_is_divided))
        Fail("{}: expected one part for an example, got {} by its file or column and {} by its group {:?}",
             set.place(i), part, of_group, formats::Printable(group));
      part = of_group;
    }
    (part == "test" ? split.test : part == "valid" ? split.valid : split.train).push_back(i);
  }
  if (split.test.empty() && options.test_share > 0) {
    std::vector<int64_t> assigned;  // to the training part, by the input
    std::vector<int64_t> free;
    for (const int64_t i : split.train) (set.split(i).empty() ? free : assigned).push_back(i);
    if (!free.empty()) Draw(set, kTestPart, options.test_share, DrawSeed(options, kTestDraw), free, split.test);
    split.train.clear();
    std::ranges::merge(assigned, free, std::back_inserter(split.train));
  }
  DrawValidation(set, options, split);
  return split;
}

std::vector<Split> MakeFolds(const LabelledSet& set, int folds, const SplitOptions& options) {
  CheckShare("validation", options.valid_share);
  if (folds < 2) FailUsage("folds: expected at least 2, got {}", folds);
  std::vector<int64_t> all(static_cast<size_t>(set.size()));
  std::iota(all.begin(), all.end(), 0);
  for (const int64_t i : all)
    if (!set.split(i).empty())
      FailUsage("folds: expected examples without a part of their own, got one of {} in {}", set.split(i),
                set.place(i));
  const Units units(set, all, DrawSeed(options, kFoldDraw));
  if (units.units().size() < static_cast<size_t>(folds))
    FailUsage("folds: expected at least {} groups or different sequences, got {}", folds, units.units().size());

  // The largest unit first, each to the smallest fold: folds differ by less than the largest unit.
  std::vector<Unit> by_size = units.units();
  std::ranges::stable_sort(by_size, std::greater(), &Unit::size);
  std::vector<int64_t> sizes(static_cast<size_t>(folds));
  std::unordered_map<uint64_t, size_t> fold_of;
  for (const Unit& unit : by_size) {
    const auto smallest = static_cast<size_t>(std::ranges::min_element(sizes) - sizes.begin());
    sizes[smallest] += unit.size;
    fold_of[unit.hash] = smallest;
  }
  std::vector<Split> splits(static_cast<size_t>(folds));
  for (const int64_t i : all)
    for (size_t fold = 0; fold < splits.size(); ++fold)
      (fold_of[units.hash(static_cast<size_t>(i))] == fold ? splits[fold].test : splits[fold].train).push_back(i);
  for (Split& split : splits) DrawValidation(set, options, split);
  return splits;
}

void CheckClasses(const LabelledSet& set, const Split& split) {
  const PredictionTask& task = set.task();
  if (task.kind == TaskKind::kRegression) return;
  const bool has_flags = task.kind == TaskKind::kBinary || task.kind == TaskKind::kMultilabel;
  const std::vector<std::string> flags =
      task.binary_words.empty() ? std::vector<std::string>{"0", "1"} : task.binary_words;
  const std::vector<std::vector<int64_t>> counts = CountClasses(set, split.train);
  for (size_t label = 0; label < counts.size(); ++label)
    for (size_t value = 0; value < counts[label].size(); ++value) {
      if (counts[label][value] > 0) continue;
      if (!has_flags) Fail("class {:?}: expected examples to train on, got none", task.outputs[value]);
      Fail("label {:?}: expected training examples of {} and of {}, got none of {}", task.outputs[label], flags[0],
           flags[1], flags[value]);
    }
}

}  // namespace agront::data
