// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/onednn/onednn_product.h"

#include "ops/matmul/onednn/onednn_2.h"

namespace agront::ops {
namespace {

using dnnl::memory;

// The layout is asked for at this size; the kernels of all other sizes take the same one.
constexpr int64_t kLayoutRows = 1024;

memory::desc Dense(int64_t rows, int64_t cols, DataType type) { return {{rows, cols}, type, memory::format_tag::ab}; }

dnnl::matmul::primitive_desc Describe(int64_t rows, const memory::desc& weights, DataType input, DataType output,
                                      Epilogue epilogue) {
  const int64_t in = weights.dims()[0];
  const int64_t out = weights.dims()[1];
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attributes.set_post_ops(PostOpsOf(epilogue));
  const memory::desc x = Dense(rows, in, input);
  const memory::desc y = Dense(rows, out, output);
  const memory::desc bias = Dense(1, out, DataType::f32);
  return DescribeMatmul(x, weights, output == DataType::f32 ? &bias : nullptr, y, attributes);
}

}  // namespace

dnnl::post_ops PostOpsOf(Epilogue epilogue) {
  dnnl::post_ops after;
  if (epilogue == Epilogue::kGelu) after.append_eltwise(1.0f, dnnl::algorithm::eltwise_gelu_erf, 0.0f, 0.0f);
  if (epilogue == Epilogue::kAdd) after.append_sum(1.0f);
  return after;
}

memory::desc StoredOutByIn(int64_t in, int64_t out, DataType type) { return {{in, out}, type, memory::dims{1, in}}; }

void Reorder(memory source, memory target) {
  dnnl::reorder(source, target).execute(device::cpu::OneDnnStream(), source, target);
  device::cpu::OneDnnStream().wait();
}

memory Reordered(const memory& source, const memory::desc& layout) {
  memory target(layout, device::cpu::OneDnnEngine());
  Reorder(source, target);
  return target;
}

memory::desc OneDnnProduct::WantedLayout(int64_t in, int64_t out, DataType weights, DataType input, DataType output) {
  const memory::desc any({in, out}, weights, memory::format_tag::any);
  return Describe(kLayoutRows, any, input, output, Epilogue::kNone).weights_desc();
}

const OneDnnProduct::Primitive& OneDnnProduct::Find(int64_t rows, Epilogue epilogue) const {
  const auto key = std::pair(rows, epilogue);
  if (const auto found = primitives_.find(key); found != primitives_.end()) return found->second;
  const auto description = Describe(rows, weights_, input_, output_, epilogue);
  Primitive made{dnnl::matmul(description), memory(description.scratchpad_desc(), device::cpu::OneDnnEngine())};
  return primitives_.emplace(key, std::move(made)).first->second;
}

void OneDnnProduct::Execute(int64_t rows, Epilogue epilogue, const void* x, const memory& weights, const float* bias,
                            void* y) const {
  const int64_t in = weights_.dims()[0];
  const int64_t out = weights_.dims()[1];
  const dnnl::engine& engine = device::cpu::OneDnnEngine();
  const Primitive& primitive = Find(rows, epilogue);
  std::unordered_map<int, memory> arguments = {
      {DNNL_ARG_SRC, memory(Dense(rows, in, input_), engine, const_cast<void*>(x))},
      {DNNL_ARG_WEIGHTS, weights},
      {DNNL_ARG_DST, memory(Dense(rows, out, output_), engine, y)},
      {DNNL_ARG_SCRATCHPAD, primitive.scratch}};
  if (bias != nullptr)
    arguments.emplace(DNNL_ARG_BIAS, memory(Dense(1, out, DataType::f32), engine, const_cast<float*>(bias)));
  primitive.product.execute(device::cpu::OneDnnStream(), arguments);
  device::cpu::OneDnnStream().wait();
}

std::string OneDnnProduct::KernelName(int64_t rows) const {
  return Describe(rows, weights_, input_, output_, Epilogue::kNone).impl_info_str();
}

}  // namespace agront::ops
