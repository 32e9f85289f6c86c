// SPDX-License-Identifier: Apache-2.0
// How much of the rows that go to a device is padding, for the regions of a genome:
//
//   row_padding GENOME.fa.gz GENES.gff3.gz gene [BATCH_TOKENS]
//
// Batches are those of `agront embed`, of BATCH_TOKENS tokens (those of an accelerator, unless it is said), and rows
// those of the encoder.
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "agront/device.h"
#include "base/error.h"
#include "inference/entries.h"
#include "xla/row_packing.h"

namespace agront {
namespace {

constexpr int64_t kMaxTokens = 1024;

void Measure(const InputOptions& input, int64_t batch_tokens) {
  inference::EntryBatches batches(data::EntryReader(data::OpenInput(input), kMaxTokens, input.overlap), batch_tokens);
  int64_t windows = 0, tokens = 0, room = 0, count = 0;
  for (data::EntryBatch item; batches.Next(item); ++count) {
    const xla::PackedRows packed = xla::PackRows(item.batch, kMaxTokens);
    windows += item.batch.sequences();
    tokens += item.batch.offsets.back();
    room += packed.rows * packed.tokens;
  }
  fmt::print("{} of {}: {} windows, {} tokens in {} batches of {} tokens, {} in rows: {:.2f} % padding\n",
             input.feature, input.genome, windows, tokens, count, batch_tokens, room,
             100 * (1 - static_cast<double>(tokens) / static_cast<double>(room)));
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  try {
    if (argc != 4 && argc != 5)
      agront::FailUsage("expected GENOME, GENES and a feature, and the tokens of a batch, got {} words", argc - 1);
    agront::Measure({.genome = argv[1], .regions = argv[2], .feature = argv[3]},
                    argc == 5 ? std::stol(argv[4]) : agront::BatchTokensOf("cuda"));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "row_padding: %s\n", error.what());
    return 1;
  }
}
