// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/leakage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "data/labelled/bases_hash.h"
#include "data/labelled/near_duplicates.h"
#include "formats/printable.h"

namespace agront::data {
namespace {

/// Hashes of bases on either strand, in order. Of ten million examples two different ones share a hash with a chance of
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

PartLeak Compare(const LabelledSet& set, const Part& part, const Part& other, const LeakageOptions& options,
                 std::vector<int64_t>& leaked) {
  PartLeak leak;
  leak.part = part.name;
  leak.other_part = other.name;
  leak.examples = static_cast<int64_t>(part.examples.size());
  std::vector<Duplicate> found;
  std::vector<int64_t> queries;
  for (const auto& [hash, example] : part.hashed) {
    const int64_t equal = FirstOf(other.hashed, hash);
    if (equal >= 0)
      found.push_back({example, equal, 1});
    else
      queries.push_back(example);
  }
  leak.equal = static_cast<int64_t>(found.size());
  std::ranges::sort(queries);
  const std::vector<Nearest> nearest = FindNearest(set, queries, other.examples, options.near_share);
  for (size_t i = 0; i < queries.size(); ++i)
    if (nearest[i].other >= 0) found.push_back({queries[i], nearest[i].other, nearest[i].shared});
  leak.near = static_cast<int64_t>(found.size()) - leak.equal;
  for (const Duplicate& duplicate : found) leaked.push_back(duplicate.example);

  // Equal ones first, then by what they share; in the order of the set where that is the same.
  std::ranges::sort(found, [&](const Duplicate& a, const Duplicate& b) {
    return std::pair(-a.shared, a.example) < std::pair(-b.shared, b.example);
  });
  if (found.size() > options.shown) found.resize(options.shown);
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

/// Of examples with bases that come more than once, those that do not have the labels of the first.
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
  std::vector<int64_t> ignored;
  const auto compare = [&](const Part& part, const Part& other, std::vector<int64_t>& leaked) {
    if (!part.examples.empty() && !other.examples.empty())
      report.leaks.push_back(Compare(set, part, other, options, leaked));
  };
  compare(test, train, report.leaked_test);
  compare(test, valid, ignored);
  compare(valid, train, ignored);
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
      sentences.push_back(fmt::format(
          "of {} {} examples {} are equal to one in {} (on either strand) and {} near to one; such as {} and {}",
          leak.examples, leak.part, leak.equal, leak.other_part, leak.near, formats::Printable(set.id(shown.example)),
          formats::Printable(set.id(shown.other))));
    }
    if (leak.same_id > 0)
      sentences.push_back(fmt::format("{} of {} {} examples have an id that is in {}", leak.same_id, leak.examples,
                                      leak.part, leak.other_part));
    if (leak.same_group > 0)
      sentences.push_back(fmt::format("{} of {} {} examples are of a group that is in {}", leak.same_group,
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
