// SPDX-License-Identifier: Apache-2.0
#include "agront/info.h"

#include <fmt/ranges.h>

#include <cmath>

#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "formats/printable.h"
#include "inference/precision.h"
#include "inference/provenance.h"
#include "inference/session.h"
#include "inference/start.h"
#include "model/checkpoints/model_hash.h"
#include "model/heads/classifier_files.h"
#include "model/open_model.h"
#include "tasks/info/device_list.h"
#include "tasks/info/known_answer.h"
#include "tasks/info/memory_text.h"
#include "tasks/info/precision_cost.h"

namespace agront {
namespace {

/// Throws at the first weight that is not finite, and returns how many there are.
int64_t CheckFinite(const model::Checkpoint& checkpoint) {
  int64_t values = 0;
  for (const model::Parameter& parameter : checkpoint.parameters()) {
    int64_t row_number = 0;
    ops::ForEachRow(checkpoint.Read(parameter), [&](std::span<const float> row) {
      for (size_t i = 0; i < row.size(); ++i)
        if (!std::isfinite(row[i]))
          Fail("{}: parameter {} [{}, {}]: expected a finite number, got {}", checkpoint.path(), parameter.name,
               row_number, i, row[i]);
      ++row_number;
      values += static_cast<int64_t>(row.size());
    });
  }
  return values;
}

std::string Line(std::string_view key, const std::string& value) { return fmt::format("{}: {}\n", key, value); }

std::string DescribeShape(const ModelShape& shape) {
  std::string text;
  text += Line("layers", std::to_string(shape.layers));
  text += Line("hidden", std::to_string(shape.hidden));
  text += Line("heads", fmt::format("{} of {} channels", shape.heads, shape.hidden / shape.heads));
  text += Line("ffn", std::to_string(shape.ffn));
  text += Line("vocabulary", std::to_string(shape.vocabulary));
  text += Line("window",
               fmt::format("{} tokens with <cls>, up to {} bp", shape.max_tokens(), 6 * (shape.max_tokens() - 1)));
  text += Line("layer_norm_epsilon", fmt::format("{}", shape.layer_norm_epsilon));
  return text;
}

}  // namespace

void Info(const InfoOptions& options) {
  if (options.devices) return tasks::ReportDevices(options.job);
  const ThreadsOfCall threads = inference::Start(options.job);
  if (options.verify_windows < 1) FailUsage("verify-windows: expected at least 1, got {}", options.verify_windows);
  CheckWritable(options.job.output, options.job.force);
  inference::CheckNotInput(options.job.output, options.input);
  const auto checkpoint = model::OpenModel(options.job.model);
  const ModelShape& shape = checkpoint->shape();
  const bool is_processor = options.job.device == "cpu";
  const Precision precision = is_processor ? inference::ChoosePrecision(options.job.precision, *checkpoint)
                                           : options.job.precision.value_or(Precision::kFp32);
  tasks::WindowSample sample;
  if (options.verify_precision)
    sample = tasks::ReadSample(options.input, options.verify_windows, shape.max_tokens(), options.job.batch_tokens);
  int64_t count = 0;
  for (const model::Parameter& parameter : checkpoint->parameters()) count += parameter.size();
  std::string text;
  const auto line = [&text](std::string_view key, const std::string& value) { text += Line(key, value); };

  line("program", inference::DescribeRun(options.job, *checkpoint).at("program"));
  line("model", checkpoint->path());
  if (model::IsExample(*checkpoint)) line("note", "a small example of the architecture, not AgroNT");
  line("source", checkpoint->source());
  line("dtype", checkpoint->DTypeNames());
  line("parameters", tasks::WithThousands(count));
  if (const auto head = model::ReadClassifier(*checkpoint))
    line("classifier", formats::Printable(fmt::format("{}: {}", model::Name(head->config.task.kind),
                                                      fmt::join(head->config.task.outputs, ", "))));
  if (!checkpoint->HasLanguageModelHead()) line("language_model_head", "none");
  text += DescribeShape(shape);
  if (is_processor) text += tasks::DescribeMemory(*checkpoint, precision, options.job.batch_tokens);

  Progress progress(ReporterOf(options.job), "hashing", "values");
  const std::string hash = model::ComputeModelHash(*checkpoint, {}, [&](int64_t done) {
    progress.Update(done, static_cast<double>(done) / static_cast<double>(count));
  });
  progress.End();
  line("model_hash", hash);
  if (const auto recorded = checkpoint->RecordedHash(); !recorded.of_header && recorded.hex != hash)
    Fail("{}: the file records model hash {}, its weights have {}", checkpoint->path(), recorded.hex, hash);
  if (const auto found = checkpoint->metadata().find(model::kSourceHashKey); found != checkpoint->metadata().end())
    line("converted_from", found->second);
  if (const auto unused = checkpoint->UnusedTensors(); !unused.empty())
    line("unused_tensors", fmt::format("{}", fmt::join(unused, ", ")));

  if (options.verify) {
    line("finite", fmt::format("all {} weights", tasks::WithThousands(CheckFinite(*checkpoint))));
    line("known_answer", tasks::CheckKnownAnswer(*checkpoint));
  }
  if (options.verify_precision) {
    std::vector<Precision> compared{precision};
    if (precision == Precision::kFp32) {
      compared = {Precision::kBf16};
      if (is_processor) compared.push_back(Precision::kInt8);
    }
    text += tasks::DescribePrecisionCost(*checkpoint, sample, compared, options.job);
  }
  OutputFile output(options.job.output, options.job.force);
  output.Write(text);
  output.Commit();
}

}  // namespace agront
