// SPDX-License-Identifier: Apache-2.0
#include "xla/attention_choice.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <random>

#include "agront/printable.h"
#include "base/error.h"
#include "device/xla/program_cache.h"
#include "xla/fused_attention.h"
#include "xla/programs.h"
#include "xla/row_packing.h"

namespace agront::xla {
namespace {

using device::xla::Buffer;
using device::xla::Element;

constexpr char kVariable[] = "AGRONT_DEVICE_ATTENTION";

// Both round to bfloat16 (2^-9 of a number) at three places, each at others. A mask that is off by a token is far
// above.
constexpr double kAgreement = 0x1p-6;

const RowShape kCheckedRows{2, 256};

/// Three sequences and padding, and two sequences.
std::vector<int32_t> CheckedSegments() {
  std::vector<int32_t> segments(static_cast<size_t>(kCheckedRows.rows * kCheckedRows.tokens), -1);
  const auto fill = [&](int begin, int end, int32_t segment) {
    std::fill(segments.begin() + begin, segments.begin() + end, segment);
  };
  fill(0, 100, 0);
  fill(100, 101, 1);
  fill(101, 240, 2);
  fill(256, 400, 3);
  fill(400, 512, 4);
  return segments;
}

double DifferenceOf(std::span<const float> got, std::span<const float> want) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    difference += std::pow(static_cast<double>(got[i]) - static_cast<double>(want[i]), 2);
    size += std::pow(static_cast<double>(want[i]), 2);
  }
  return std::sqrt(difference / size);
}

/// How far a kernel is from plain ops on the first device, as a norm over a norm. Throws Error.
double MeasureDifference(const device::xla::Device& device, const DeviceShape& shape, Precision precision,
                         AttentionKernel kernel, const Environment& environment) {
  const device::xla::Client& client = device.client();
  const std::vector<int32_t> segments = CheckedSegments();
  AttentionPlan plan{.kernel = kernel};
  if (kernel == AttentionKernel::kPacked) plan.segments = MostSegments(segments, kCheckedRows.tokens);

  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  const std::vector<int64_t> dims{kCheckedRows.rows, kCheckedRows.tokens, shape.inner()};
  std::vector<float> values(static_cast<size_t>(dims[0] * dims[1] * dims[2]));
  std::vector<Buffer> buffers;
  for (int i = 0; i < 3; ++i) {
    std::ranges::generate(values, [&] { return normal(random); });
    buffers.push_back(client.Upload(values.data(), Element::kFloat32, dims, 0));
  }
  const auto upload = [&](const std::vector<int32_t>& numbers, int64_t columns) {
    buffers.push_back(
        client.Upload(numbers.data(), Element::kInt32, std::vector<int64_t>{kCheckedRows.rows, columns}, 0));
  };
  upload(segments, kCheckedRows.tokens);
  if (kernel == AttentionKernel::kPacked) {
    const RowSegments list = SegmentsOfRows(segments, kCheckedRows.tokens, plan.segments, shape.inner());
    upload(list.lengths, plan.segments);
    upload(list.offsets, plan.segments + 1);
  }
  std::vector<const Buffer*> arguments;
  for (const Buffer& buffer : buffers) arguments.push_back(&buffer);

  device::xla::ProgramCache cache(client, device::xla::ProgramCacheFolder(environment));
  const auto results =
      cache.Get(AttentionCheckProgram(shape, precision, kCheckedRows, plan), {.replicas = 1}).Run({arguments});
  std::vector<float> plain(values.size()), fused(values.size());
  results[0][0].Read(dims, plain);
  results[0][1].Read(dims, fused);
  return DifferenceOf(fused, plain);
}

bool Agrees(double difference) { return difference < kAgreement; }  // not for NaN

/// The one that the variable names.
AttentionKernel NamedKernel(const std::string& name) {
  for (const AttentionKernel kernel : {AttentionKernel::kPlain, AttentionKernel::kPacked, AttentionKernel::kBias})
    if (name == NameOf(kernel)) return kernel;
  Fail("{}: expected auto, plain, packed or bias, got \"{}\"", kVariable, Printable(name));
}

void CheckNamed(const device::xla::Device& device, const DeviceShape& shape, Precision precision,
                AttentionKernel kernel, const Environment& environment) {
  if (precision != Precision::kBf16 || !TakesFusedAttention(shape))
    Fail("{}={}: expected --precision bf16, and heads of a multiple of 8 channels, 128 at most", kVariable,
         NameOf(kernel));
  double difference = 0;
  try {
    difference = MeasureDifference(device, shape, precision, kernel, environment);
  } catch (const Error& error) {
    Fail("{}={}: {}", kVariable, NameOf(kernel), error.what());
  }
  if (!Agrees(difference))
    Fail("{}={}: {}: expected what plain attention gives, within {:.3f} of its norm, got {:.3f}", kVariable,
         NameOf(kernel), device.Describe(), kAgreement, difference);
}

}  // namespace

const char* NameOf(AttentionKernel kernel) {
  switch (kernel) {
    case AttentionKernel::kPlain: return "plain";
    case AttentionKernel::kPacked: return "packed";
    case AttentionKernel::kBias: return "bias";
  }
  return "unknown";
}

std::vector<AttentionKernel> FusedCandidates(const std::string& platform, const std::string& compute_capability,
                                             const DeviceShape& shape, Precision precision) {
  constexpr int kAmpere = 8, kHopper = 9;
  int major = 0;
  std::from_chars(compute_capability.data(), compute_capability.data() + compute_capability.size(), major);
  if (platform != "cuda" || major < kAmpere || precision != Precision::kBf16 || !TakesFusedAttention(shape)) return {};
  if (major < kHopper) return {AttentionKernel::kBias};
  return {AttentionKernel::kPacked, AttentionKernel::kBias};
}

AttentionKernel ChooseAttention(const device::xla::Device& device, const DeviceShape& shape, Precision precision,
                                const Environment& environment) {
  if (const std::string asked = environment(kVariable); !asked.empty() && asked != "auto") {
    const AttentionKernel kernel = NamedKernel(asked);
    if (kernel != AttentionKernel::kPlain) CheckNamed(device, shape, precision, kernel, environment);
    return kernel;
  }
  const device::xla::Client& client = device.client();
  if (client.platform() != "cuda") return AttentionKernel::kPlain;
  const std::string capability = client.Attribute(0, "compute_capability");
  for (const AttentionKernel kernel : FusedCandidates(client.platform(), capability, shape, precision)) try {
      if (Agrees(MeasureDifference(device, shape, precision, kernel, environment))) return kernel;
    } catch (const Error& /*of a plugin without cuDNN, or with one that does not take the call*/) {
    }
  return AttentionKernel::kPlain;
}

}  // namespace agront::xla
