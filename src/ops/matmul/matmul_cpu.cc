// SPDX-License-Identifier: Apache-2.0
// Products with oneDNN: a primitive for each number of rows, made when first needed.
#include <algorithm>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "device/cpu/instruction_set.h"
#include "device/cpu/onednn.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/matmul.h"
#include "ops/op_times.h"

namespace agront::ops {
namespace {

using dnnl::memory;

// Larger products gain nothing, and more sizes would only cost kernels.
constexpr int64_t kMaxRows = 4096;
// The layout is asked for at this size; the kernels of all other sizes take the same one.
constexpr int64_t kLayoutRows = 1024;

using Type = memory::data_type;

memory::desc Dense(int64_t rows, int64_t cols, Type type) { return {{rows, cols}, type, memory::format_tag::ab}; }

int64_t RoundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

bool IsPlain(const memory::desc& desc) {
  return desc.data.format_kind == dnnl_blocked && desc.data.format_desc.blocking.inner_nblks == 0;
}

/// A product of `rows` rows with weights [in, out], whose type the input has, too.
dnnl::matmul::primitive_desc Describe(int64_t rows, const memory::desc& weights, Epilogue epilogue) {
  const int64_t in = weights.dims()[0];
  const int64_t out = weights.dims()[1];
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops after;
  if (epilogue == Epilogue::kGelu) after.append_eltwise(1.0f, dnnl::algorithm::eltwise_gelu_erf, 0.0f, 0.0f);
  if (epilogue == Epilogue::kAdd) after.append_sum(1.0f);
  attributes.set_post_ops(after);
  return {{Dense(rows, in, weights.data_type()), weights, Dense(1, out, Type::f32), Dense(rows, out, Type::f32)},
          attributes,
          device::cpu::OneDnnEngine()};
}

/// The layout that the kernels for weights [in, out] ask for.
memory::desc WantedLayout(int64_t in, int64_t out, Type type) {
  const memory::desc any({in, out}, type, memory::format_tag::any);
  return Describe(kLayoutRows, any, Epilogue::kNone).weights_desc();
}

/// Row by row, [out, in] as in most checkpoints.
memory::desc OutByIn(int64_t in, int64_t out, Type type) { return {{in, out}, type, memory::dims{1, in}}; }

memory Reordered(const memory& source, const memory::desc& layout) {
  memory target(layout, device::cpu::OneDnnEngine());
  dnnl::reorder(source, target).execute(device::cpu::OneDnnStream(), const_cast<memory&>(source), target);
  device::cpu::OneDnnStream().wait();
  return target;
}

tensor::AlignedBuffer<uint16_t> RoundWeights(const WeightView& view) {
  tensor::AlignedBuffer<uint16_t> rounded(static_cast<size_t>(view.out * view.in));
  std::vector<float> row(static_cast<size_t>(view.in));
  for (int64_t o = 0; o < view.out; ++o) {
    for (int64_t i = 0; i < view.in; ++i) row[i] = view.data[o * view.out_stride + i * view.in_stride];
    RoundToBf16(row, {rounded.data() + o * view.in, row.size()});
  }
  return rounded;
}

}  // namespace

int64_t PaddedRows(int64_t rows) {
  if (rows > kMaxRows) return rows / kMaxRows * kMaxRows + PaddedRows(rows % kMaxRows);
  if (rows <= 1) return rows;
  if (rows <= 8) return 8;
  if (rows <= 256) return RoundUp(rows, 32);
  return RoundUp(rows, rows <= 1024 ? 64 : 256);
}

struct PackedWeights::Plan {
  struct Product {
    dnnl::matmul primitive;
    memory scratch;
  };

  InputFormat input_format = InputFormat::kFloat32;
  memory::desc desc;                        // as oneDNN sees them in a product: [in, out]
  memory weights;                           // none when each product widens them
  std::shared_ptr<const void> owner;        // of the checkpoint's own values, when they are used as they are
  tensor::AlignedBuffer<uint16_t> rounded;  // [out, in] of those that each product widens
  std::vector<float> bias;
  mutable std::map<std::pair<int64_t, Epilogue>, Product> products;

  const Product& Find(int64_t rows, Epilogue epilogue) const {
    const auto key = std::pair(rows, epilogue);
    if (const auto found = products.find(key); found != products.end()) return found->second;
    const auto description = Describe(rows, desc, epilogue);
    Product product{dnnl::matmul(description), memory(description.scratchpad_desc(), device::cpu::OneDnnEngine())};
    return products.emplace(key, std::move(product)).first->second;
  }

