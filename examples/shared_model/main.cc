// SPDX-License-Identifier: Apache-2.0
// Two threads share the weights of one model: one embeds a stream of sequences, the other scores masked bases until it
// is asked to stop.
//
//   shared_model [MODEL]     default: the embedded example model
#include <agront/embedder.h>
#include <agront/masked_likelihood.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <random>
#include <thread>

namespace {

/// Counts the batches of a job, and stops it when another thread says so.
struct Listener : agront::Reporter {
  void Update(const agront::ProgressReport& /*progress*/) override { ++updates; }
  bool ShouldStop() override { return stops; }
  std::atomic<bool> stops = false;
  int updates = 0;
};

agront::SequenceRecord RandomSequence(std::mt19937& random) {
  agront::SequenceRecord record;
  for (int i = 0; i < 600; ++i) record.bases += "ACGT"[random() % 4];
  return record;
}

}  // namespace

int main(int argc, char** argv) try {
  const agront::Model model(argc > 1 ? argv[1] : "");
  Listener of_scores, of_embeddings;
  std::thread scoring([&] {
    std::mt19937 random(1);
    const std::vector<std::string> sequences(1000, RandomSequence(random).bases);
    try {
      agront::MaskedLikelihood(model).PseudoLogLikelihoods(sequences, &of_scores);
    } catch (const agront::Stopped&) {
      std::printf("scoring stopped after %d batches\n", of_scores.updates);
    }
  });
  int left = 20;
  const auto source = [random = std::mt19937(2), left](agront::SequenceRecord& record) mutable {
    record = RandomSequence(random);
    return left-- > 0;
  };
  int rows = 0;
  agront::Embedder(model).Embed(
      source, [&](const agront::EmbeddedRows& /*row*/) { ++rows; }, &of_embeddings);
  of_scores.stops = true;
  scoring.join();
  std::printf("%d embeddings of %lld channels\n", rows, static_cast<long long>(model.shape().hidden));
  return rows == left ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "shared_model: %s\n", error.what());
  return 1;
}
