// SPDX-License-Identifier: Apache-2.0
#include "xla/xla_encoder.h"

#include "base/error.h"
#include "model/forward_check.h"
#include "xla/attention_choice.h"
#include "xla/device_model.h"
#include "xla/row_pass.h"

namespace agront::xla {
namespace {

/// Rows of a pass on one device: more do not make its products faster. A batch of 32,768 tokens has four passes, so
/// that results are fetched while the next pass is computed.
constexpr int64_t kMostRows = 8;

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
    std::unique_ptr<RowPass> flying;                  // what the devices compute
    int64_t first = 0, next_of_flying = 0, done = 0;  // rows
    while (done < packed.rows) {
      const int64_t rows = first < packed.rows ? RowsOfPass(packed.rows - first, devices, most_rows_) : 0;
      try {
        std::unique_ptr<RowPass> next;
        if (rows > 0) {
          next = std::make_unique<RowPass>(model_, packed, RowShape{rows, packed.tokens}, first, batch);
          next->Start(request);
          first += rows * devices;
        }
        if (flying) {
          flying->Finish(request, output);
          done = next_of_flying;
        }
        flying = std::move(next);
        next_of_flying = first;
      } catch (const device::xla::DeviceFull& full) {
        flying.reset();
        first = done;  // what was in flight, too, is computed again
        Halve(RowsOfPass(packed.rows - done, devices, most_rows_), packed.tokens, full);
      }
    }
    model::CheckFiniteOutput(request, output);
  }

 private:
  /// The passes to come have half the rows of the one for which there was no memory. Throws Error the second time.
  void Halve(int64_t rows, int64_t tokens, const device::xla::DeviceFull& full) {
    if (is_halved_ || rows == 1)
      Fail("{}: expected memory for {:.0f} MB of weights and a pass of {} rows of {} tokens, got less ({})",
           model_.device().Describe(), static_cast<double>(model_.weight_bytes()) / 1e6, rows, tokens, full.what());
    is_halved_ = true;
    most_rows_ = rows / 2;
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
  if (precision == Precision::kTf32 && device.client().platform() != "cuda")
    FailUsage("precision tf32: {} computes in fp32 or bf16; NVIDIA's GPUs from Ampere on have tf32", device.Describe());
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
