// SPDX-License-Identifier: Apache-2.0
// The one loop in which models work on input: it reads, computes and writes at the same time, and reports.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agront/reporter.h"
#include "base/progress.h"
#include "inference/engine.h"
#include "inference/overlapped.h"

namespace agront::inference {

struct HostOptions {
  std::string label;  ///< of the progress: "embedding"
  int64_t batch_tokens = 2048;
  Reporter& reporter;
  bool waits_for_reading = false;  ///< after an error, as the source reads memory of the caller
};

/// Reads batches from `source` to its end, and calls `compute` on this thread and then `write` with each, in order. The
/// next batch is read and the one before written meanwhile, on threads of their own: `write` must not touch what
/// `compute` uses, nor start loops over threads. The weights are read when the first batch is there, so what is wrong
/// with the input is said before. Throws Stopped when the reporter says stop.
///
/// A Source has a type Item, whose member `batch` has the tokens that the model takes, and the functions
/// `bool Next(Item&)` and `double Progress()`, the share of the input that was read. It may outlive an error by as long
/// as it reads.
template <class Result, class Source>
void RunBatches(Engine& engine, std::shared_ptr<Source> source, const HostOptions& options,
                const std::function<void(const typename Source::Item&, Result&)>& compute,
                const std::function<void(const typename Source::Item&, const Result&)>& write) {
  struct Work {
    typename Source::Item item;
    double share = 0;  // of the input, when this was read
    Result result;
  };
  Progress progress(options.reporter, options.label, "tokens");
  int64_t tokens = 0;
  bool is_loaded = false;
  RunOverlapped<Work>(
      [source](Work& work) {
        const bool has_more = source->Next(work.item);
        work.share = source->Progress();
        return has_more;
      },
      [&](Work& work) {
        if (!is_loaded) engine.Load(options.batch_tokens);
        is_loaded = true;
        compute(work.item, work.result);
        tokens += static_cast<int64_t>(work.item.batch.tokens.size());
        progress.Update(tokens, work.share);
      },
      [&](Work& work) { write(work.item, work.result); }, options.waits_for_reading);
}

}  // namespace agront::inference
