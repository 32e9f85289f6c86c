// SPDX-License-Identifier: Apache-2.0
// Embedder, masked likelihood, predictor and attention maps, beside what the model itself gives.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "agront/attention_maps.h"
#include "agront/embedder.h"
#include "agront/error.h"
#include "agront/masked_likelihood.h"
#include "agront/predictor.h"

namespace agront {
namespace {

const std::string kShort = "ATTCCGAAATCGCTGACCGATCGTACGAAA";
const std::string kOdd = "ATTTCTCTCTNTCgattaca";

std::string Long(const Model& model) {
  std::string bases;
  uint32_t state = 1;
  while (static_cast<int64_t>(bases.size()) < 7 * model.shape().max_tokens()) {
    state = state * 1664525 + 1013904223;
    bases += "ACGT"[state >> 30];
  }
  return bases;
}

std::vector<double> MeanOf(const Model& model, const std::string& bases, int64_t layer) {
  Batch batch;
  batch.Add(Encode(bases).ids);
  const Values hidden = model.Run(batch, {.hidden = {{layer}}}).hidden[0];
  std::vector<double> mean(static_cast<size_t>(hidden.cols));
  for (int64_t i = 1; i < hidden.rows; ++i)
    for (size_t c = 0; c < mean.size(); ++c) mean[c] += hidden.row(i)[c] / static_cast<double>(hidden.rows - 1);
  return mean;
}

template <class Expected>
void ExpectThrow(const std::function<void()>& call, const std::string& says) {
  try {
    call();
    ADD_FAILURE() << "expected: " << says;
  } catch (const Expected& error) {
    EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
  }
}

struct StopAtOnce : Reporter {
  bool ShouldStop() override { return true; }
};

TEST(Embedder, GivesARowASequence) {
  const Model model;
  const Embedder embedder(model, {.layers = {{2}, {0}}});
  const std::vector<std::string> sequences = {kShort, kOdd, kShort};
  const std::vector<Values> layers = embedder.Embed(sequences);
  ASSERT_EQ(layers.size(), 2u);
  ASSERT_EQ(layers[1].rows, 3);
  for (int i = 0; i < 3; ++i) {
    const std::vector<double> expected = MeanOf(model, sequences[i], 2);
    for (size_t c = 0; c < expected.size(); ++c) EXPECT_NEAR(layers[0].row(i)[c], expected[c], 1e-4) << i << " " << c;
  }
}

TEST(Embedder, CutsWhatIsLongIntoWindows) {
  const Model model;
  const std::string bases = Long(model);
  std::vector<std::pair<int64_t, int64_t>> windows;
  int left = 1;
  const auto source = [&bases, left](SequenceRecord& record) mutable {
    record = {"chr1", bases};
    return left-- > 0;
  };
  Embedder(model, {.pooling = Pooling::kNone}).Embed(source, [&](const EmbeddedRows& rows) {
    EXPECT_EQ(rows.name, "chr1");
    EXPECT_EQ(static_cast<int64_t>(rows.layers[0].size()), rows.tokens * model.shape().hidden);
    windows.emplace_back(rows.start, rows.end);
  });
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_EQ(windows[0].first, 0);
  EXPECT_EQ(windows[0].second, windows[1].first);
  EXPECT_EQ(windows[1].second, static_cast<int64_t>(bases.size()));
  const std::vector<std::string> sequences = {bases};
  EXPECT_EQ(Embedder(model).Embed(sequences)[0].rows, 1);
  EXPECT_EQ(Embedder(model, {.per_record = false}).Embed(sequences)[0].rows, 2);
}

TEST(Embedder, SaysWhatIsWrongAndGoesOn) {
  const Model model;
  const Embedder embedder(model);
  ExpectThrow<UsageError>([&] { Embedder(model, {.layers = {{99}}}); }, "layer 99");
  ExpectThrow<UsageError>([&] { Embedder(model, {.batch_tokens = 0}); }, "batch-tokens");
  const std::vector<std::string> wrong = {kShort, "ACGTXA"}, empty = {"ACGT", ""};
  ExpectThrow<Error>([&] { embedder.Embed(wrong); }, "sequence 1: base 4: expected");
  ExpectThrow<Error>([&] { embedder.Embed(empty); }, "sequence 1: expected bases, got none");
  const std::vector<std::string> right = {kShort};
  StopAtOnce stops;
  EXPECT_THROW(embedder.Embed(right, &stops), Stopped);
  const auto fails = [](SequenceRecord&) -> bool { throw std::runtime_error("source"); };
  ExpectThrow<std::runtime_error>([&] { embedder.Embed(fails, [](const EmbeddedRows&) {}); }, "source");
  int left = 1;
  const auto one = [left](SequenceRecord& record) mutable {
    record.bases = kShort;
    return left-- > 0;
  };
  ExpectThrow<std::runtime_error>(
      [&] { embedder.Embed(one, [](const EmbeddedRows&) { throw std::runtime_error("sink"); }); }, "sink");
  EXPECT_EQ(embedder.Embed(right)[0].rows, 1);
  EXPECT_EQ(embedder.Embed({})[0].rows, 0);
}

TEST(MaskedLikelihood, IsTheSoftmaxWhereTokensAreMasked) {
  const Model model;
  const Tokens tokens = Encode(kShort);
  const std::vector<int64_t> sixmers = MaskedLikelihood::SixmersOf(tokens);
  ASSERT_EQ(sixmers, (std::vector<int64_t>{1, 2, 3, 4, 5}));
  const MaskedLikelihood alone(model, {.masking = Masking::kAlone});
  const std::vector<int64_t> asked = {4, 1};
  const Values found = alone.LogProbabilities(tokens, asked);
  for (int64_t i = 0; i < found.rows; ++i) {
    Batch batch;
    batch.Add(tokens.ids);
    batch.tokens[static_cast<size_t>(asked[i])] = kMaskTokenId;
    ForwardResult expected = model.Run(batch, {.logit_rows = {asked[i]}});
    Softmax(expected.logits);
    double sum = 0;
    for (int64_t v = 0; v < found.cols; ++v) {
      EXPECT_NEAR(std::exp(found.row(i)[v]), expected.logits.row(0)[v], 1e-5);
      sum += std::exp(static_cast<double>(found.row(i)[v]));
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  const Values marginals = BaseMarginals(found);
  ASSERT_EQ(marginals.rows, 12);
  for (int64_t i = 0; i < marginals.rows; ++i) {
    double sum = 0;
    for (const float p : marginals.row(i)) sum += p;
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(MaskedLikelihood, SumsToThePseudoLogLikelihood) {
  const Model model;
  const std::vector<std::string> sequences = {kShort, "ACGT", kOdd};
  for (const Masking masking : {Masking::kAlone, Masking::kSevenths}) {
    const MaskedLikelihood likelihood(model, {.masking = masking});
    const std::vector<double> found = likelihood.PseudoLogLikelihoods(sequences);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[1], 0);  // no full 6-mer
    for (const size_t i : {0u, 2u}) {
      const Tokens tokens = Encode(sequences[i]);
      const std::vector<int64_t> sixmers = MaskedLikelihood::SixmersOf(tokens);
      const Values rows = likelihood.LogProbabilities(tokens, sixmers);
      double sum = 0;
      for (size_t k = 0; k < sixmers.size(); ++k) sum += rows.row(static_cast<int64_t>(k))[tokens.ids[sixmers[k]]];
      EXPECT_NEAR(found[i], sum, 1e-3);
    }
  }
}

TEST(MaskedLikelihood, RefusesWhatIsNoSixmer) {
  const Model model;
  const MaskedLikelihood likelihood(model);
  const Tokens tokens = Encode(kOdd);
  const auto with = [&](std::vector<int64_t> indices) { likelihood.LogProbabilities(tokens, indices); };
  ExpectThrow<UsageError>([&] { with({0}); }, "token 0: expected a full 6-mer or a mask, got <cls>");
  ExpectThrow<UsageError>([&] { with({99}); }, "token 99");
  ExpectThrow<UsageError>([&] { with({1, 1}); }, "token 1: expected once");
  ExpectThrow<Error>([&] { BaseMarginals(Values{.rows = 1, .cols = 4, .data = {0, 0, 0, 0}}); }, "4105");
}

TEST(Predictor, GivesWhatTheTableOfTheTrainingHas) {
  const std::string data = std::string(AGRONT_SOURCE_DIR) + "/tests/data/v0.1/";
  const std::string base = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/model";
  const Predictor predictor(data + "finetuned", {.model = base});
  EXPECT_EQ(predictor.task().kind, TaskKind::kBinary);
  std::vector<std::string> ids, bases;
  for (const SequenceRecord& record : ReadFasta(data + "test.fa")) {
    ids.push_back(record.name.substr(0, record.name.find('|')));
    bases.push_back(record.bases);
  }
  const auto rows = predictor.Predict(bases);
  ASSERT_EQ(rows.size(), bases.size());
  std::ifstream table(data + "finetuned/predictions.tsv");
  size_t compared = 0;
  for (std::string line; std::getline(table, line);)
    for (size_t i = 0; i < ids.size(); ++i)
      if (line.starts_with(ids[i] + "\t")) {
        EXPECT_NEAR(rows[i][0], std::stod(line.substr(line.rfind('\t') + 1)), 1e-4) << line;
        ++compared;
      }
  EXPECT_EQ(compared, ids.size());

  std::vector<std::string> streamed;
  size_t next = 0;
  predictor.Predict(
      [&bases, next](SequenceRecord& record) mutable {
        if (next == bases.size()) return false;
        record.bases = bases[next++];
        return true;
      },
      [&](const PredictedRows& of) {
        streamed.emplace_back(of.name);
        EXPECT_EQ(of.values[0][0], rows[static_cast<size_t>(of.record)][0]);
        EXPECT_EQ(of.end[0], static_cast<int64_t>(bases[static_cast<size_t>(of.record)].size()));
      });
  EXPECT_EQ(streamed.size(), bases.size());
  const Predictor both(data + "finetuned", {.model = base, .strands = Strands::kBoth});
  std::vector<std::string> other;
  for (const std::string& of : bases) other.push_back(ReverseComplement(of));
  const auto mean = both.Predict(bases), of_other = predictor.Predict(other);
  for (size_t i = 0; i < bases.size(); ++i) EXPECT_NEAR(mean[i][0], (rows[i][0] + of_other[i][0]) / 2, 1e-6);
  ExpectThrow<Error>([] { Predictor("/no/such/folder"); }, "no such file");
}

TEST(AttentionMaps, AreRowsOfProbabilities) {
  const Model model;
  const std::vector<Values> maps = AttentionMaps(model, {{.layer = 1, .head = 1}, {.layer = 2, .head = 0}}).Of(kShort);
  ASSERT_EQ(maps.size(), 2u);
  ASSERT_EQ(maps[1].rows, 6);
  double sum = 0;
  for (const float p : maps[1].row(3)) sum += p;
  EXPECT_NEAR(sum, 1, 1e-6);
  ExpectThrow<UsageError>([&] { AttentionMaps(model, {{.layer = 1, .head = 99}}); }, "attention map 1:99");
  const std::vector<std::string> titles = {"a <b>", "c"};
  const std::string svg = DrawAttentionMaps(maps, titles);
  EXPECT_TRUE(svg.starts_with("<svg"));
  EXPECT_NE(svg.find("a &lt;b&gt;"), std::string::npos);
  EXPECT_NE(DrawAttentionMaps(maps, titles, Encode(kShort).begin).find("key (bp)"), std::string::npos);
  ExpectThrow<UsageError>([&] { DrawAttentionMaps(maps, {}); }, "2 maps and 0 titles");
  const std::vector<int64_t> begins = {0, 0};
  ExpectThrow<UsageError>([&] { DrawAttentionMaps(maps, titles, begins); }, "each of 6 tokens, got 2");
}

TEST(Sequences, HaveAnotherStrand) {
  EXPECT_EQ(ReverseComplement("acgtNRu<mask>G"), "C<mask>ANNACGT");
  EXPECT_THROW(ReverseComplement("ACX"), Error);
}

}  // namespace
}  // namespace agront