  void PackFloat32(WeightView view) {
    const memory::desc wanted = WantedLayout(view.in, view.out, Type::f32);
    const memory::desc given({view.in, view.out}, Type::f32, memory::dims{view.in_stride, view.out_stride});
    const memory source(given, device::cpu::OneDnnEngine(), const_cast<float*>(view.data));
    // A product takes plain weights only when one of their strides is 1.
    if (IsPlain(wanted) && (view.in_stride == 1 || view.out_stride == 1)) {
      desc = given;
      weights = source;
      owner = std::move(view.owner);
      return;
    }
    desc = wanted;
    weights = Reordered(source, wanted);
  }

  void PackBf16(const WeightView& view) {
    rounded = RoundWeights(view);
    if (!device::cpu::HasBf16Products()) {
      desc = OutByIn(view.in, view.out, Type::f32);
      return;
    }
    input_format = InputFormat::kBFloat16;
    desc = WantedLayout(view.in, view.out, Type::bf16);
    const memory source(OutByIn(view.in, view.out, Type::bf16), device::cpu::OneDnnEngine(), rounded.data());
    weights = Reordered(source, desc);
    rounded = {};
  }

  /// The weights as the product wants them, good until the next call by this thread.
  memory Ready() const {
    if (rounded.size() == 0) return weights;
    thread_local tensor::AlignedBuffer<float> wide;
    if (wide.size() < rounded.size()) wide = tensor::AlignedBuffer<float>(rounded.size());
    WidenBf16({rounded.data(), rounded.size()}, {wide.data(), rounded.size()});
    return {desc, device::cpu::OneDnnEngine(), wide.data()};
  }
};

PackedWeights::PackedWeights() = default;
PackedWeights::~PackedWeights() = default;
PackedWeights::PackedWeights(PackedWeights&&) noexcept = default;
PackedWeights& PackedWeights::operator=(PackedWeights&&) noexcept = default;

PackedWeights::PackedWeights(WeightView view, std::span<const float> bias, Precision precision)
    : plan_(std::make_unique<Plan>()) {
  if (static_cast<int64_t>(bias.size()) != view.out)
    Fail("matmul: {} weight rows, but {} biases", view.out, bias.size());
  device::cpu::ChooseInstructionSet();
  plan_->bias.assign(bias.begin(), bias.end());
  switch (precision) {
    case Precision::kFp32: plan_->PackFloat32(std::move(view)); break;
    case Precision::kBf16: plan_->PackBf16(view); break;
  }
}

int64_t PackedWeights::in() const { return plan_->desc.dims()[0]; }
int64_t PackedWeights::out() const { return plan_->desc.dims()[1]; }
InputFormat PackedWeights::input_format() const { return plan_->input_format; }

std::string PackedWeights::KernelName(int64_t rows) const {
  return Describe(PaddedRows(rows), plan_->desc, Epilogue::kNone).impl_info_str();
}

void PackedWeights::Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const {
  if (x.cols() != in() || y.cols != out() || x.rows() != y.rows)
    Fail("matmul: x [{}, {}] and y [{}, {}] do not fit weights [{}, {}]", x.rows(), x.cols(), y.rows, y.cols, out(),
         in());
  if (x.format() != input_format()) Fail("matmul: x has another number format than the weights take");
  const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(y.rows) * static_cast<double>(in() * out()));
  const int64_t rows = PaddedRows(y.rows);
  if (std::min(x.stored_rows(), y.stored_rows) < rows)
    Fail("matmul: expected room for {} rows, got {}", rows, std::min(x.stored_rows(), y.stored_rows));

  const dnnl::engine& engine = device::cpu::OneDnnEngine();
  const memory weights = plan_->Ready();
  const auto* input = static_cast<const std::byte*>(x.data());
  for (int64_t done = 0; done < rows; done += kMaxRows) {
    const int64_t part = std::min(rows - done, kMaxRows);
    const Plan::Product& product = plan_->Find(part, epilogue);
    memory source(Dense(part, in(), plan_->desc.data_type()), engine,
                  const_cast<std::byte*>(input + static_cast<size_t>(done * in()) * x.element_bytes()));
    memory target(Dense(part, out(), Type::f32), engine, y.data + done * out());
    memory bias(Dense(1, out(), Type::f32), engine, plan_->bias.data());
    product.primitive.execute(device::cpu::OneDnnStream(), {{DNNL_ARG_SRC, source},
                                                            {DNNL_ARG_WEIGHTS, weights},
                                                            {DNNL_ARG_BIAS, bias},
                                                            {DNNL_ARG_DST, target},
                                                            {DNNL_ARG_SCRATCHPAD, product.scratch}});
    device::cpu::OneDnnStream().wait();
  }
}

}  // namespace agront::ops
