// SPDX-License-Identifier: Apache-2.0
#include "xla/xla_encoder.h"

#include <algorithm>

#include "base/error.h"
#include "model/forward_check.h"
#include "xla/attention_choice.h"
#include "xla/device_model.h"
#include "xla/row_pass.h"

namespace agront::xla {
namespace {

/// Rows of a pass on one device: more do not make its products faster.
constexpr int64_t kMostRows = 32;

class XlaEncoder final : public model::Encoder {
 public:
  XlaEncoder(std::shared_ptr<const device::xla::Device> device, const DeviceShape& shape, nn::ParameterSource& source,
             Precision precision, AttentionKernel attention)
      : model_(std::move(device), shape, source, precision, attention) {}

  const ModelShape& shape() const override { return model_.shape().model; }

  // Memory of a device is taken by its programs as they run.
  void Reserve(int64_t /*rows*/) override {}

  void Forward(const Batch& batch, const ForwardRequest& request, model::ForwardOutput& output) override {
    model::CheckRequest(batch, request, shape(), model_.has_head());
    model::CheckTokens(batch, shape());
    const PackedRows packed = PackRows(batch, shape().max_tokens());
    PrepareOutput(batch, request, shape(), output);
    const int devices = model_.device().count();
    for (int64_t first = 0; first < packed.rows;) {
      const int64_t rows = RowsOfPass(packed.rows - first, devices, most_rows_);
      if (RunPass(packed, first, rows, batch, request, output)) first += rows * devices;
    }
    model::CheckFiniteOutput(request, output);
  }

 private:
  /// Whether there was memory for it; else the next one is smaller.
  bool RunPass(const PackedRows& packed, int64_t first, int64_t rows, const Batch& batch, const ForwardRequest& request,
               model::ForwardOutput& output) {
    try {
      RowPass(model_, packed, {rows, packed.tokens}, first, batch).Run(request, output);
      return true;
    } catch (const device::xla::DeviceFull& full) {
      if (is_halved_ || rows == 1)
        Fail("{}: expected memory for {:.0f} MB of weights and a pass of {} rows of {} tokens, got less ({})",
             model_.device().Describe(), static_cast<double>(model_.weight_bytes()) / 1e6, rows, packed.tokens,
             full.what());
    }
    is_halved_ = true;
    most_rows_ = rows / 2;
    return false;
  }

  DeviceModel model_;
  int64_t most_rows_ = kMostRows;
  bool is_halved_ = false;
};

}  // namespace

Padding PaddingOf(const device::xla::Device& device) {
  if (device.is_processor()) return {};
  return {.channels = 16, .head = 8};
}

Precision FastestPrecision(const device::xla::Device& device) {
  return device.is_processor() ? Precision::kFp32 : Precision::kBf16;
}

void CheckPrecision(const device::xla::Device& device, Precision precision) {
  if (precision == Precision::kInt8)
    FailUsage("precision int8: {} computes in fp32 or bf16; int8 is for --device cpu", device.Describe());
}

std::unique_ptr<model::Encoder> MakeXlaEncoder(std::shared_ptr<const device::xla::Device> device,
                                               const ModelShape& shape, nn::ParameterSource& source,
                                               Precision precision, const Padding& padding) {
  CheckPrecision(*device, precision);
  const DeviceShape padded(shape, padding);
  const AttentionKernel attention = ChooseAttention(*device, padded, precision, ProcessVariable);
  return std::make_unique<XlaEncoder>(std::move(device), padded, source, precision, attention);
}

}  // namespace agront::xla
