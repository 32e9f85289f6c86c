// SPDX-License-Identifier: Apache-2.0
#include "xla/product_rate.h"

#include <chrono>
#include <vector>

#include "device/xla/executable.h"
#include "xla/programs.h"
#include "xla/xla_encoder.h"

namespace agront::xla {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

double MeasureProductRate(const device::xla::Device& device, const ModelShape& shape, Precision precision,
                          int64_t rows) {
  constexpr double kLeastSeconds = 0.2;
  const DeviceShape padded(shape, PaddingOf(device));
  const auto program = device::xla::Executable::Compile(device.client(), ProductProgram(padded, precision, rows),
                                                        {.replicas = device.count()});
  const auto element = precision == Precision::kBf16 ? device::xla::Element::kBFloat16 : device::xla::Element::kFloat32;
  const auto upload = [&](int64_t count, int d) {
    const std::vector<float> zeros(static_cast<size_t>(count * padded.hidden));
    const std::vector<int64_t> dims{count, padded.hidden};
    return device.client().Upload(zeros.data(), element, dims, d);
  };
  std::vector<device::xla::Buffer> inputs, weights;
  for (int d = 0; d < device.count(); ++d) {
    inputs.push_back(upload(rows, d));
    weights.push_back(upload(padded.ffn, d));
  }
  std::vector<std::vector<const device::xla::Buffer*>> arguments;
  for (size_t d = 0; d < inputs.size(); ++d) arguments.push_back({&inputs[d], &weights[d]});
  const auto run = [&] {
    float largest = 0;
    for (const auto& results : program.Run(arguments)) results.front().Read({}, {&largest, 1});
  };
  run();  // the first one is slower
  const auto start = Clock::now();
  int runs = 0;
  for (; SecondsSince(start) < kLeastSeconds; ++runs) run();
  const double operations =
      2.0 * static_cast<double>(rows) * static_cast<double>(padded.ffn) * static_cast<double>(padded.hidden);
  return operations * runs * device.count() / SecondsSince(start);
}

double OperationsOfPass(const ModelShape& shape, int64_t sequences, int64_t tokens) {
  const auto hidden = static_cast<double>(shape.hidden), ffn = static_cast<double>(shape.ffn);
  const double of_token = 2 * (4 * hidden * hidden + 2 * hidden * ffn) + 4 * static_cast<double>(tokens) * hidden;
  return of_token * static_cast<double>(shape.layers) * static_cast<double>(sequences * tokens);
}

}  // namespace agront::xla
