// SPDX-License-Identifier: Apache-2.0
#include "agront/variant_scorer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "agront/error.h"
#include "agront/score.h"
#include "base/test_folder.h"

namespace agront {
namespace {

std::string RandomBases(size_t count) {
  std::mt19937 random(1);
  std::string bases(count, 'A');
  for (char& base : bases) base = "ACGT"[random() % 4];
  return bases;
}

const std::string kBases = RandomBases(600);
const VariantScorerOptions kAll{.scoring = {.scores = {VariantScore::kLlr, VariantScore::kMarginal, VariantScore::kPll},
                                            .frames = 6,
                                            .window_bp = 30,
                                            .pll_flank = 1}};
const VariantScorerOptions kFast{.scoring = {.scores = {VariantScore::kLlr}, .window_bp = 6}};

std::vector<SequenceRecord> Genome() { return {{"chr1", kBases}, {"chr2", "ACGTNNAC"}}; }

/// The base at a place becomes another one.
Variant Snv(int64_t start) {
  const char base = kBases[static_cast<size_t>(start)];
  return {"chr1", start, std::string(1, base), base == 'A' ? "C" : "A"};
}

std::vector<double> Numbers(const VariantScores& scores) {
  return {scores.llr, scores.llr_f6, scores.marginal, scores.marginal_f6, scores.pll};
}

TEST(VariantScorer, GivesWhatTheJobWrites) {
  const TestFolder folder;
  const std::string genome = folder.Write("genome.fa", ">chr1\n" + kBases + "\n>chr2\nACGTNNAC\n");
  std::vector<Variant> variants = {Snv(5), Snv(300), {"1", 400, kBases.substr(400, 3), kBases.substr(400, 1)}};
  variants.push_back({"chr1", 500, kBases.substr(500, 1), "<DEL>", 9});
  std::string vcf = "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  for (const Variant& variant : variants)
    vcf += fmt::format("{}\t{}\t.\t{}\t{}\t.\t.\tSVLEN={}\n", variant.sequence, variant.start + 1, variant.reference,
                       variant.alternative, variant.length);
  ScoreOptions job;
  job.job.output = folder.path("out.vcf");
  job.variants = folder.Write("in.vcf", vcf);
  job.genome = genome;
  job.scoring = kAll.scoring;
  Score(job);
  std::string lines = folder.Read("out.vcf");
  lines = lines.substr(lines.find("\nchr1\t"));
  const std::vector<ScoredVariant> scored = VariantScorer(Model(), genome, kAll).Score(variants);
  const std::vector<ScoredVariant> in_memory = VariantScorer(Model(), Genome(), kAll).Score(variants);
  ASSERT_EQ(scored.size(), variants.size());
  const auto text = [](double score) { return std::isnan(score) ? "." : fmt::format("{:.6g}", score); };
  for (size_t i = 0; i < scored.size(); ++i) {
    const VariantScores& scores = scored[i].scores;
    EXPECT_NE(lines.find(fmt::format("AGRONT_LLR={};AGRONT_LLR_F6={};AGRONT_MARGINAL={};AGRONT_MARGINAL_F6={};AGRONT_"
                                     "PLL={};AGRONT_STATUS={}\n",
                                     text(scores.llr), text(scores.llr_f6), text(scores.marginal),
                                     text(scores.marginal_f6), text(scores.pll), WordOf(scored[i].status))),
              std::string::npos)
        << i << lines;
    EXPECT_EQ(fmt::format("{}", fmt::join(Numbers(in_memory[i].scores), " ")),
              fmt::format("{}", fmt::join(Numbers(scores), " ")));
  }
  EXPECT_EQ(scored[0].status, VariantStatus::kScored);
  EXPECT_FALSE(std::isnan(scored[1].scores.marginal_f6));
  EXPECT_EQ(scored[2].status, VariantStatus::kUsePll);
  EXPECT_FALSE(std::isnan(scored[3].scores.pll));
}

TEST(VariantScorer, SaysWhyThereIsNoScore) {
  const VariantScorer scorer(Model(), Genome(), kFast);
  const auto status = [&](Variant variant) { return std::string(WordOf(scorer.Score({{variant}})[0].status)); };
  EXPECT_EQ(status({"chr9", 5, "A", "C"}), "unknown_contig");
  EXPECT_EQ(status({"chr1", -1, "A", "C"}), "beyond_contig");
  EXPECT_EQ(status({"chr1", std::numeric_limits<int64_t>::max(), "A", "C"}), "beyond_contig");
  EXPECT_EQ(status({"chr2", 0, "G", "C"}), "ref_differs");
  EXPECT_EQ(status({"chr2", 0, "A", "*"}), "star");
  EXPECT_EQ(status({"chr2", 0, "A", ""}), "invalid");
  EXPECT_EQ(status({"chr2", 0, "A", "<DEL>"}), "symbolic");
  EXPECT_EQ(status({"chr2", 4, "N", "C"}), "no_6mer");
  const VariantScorer checks(Model(), Genome(), {.scoring = {.scores = {}}});
  const std::vector<Variant> variants = {Snv(5), {"chr1", 5, "N", "R"}};
  const std::vector<ScoredVariant> checked = checks.Score(variants);
  EXPECT_EQ(checked[0].status, VariantStatus::kChecked);
  EXPECT_EQ(checked[1].status, VariantStatus::kAmbiguous);
  EXPECT_TRUE(std::isnan(checked[0].scores.llr));
}

TEST(VariantScorer, StreamsInOrder) {
  const VariantScorer scorer(Model(), Genome(), kFast);
  constexpr int64_t kCount = 1'200;
  std::vector<Variant> variants;
  for (int64_t i = 0; i < kCount; ++i) variants.push_back(Snv(i % 40));
  int64_t read = 0, seen = 0, most_waiting = 0;
  std::vector<double> scores;
  scorer.Score(
      [&](Variant& variant) {
        if (read == kCount) return false;
        variant = variants[static_cast<size_t>(read++)];
        return true;
      },
      [&](const Variant& variant, const ScoredVariant& scored) {
        EXPECT_EQ(variant.start, seen % 40);
        most_waiting = std::max(most_waiting, read - seen++);
        scores.push_back(scored.scores.llr);
      });
  EXPECT_EQ(seen, kCount);
  EXPECT_EQ(most_waiting, 1'000);
  const std::vector<ScoredVariant> at_once = scorer.Score(variants);
  for (size_t i = 0; i < at_once.size(); ++i) EXPECT_EQ(at_once[i].scores.llr, scores[i]) << i;
  EXPECT_TRUE(scorer.Score({}).empty());
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

TEST(VariantScorer, SaysWhatIsWrongAndGoesOn) {
  const Model model;
  ExpectThrow<UsageError>([&] { VariantScorer(model, Genome(), {.scoring = {.window_bp = 12}}); }, "window-bp");
  ExpectThrow<UsageError>([&] { VariantScorer(model, Genome(), {.batch_tokens = 0}); }, "batch-tokens");
  ExpectThrow<Error>([&] { VariantScorer(model, {{"a", "ACXT"}}); }, "sequence 0 (a): base 2");
  ExpectThrow<Error>([&] { VariantScorer(model, {{"a", "AC<mask>"}}); }, "got a <mask>");
  ExpectThrow<Error>([&] { VariantScorer(model, {{"a", "AC"}, {"a", "GT"}}); }, "sequence 1 (a): expected each name");
  ExpectThrow<Error>([&] { VariantScorer(model, "none.fa"); }, "none.fa");
  const VariantScorer scorer(model, Genome(), kFast);
  struct StopAtOnce : Reporter {
    bool ShouldStop() override { return true; }
  } stops;
  const std::vector<Variant> variants = {Snv(50)};
  EXPECT_THROW(scorer.Score(variants, &stops), Stopped);
  const auto fails = [](auto&&...) -> bool { throw std::runtime_error("of the caller"); };
  ExpectThrow<std::runtime_error>([&] { scorer.Score(fails, [](auto&&...) {}); }, "of the caller");
  int left = 1;
  const auto one = [&](Variant& variant) {
    variant = Snv(50);
    return left-- > 0;
  };
  ExpectThrow<std::runtime_error>([&] { scorer.Score(one, fails); }, "of the caller");
  EXPECT_FALSE(std::isnan(scorer.Score(variants)[0].scores.llr));
}

TEST(VariantScorer, SaysWhichNamesAreOthers) {
  struct Notes : Reporter {
    void Note(std::string_view text) override { said += text; }
    std::string said;
  } notes;
  const VariantScorer scorer(Model(), Genome(), kFast);
  Variant variant = Snv(50);
  variant.sequence = "Chr01";
  const std::vector<Variant> variants = {variant};
  EXPECT_EQ(scorer.Score(variants, &notes)[0].status, VariantStatus::kScored);
  EXPECT_NE(notes.said.find("Chr01 is chr1"), std::string::npos) << notes.said;
}

}  // namespace
}  // namespace agront
