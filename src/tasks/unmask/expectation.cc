// SPDX-License-Identifier: Apache-2.0
#include "tasks/unmask/expectation.h"

#include <algorithm>
#include <numeric>

#include "inference/base_probabilities.h"
#include "inference/table_output.h"
#include "tokenizer/vocabulary.h"

namespace agront::tasks {
namespace {

constexpr int kDigits = 6;

void WriteKmers(const data::Entry& entry, size_t token, const Expectation& expectation, formats::TableWriter& table) {
  const int32_t id = entry.tokens.ids[token];
  int64_t rank = 0;
  for (const Expectation::Kmer& kmer : expectation.most_probable) {
    inference::WriteBases(table, entry.name, entry.placement.get(), entry.start + entry.tokens.begin[token],
                          entry.start + entry.tokens.end[token]);
    table.Integer(++rank);
    table.Text(tokenizer::TokenText(kmer.id));
    table.Number(kmer.probability, kDigits);
    if (id == tokenizer::kMaskId) {
      table.Missing();
      table.Missing();
    } else {
      table.Text(tokenizer::TokenText(id));
      table.Number(expectation.true_probability, kDigits);
    }
    table.EndRow();
  }
}

void WriteBasesOf(const data::Entry& entry, size_t token, const Expectation& expectation, formats::TableWriter& table) {
  const int32_t id = entry.tokens.ids[token];
  const std::string truth = tokenizer::TokenText(id);
  for (size_t position = 0; position < expectation.of_bases.size(); ++position) {
    const int64_t at = entry.start + entry.tokens.begin[token] + static_cast<int64_t>(position);
    inference::WriteBases(table, entry.name, entry.placement.get(), at, at + 1);
    if (id == tokenizer::kMaskId)
      table.Missing();
    else
      table.Text(truth.substr(position, 1));
    for (const double probability : expectation.of_bases[position]) table.Number(probability, kDigits);
    table.EndRow();
  }
}

}  // namespace

std::vector<std::string> UnmaskColumns(const UnmaskOptions& options) {
  return inference::ColumnsOfBases(
      "name", options.input.has_regions(),
      options.per_base ? std::vector<std::string>{"true", "A", "C", "G", "T"}
                       : std::vector<std::string>{"rank", "kmer", "probability", "true", "true_probability"});
}

Expectation Expect(const UnmaskOptions& options, std::span<const float> probabilities, int32_t id) {
  Expectation expectation;
  if (options.per_base) {
    expectation.of_bases = inference::BaseProbabilities(probabilities);
    return expectation;
  }
  std::vector<int32_t> best(tokenizer::kNumKmers);
  std::iota(best.begin(), best.end(), tokenizer::kFirstKmerId);
  const auto count = std::min<std::ptrdiff_t>(options.top, tokenizer::kNumKmers);
  std::partial_sort(best.begin(), best.begin() + count, best.end(), [&](int32_t a, int32_t b) {
    return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
  });
  for (std::ptrdiff_t k = 0; k < count; ++k) expectation.most_probable.push_back({best[k], probabilities[best[k]]});
  expectation.true_probability = probabilities[id];
  return expectation;
}

void WriteExpectation(const UnmaskOptions& options, const data::Entry& entry, size_t token,
                      const Expectation& expectation, formats::TableWriter& table) {
  if (options.per_base)
    WriteBasesOf(entry, token, expectation, table);
  else
    WriteKmers(entry, token, expectation, table);
}

}  // namespace agront::tasks
