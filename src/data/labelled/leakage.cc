// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/leakage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "data/labelled/bases_hash.h"
#include "data/labelled/near_duplicates.h"
#include "formats/printable.h"

namespace agront::data {
namespace {

/// Hashes of bases on either strand, in order. Two different ones of ten million examples share a hash with a chance of
/// 3 in a million.
using Hashed = std::vector<std::pair<uint64_t, int64_t>>;

Hashed HashAll(const LabelledSet& set, std::span<const int64_t> examples) {
  Hashed hashed;
  for (const int64_t example : examples) hashed.emplace_back(HashEitherStrand(set.Bases(example), 0), example);
  std::ranges::sort(hashed);
  return hashed;
}

/// The first example of this hash; -1 when there is none.
int64_t FirstOf(const Hashed& hashed, uint64_t hash) {
  const auto found = std::ranges::lower_bound(hashed, hash, {}, &Hashed::value_type::first);
  return found != hashed.end() && found->first == hash ? found->second : -1;
}

struct Part {
  const char* name;
  const std::vector<int64_t>& examples;
  Hashed hashed;
};

/// The duplicates of examples in another part: the first equal one, else a near one.
std::vector<Duplicate> FindDuplicates(const LabelledSet& set, const Hashed& examples, const Part& other,
                                      double near_share) {
  std::vector<Duplicate> found;
  std::vector<int64_t> queries;
  for (const auto& [hash, example] : examples) {
    const int64_t equal = FirstOf(other.hashed, hash);
    if (equal >= 0)
      found.push_back({example, equal, 1, true});
    else
      queries.push_back(example);
  }
  const std::vector<Nearest> nearest = FindNearest(set, queries, other.examples, near_share);
  for (size_t i = 0; i < queries.size(); ++i)
    if (nearest[i].other >= 0) found.push_back({queries[i], nearest[i].other, nearest[i].shared, false});
  return found;
}

/// The duplicates in `other` that are of `part`.
PartLeak LeakOf(const LabelledSet& set, const Part& part, const Part& other, std::vector<Duplicate> found,
                size_t shown) {
  PartLeak leak;
  leak.part = part.name;
  leak.other_part = other.name;
  leak.examples = static_cast<int64_t>(part.examples.size());
  std::erase_if(found, [&](const Duplicate& each) { return !std::ranges::binary_search(part.examples, each.example); });
  leak.equal = std::ranges::count(found, true, &Duplicate::equal);
  leak.near = static_cast<int64_t>(found.size()) - leak.equal;
  // Equal ones first, then by what they share; in the order of the set where that is the same.
  std::ranges::sort(found, [](const Duplicate& a, const Duplicate& b) {
    return std::tuple(!a.equal, -a.shared, a.example) < std::tuple(!b.equal, -b.shared, b.example);
  });
  if (found.size() > shown) found.resize(shown);
  leak.shown = std::move(found);

  std::unordered_set<std::string_view> ids;
  std::unordered_set<std::string_view> groups;
  for (const int64_t example : other.examples) {
    ids.insert(set.id(example));
    groups.insert(set.group(example));
  }
  for (const int64_t example : part.examples) {
    leak.same_id += ids.contains(set.id(example)) ? 1 : 0;
    leak.same_group += !set.group(example).empty() && groups.contains(set.group(example)) ? 1 : 0;
  }
  return leak;
}

bool SameLabels(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b, [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

/// Counts the examples whose bases came before with other labels.
int64_t CountContradicting(const LabelledSet& set, const std::vector<Part>& parts) {
  Hashed all;
  for (const Part& part : parts) all.insert(all.end(), part.hashed.begin(), part.hashed.end());
  std::ranges::sort(all);
  int64_t count = 0;
  for (size_t i = 0, first = 0; i < all.size(); ++i) {
    if (all[i].first != all[first].first) first = i;
    count += SameLabels(set.labels(all[first].second), set.labels(all[i].second)) ? 0 : 1;
  }
  return count;
}

/// How many examples of a part also occur in the other one, or nearly.
std::string Shared(const PartLeak& leak) {
  if (leak.equal == 0)
    return fmt::format("no {} sequence also occurs in {} (on either strand), but {} of {} are near-duplicates",
                       leak.part, leak.other_part, leak.near, leak.examples);
  return fmt::format("{} of {} {} sequences also occur in {} (on either strand){}", leak.equal, leak.examples,
                     leak.part, leak.other_part,
                     leak.near > 0 ? fmt::format(", and {} are near-duplicates", leak.near) : "");
}

}  // namespace

LeakageReport FindLeaks(const LabelledSet& set, const Split& split, const LeakageOptions& options) {
  std::vector<Part> parts;
  parts.push_back({"train", split.train, HashAll(set, split.train)});
  parts.push_back({"valid", split.valid, HashAll(set, split.valid)});
  parts.push_back({"test", split.test, HashAll(set, split.test)});
  const Part& train = parts[0];
  const Part& valid = parts[1];
  const Part& test = parts[2];

  LeakageReport report;
  Hashed both = test.hashed;  // together, so that the training part is indexed once
  both.insert(both.end(), valid.hashed.begin(), valid.hashed.end());
  const std::vector<Duplicate> in_train = FindDuplicates(set, both, train, options.near_share);
  const std::vector<Duplicate> in_valid = FindDuplicates(set, test.hashed, valid, options.near_share);
  const auto add = [&](const Part& part, const Part& other, const std::vector<Duplicate>& found) {
    if (!part.examples.empty() && !other.examples.empty())
      report.leaks.push_back(LeakOf(set, part, other, found, options.shown));
  };
  add(test, train, in_train);
  add(test, valid, in_valid);
  add(valid, train, in_train);
  for (const Duplicate& each : in_train)
    if (std::ranges::binary_search(test.examples, each.example)) report.leaked_test.push_back(each.example);
  std::ranges::sort(report.leaked_test);
  for (size_t i = 1; i < train.hashed.size(); ++i)
    report.repeated_in_train += train.hashed[i].first == train.hashed[i - 1].first ? 1 : 0;
  report.contradicting = CountContradicting(set, parts);
  return report;
}

std::vector<std::string> Describe(const LeakageReport& report, const LabelledSet& set) {
  std::vector<std::string> sentences;
  for (const PartLeak& leak : report.leaks) {
    if (leak.equal + leak.near > 0) {
      const Duplicate& shown = leak.shown.front();
      sentences.push_back(fmt::format("{}, such as {} and {}", Shared(leak), formats::Printable(set.id(shown.example)),
                                      formats::Printable(set.id(shown.other))));
    }
    if (leak.same_id > 0)
      sentences.push_back(fmt::format("{} of {} {} examples have an id that is in {}", leak.same_id, leak.examples,
                                      leak.part, leak.other_part));
    if (leak.same_group > 0)
      sentences.push_back(fmt::format("{} of {} {} examples belong to a group that is in {}", leak.same_group,
                                      leak.examples, leak.part, leak.other_part));
  }
  if (report.repeated_in_train > 0)
    sentences.push_back(fmt::format("{} training examples repeat the sequence of another", report.repeated_in_train));
  if (report.contradicting > 0)
    sentences.push_back(
        fmt::format("{} examples repeat the sequence of another with other labels", report.contradicting));
  return sentences;
}

}  // namespace agront::data
