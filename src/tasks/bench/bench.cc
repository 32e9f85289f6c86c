// SPDX-License-Identifier: Apache-2.0
#include "agront/bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/output_file.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "device/cpu/instruction_set.h"
#include "device/cpu/multiply_add_peak.h"
#include "inference/engine.h"
#include "inference/session.h"
#include "inference/start.h"
#include "model/block_products.h"
#include "ops/op_times.h"
#include "tensor/precision.h"
#include "tokenizer/vocabulary.h"
#include "xla/attention_choice.h"
#include "xla/product_rate.h"
#include "xla/xla_encoder.h"

namespace agront {
namespace {

constexpr double kPeakSeconds = 0.2;
constexpr double kGiga = 1e9;
constexpr int64_t kMostRowsOfProduct = 8192;  // tokens for which a device's products are measured

struct Samples {
  std::vector<double> values;
  double Median() const {
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    const size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
};

Batch RandomBatch(int64_t sequences, int64_t tokens) {
  std::mt19937 generator(1);
  std::uniform_int_distribution<int32_t> sixmer(tokenizer::kFirstKmerId,
                                                tokenizer::kFirstKmerId + tokenizer::kNumKmers - 1);
  Batch batch;
  std::vector<int32_t> sequence(static_cast<size_t>(tokens));
  for (int64_t s = 0; s < sequences; ++s) {
    std::ranges::generate(sequence, [&] { return sixmer(generator); });
    sequence.front() = tokenizer::kClassId;
    batch.Add(sequence);
  }
  return batch;
}

struct Measured {
  Samples seconds;
  Samples product_rate;  // operations a second of the products alone
  Samples peak;          // of multiply-adds in registers
  std::map<ops::OpKind, Samples> op_seconds;
  double flops = 0;    // of one pass
  int64_t memory = 0;  // bytes resident at most, the limits' own not counted
};

int64_t PeakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

/// One unit is a pass. The reporter can end the job after each.
class Passes {
 public:
  explicit Passes(const BenchOptions& options)
      : count_(options.repeat), progress_(ReporterOf(options.job), "measuring", "passes") {}
  void Done(int pass) { progress_.Update(pass + 1, static_cast<double>(pass + 1) / count_); }

