// SPDX-License-Identifier: Apache-2.0
// The demonstration: masks every 6-mer of a chloroplast genome, prints how well each kind of sequence was predicted,
// and draws the page.
//
//   agront-demo GENOME.fa.gz GENES.gff3.gz SIXMER_COUNTS.tsv PAGE.html
#include <agront/attention_maps.h>
#include <agront/error.h>
#include <agront/sequences.h>
#include <agront/tokenizer.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "page.h"
#include "projection.h"
#include "scatter.h"
#include "track.h"
#include "variants.h"

namespace agront::demo {
namespace {

constexpr int64_t kWindow = 240;
constexpr const char* kGeneOfTheMap = "psbA";
constexpr const char* kGeneOfTheVariants = "rbcL";

void ShowProgress(double share) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\rmasking every 6-mer once: %3.0f %%%s", 100 * share, share >= 1 ? "\n" : "");
}

const Feature& FindGene(const std::vector<Feature>& features, const std::string& name) {
  const auto gene = std::ranges::find(features, name, &Feature::gene);
  if (gene == features.end()) throw Error("expected a gene " + name);
  return *gene;
}

/// The attention map of the first bases of a gene, on its strand.
std::string DrawAttention(const Model& model, const SequenceRecord& record, const Feature& gene) {
  constexpr int64_t kBases = 360;
  std::string bases = record.bases.substr(static_cast<size_t>(gene.start), kBases);
  if (gene.reverse) bases = ReverseComplement(bases);
  const std::vector<std::string> titles = {gene.gene + ":0-360, layer 1, head 1"};
  return DrawAttentionMaps(AttentionMaps(model, {{.layer = 1, .head = 1}}).Of(bases), titles, Encode(bases).begin);
}

int Run(char** argv) {
  const std::string genome = argv[1];
  const SequenceRecord record = ReadFasta(genome).front();
  const auto length = static_cast<int64_t>(record.bases.size());
  const std::vector<Feature> features = ReadFeatures(argv[2]);
  const std::vector<Kind> kinds = KindOfBases(features, length);
  const Baseline baseline = ReadBaseline(argv[3]);

  const auto start = std::chrono::steady_clock::now();
  Model model;
  const std::vector<Prediction> predictions = PredictEverySixmer(model, record.bases, ShowProgress);
  PageContent page;
  page.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  page.genome = record.name;
  page.length = length;
  page.model =
      "The model is <b>agront-mini</b>, a small example of the architecture that was trained for this program on other "
      "plants. It is <b>not AgroNT</b>, which has 130 times as many parameters.";
  page.summary = Summarise(predictions, kinds, baseline);
  std::printf("%s, %lld bp, every 6-mer masked once, with the embedded example model (not AgroNT):\n\n%s\n",
              record.name.c_str(), static_cast<long long>(length), SummaryText(page.summary).c_str());

  page.track = DrawTrack(predictions, baseline, features, length);
  const Values embeddings = EmbedWindows(model, record.bases, kWindow);
  std::vector<Kind> window_kinds;
  for (int64_t i = 0; i < embeddings.rows; ++i)
    window_kinds.push_back(MajorityKind(kinds, i * kWindow, (i + 1) * kWindow));
  page.scatter = DrawScatter(PrincipalComponents(embeddings), window_kinds, kWindow);
  page.attention = DrawAttention(model, record, FindGene(features, kGeneOfTheMap));
  page.variants = DrawVariants(model, record, FindGene(features, kGeneOfTheVariants));
  page.variants_gene = kGeneOfTheVariants;
  page.attention_about =
      "Where one head of the first layer attends in 360 bp of psbA: each row is a query token, each column a key token. "
      "A line beside the diagonal shows that the head attends to a neighbour: the training of agront-mini started from "
      "such heads.";

  std::ofstream out(argv[4]);
  out << WritePage(page);
  out.close();
  if (!out) throw Error(std::string(argv[4]) + ": cannot write");
  std::printf("The page: %s\n", argv[4]);
  return 0;
}

}  // namespace
}  // namespace agront::demo

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::fprintf(stderr, "usage: agront-demo GENOME.fa.gz GENES.gff3.gz SIXMER_COUNTS.tsv PAGE.html\n");
    return 2;
  }
  return agront::demo::Run(argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "agront-demo: %s\n", error.what());
  return 1;
}
