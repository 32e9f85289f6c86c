// SPDX-License-Identifier: Apache-2.0
// What the published page of AgroNT shows, with this library: get a model, tokenize a batch, run it, read
// embeddings_12.
//
//   embeddings [MODEL] [LAYER]     defaults: the embedded example model, its last layer
#include <agront/error.h>
#include <agront/model.h>
#include <agront/tokenizer.h>

#include <cstdio>
#include <string>

int main(int argc, char** argv) try {
  agront::Model model(argc > 1 ? argv[1] : "");
  const int64_t layer = argc > 2 ? std::stoll(argv[2]) : model.shape().layers;  // 12 on the published model

  agront::Batch batch;
  for (const char* bases : {"ATTCCGAAATCGCTGACCGATCGTACGAAA", "ATTTCTCTCTCTCTCTGAGATCGATCGATCGATATCTCTCGAGCTAGC"})
    batch.Add(agront::Encode(bases).ids);

  const agront::ForwardResult result = model.Run(batch, {.hidden = {{layer}}});
  const agront::Values& embeddings = result.hidden[0];  // [tokens of both sequences, channels]
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    // The mean over the tokens without <cls>, which is the first of each sequence.
    const int64_t begin = batch.offsets[s] + 1;
    const int64_t end = batch.offsets[s + 1];
    std::printf("sequence %lld: %lld tokens, mean of embeddings_%lld:", static_cast<long long>(s),
                static_cast<long long>(end - begin), static_cast<long long>(layer));
    for (int64_t c = 0; c < 4; ++c) {
      double sum = 0;
      for (int64_t i = begin; i < end; ++i) sum += embeddings.row(i)[c];
      std::printf(" %.5f", sum / static_cast<double>(end - begin));
    }
    std::printf(" ...\n");
  }
  return 0;
} catch (const agront::Error& error) {
  std::fprintf(stderr, "embeddings: %s\n", error.what());
  return 1;
}