 private:
  int count_;
  Progress progress_;
};

Measured Measure(model::Encoder& model, Precision precision, const Batch& batch, const BenchOptions& options) {
  using Clock = std::chrono::steady_clock;
  const ForwardRequest request{.hidden = {{model.shape().layers}}};
  model::ForwardOutput output;
  model.Forward(batch, request, output);
  Measured measured;
  measured.memory = PeakMemory();
  model::BlockProducts products(model.shape(), static_cast<int64_t>(batch.tokens.size()), precision);
  Passes passes(options);
  for (int i = 0; i < options.repeat; ++i) {
    ops::OpTotals totals{};
    const auto start = Clock::now();
    {
      const ops::CountOps count(totals);
      model.Forward(batch, request, output);
    }
    measured.seconds.values.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    measured.flops = 0;
    for (const ops::OpKind kind : ops::kOpKinds) {
      const ops::OpTotal& total = ops::TotalOf(totals, kind);
      measured.op_seconds[kind].values.push_back(total.seconds);
      measured.flops += total.flops;
    }
    measured.product_rate.values.push_back(products.MeasureRate());
    measured.peak.values.push_back(device::cpu::MeasureMultiplyAddPeak(kPeakSeconds));
    passes.Done(i);
  }
  return measured;
}

/// On the devices of a plugin, which do not count their ops.
Measured MeasureOnDevice(inference::Engine& engine, const BenchOptions& options) {
  const device::xla::Device& device = *engine.device();
  const Batch batch = RandomBatch(options.sequences, options.tokens);
  const ForwardRequest request{.hidden = {{engine.shape().layers}}};
  model::ForwardOutput output;
  engine.Forward(batch, request, output);
  Measured measured;
  measured.flops = xla::OperationsOfPass(engine.shape(), options.sequences, options.tokens);
  Passes passes(options);
  for (int i = 0; i < options.repeat; ++i) {
    const auto start = std::chrono::steady_clock::now();
    engine.Forward(batch, request, output);
    measured.seconds.values.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    passes.Done(i);
  }
  const int64_t rows = std::min(options.sequences * options.tokens, kMostRowsOfProduct);
  measured.product_rate.values = {xla::MeasureProductRate(device, engine.shape(), engine.precision(), rows)};
  for (int d = 0; d < device.count(); ++d) measured.memory = std::max(measured.memory, device.client().PeakMemory(d));
  return measured;
}

/// At most all of it: a limit is measured, too, and may come out low where the machine has other work.
double ShareOf(double limit, double rate) { return rate / std::max(limit, rate); }

/// Keys with their units, in the order of the text.
nlohmann::ordered_json Describe(const BenchOptions& options, const inference::Engine& engine,
                                const Measured& measured) {
  const double seconds = measured.seconds.Median();
  const double rate = measured.flops / seconds;
  nlohmann::ordered_json result;
  result["model"] = engine.checkpoint().path();
  result["precision"] = tensor::Name(engine.precision());
  if (const device::xla::Device* device = engine.device()) {
    result["device"] = device->Describe();
    result["device_plugin"] = device->client().plugin().name();
    result["attention"] = xla::NameOf(xla::ChooseAttention(
        *device, xla::DeviceShape(engine.shape(), xla::PaddingOf(*device)), engine.precision(), ProcessVariable));
  } else {
    result["instruction_set"] = device::cpu::InstructionSetName();
    result["threads"] = MaxThreads();
  }
  result["tokens"] = options.tokens;
  result["sequences"] = options.sequences;
  result["seconds"] = seconds;
  result["tokens_per_second"] = static_cast<double>(options.tokens * options.sequences) / seconds;
  result["gflops_per_second"] = rate / kGiga;
  result["product_gflops_per_second"] = measured.product_rate.Median() / kGiga;
  const bool is_processor = engine.device() == nullptr;
  if (is_processor) result["multiply_add_peak_gflops_per_second"] = measured.peak.Median() / kGiga;
  result["share_of_product_rate"] = ShareOf(measured.product_rate.Median(), rate);
  if (is_processor) {
    // The peak is float32's: products in fewer bits may do several times as much.
    const double peak = measured.peak.Median();
    result["share_of_multiply_add_peak"] = engine.precision() == Precision::kFp32 ? ShareOf(peak, rate) : rate / peak;
    double counted = 0;
    for (const auto& [kind, samples] : measured.op_seconds) {
      result["seconds_by_op"][std::string(ops::Name(kind))] = samples.Median();
      counted += samples.Median();
    }
    result["seconds_by_op"]["other"] = std::max(0.0, seconds - counted);
  }
  if (measured.memory > 0) result["peak_memory_bytes"] = measured.memory;
  return result;
}

std::string Text(const nlohmann::ordered_json& result) {
  std::string text;
  for (const auto& [key, value] : result.items()) {
    if (value.is_object())
      for (const auto& [part, seconds] : value.items())
        text += fmt::format("{}.{}: {:.4g}\n", key, part, seconds.get<double>());
    else if (value.is_number_float())
      text += fmt::format("{}: {:.4g}\n", key, value.get<double>());
    else
      text += fmt::format("{}: {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace

void Bench(const BenchOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  CheckWritable(options.job.output, options.job.force);
  inference::Engine engine(inference::SourceOf(options.job));
  const ModelShape& shape = engine.shape();
  if (options.tokens < 1 || options.tokens > shape.max_tokens())
    FailUsage("--tokens {}: expected 1 to {}", options.tokens, shape.max_tokens());
  if (options.sequences < 1) FailUsage("--sequences {}: expected at least 1", options.sequences);
  if (options.repeat < 1) FailUsage("--repeat {}: expected at least 1", options.repeat);
  Measured measured;
  if (engine.device() != nullptr)
    measured = MeasureOnDevice(engine, options);
  else
    engine.Run([&](model::Encoder& encoder) {
      measured = Measure(encoder, engine.precision(), RandomBatch(options.sequences, options.tokens), options);
    });
  const auto result = Describe(options, engine, measured);
  OutputFile output(options.job.output, options.job.force);
  output.Write(options.json ? result.dump(2) + "\n" : Text(result));
  output.Commit();
}

}  // namespace agront
