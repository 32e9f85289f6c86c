// SPDX-License-Identifier: Apache-2.0
// One pass of rows through the model, on all its devices: arguments in, programs, results to where the caller wants
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "agront/forward.h"
#include "model/encoder.h"
#include "xla/device_model.h"
#include "xla/row_packing.h"

namespace agront::xla {

/// Gives the outputs their shapes.
void PrepareOutput(const Batch& batch, const ForwardRequest& request, const ModelShape& shape,
                   model::ForwardOutput& output);

class RowPass {
 public:
  /// Rows [first, first + rows x devices) of the packed batch, as far as there are so many.
  RowPass(DeviceModel& model, const PackedRows& packed, const RowShape& rows, int64_t first, const Batch& batch);

  /// Sends the rows to the devices, which begin to compute, and returns. Throws Error, or DeviceFull.
  void Start(const ForwardRequest& request);

  /// Waits for the devices, and fills what the rows have of the outputs. Throws as Start.
  void Finish(const ForwardRequest& request, model::ForwardOutput& output);

 private:
  /// A sequence of the pass.
  struct Sequence {
    int64_t number = 0;  ///< in the batch
    int device = 0;
    int64_t row = 0;  ///< on its device
    int64_t begin = 0;
    int64_t offset = 0;  ///< of its first token in the batch
    int64_t length = 0;
  };
  /// A token that goes through the head, and the row of its logits in the output.
  struct ChosenToken {
    int64_t token = 0;  ///< of the rows of its device
    int64_t row = 0;
  };
  /// Attention maps of all heads.
  struct LayerOfRow {
    int64_t layer = 1;  ///< from 1
    int64_t row = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that "<" compares the result with for a pointer
    auto operator<=>(const LayerOfRow&) const = default;
  };

  /// The token i of a sequence, as a number in the rows of its device.
  int64_t TokenOf(const Sequence& sequence, int64_t i) const {
    return sequence.row * rows_.tokens + sequence.begin + i;
  }
  bool IsNormed(const HiddenLayer& wanted) const;
  /// Residual streams that are kept in the stack, as numbers of layers, and the place of one: behind all, if not kept.
  std::vector<int64_t> KeptLayers(const ForwardRequest& request) const;
  static int64_t PlaceOf(int64_t layer, const std::vector<int64_t>& kept);

  /// Numbers of each device, of one shape.
  DeviceBuffers Upload(const std::vector<std::vector<int32_t>>& numbers, const std::vector<int64_t>& dims) const;
  /// Lengths and offsets of the rows' sequences; nothing for kernels that do not take them.
  DeviceBuffers UploadBounds(const AttentionPlan& plan) const;
  DeviceBuffers RunEncoder(int64_t num_layers, const std::vector<int64_t>& kept);

  void TakeHidden(const ForwardRequest& request, model::ForwardOutput& output);
  std::vector<std::vector<ChosenToken>> ChosenTokens(const ForwardRequest& request) const;
  /// Begins to compute the logits of chosen tokens, `head_tokens_` of each device at a time.
  void StartHead(const ForwardRequest& request);
  void TakeLogits(model::ForwardOutput& output);
  std::vector<std::vector<LayerOfRow>> MapsOfDevices(const ForwardRequest& request) const;
  void TakeMaps(const ForwardRequest& request, model::ForwardOutput& output);
  void CopyMaps(const ForwardRequest& request, size_t device, const LayerOfRow& from, const device::xla::Buffer& maps,
                model::ForwardOutput& output);
  void ForSequencesOf(size_t device, const std::function<void(const Sequence&)>& work) const;

  DeviceModel& model_;
  RowShape rows_;
  std::vector<Sequence> sequences_;
  std::vector<std::vector<int32_t>> tokens_, positions_, segments_;  // [device][B T]
  std::vector<int64_t> kept_;                                        // KeptLayers
  DeviceBuffers segment_buffers_, encoded_;
  std::vector<std::vector<ChosenToken>> chosen_;  // of each device
  size_t head_tokens_ = 0;
  std::vector<DeviceBuffers> logits_;
};

}  // namespace agront::xla
