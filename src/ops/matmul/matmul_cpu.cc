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
#include "ops/matmul/matmul.h"
#include "ops/op_times.h"

namespace agront::ops {
namespace {

using dnnl::memory;

// Larger products gain nothing, and more sizes would only cost kernels.
constexpr int64_t kMaxRows = 4096;
// The layout is asked for at this size; the kernels of all other sizes take the same one.
constexpr int64_t kLayoutRows = 1024;

constexpr auto kFloat = memory::data_type::f32;

memory::desc Dense(int64_t rows, int64_t cols) { return {{rows, cols}, kFloat, memory::format_tag::ab}; }

int64_t RoundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

bool IsPlain(const memory::desc& desc) {
  return desc.data.format_kind == dnnl_blocked && desc.data.format_desc.blocking.inner_nblks == 0;
}

dnnl::matmul::primitive_desc Describe(int64_t rows, const memory::desc& weights, Epilogue epilogue) {
  const int64_t in = weights.dims()[0];
  const int64_t out = weights.dims()[1];
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops after;
  if (epilogue == Epilogue::kGelu) after.append_eltwise(1.0f, dnnl::algorithm::eltwise_gelu_erf, 0.0f, 0.0f);
  if (epilogue == Epilogue::kAdd) after.append_sum(1.0f);
  attributes.set_post_ops(after);
  return {{Dense(rows, in), weights, Dense(1, out), Dense(rows, out)}, attributes, device::cpu::OneDnnEngine()};
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

  memory::desc desc;  // as oneDNN sees them: [in, out]
  memory weights;
  std::shared_ptr<const void> owner;  // of the checkpoint's own values, when they are used as they are
  std::vector<float> bias;
  mutable std::map<std::pair<int64_t, Epilogue>, Product> products;

  const Product& Find(int64_t rows, Epilogue epilogue) const {
    const auto key = std::pair(rows, epilogue);
    if (const auto found = products.find(key); found != products.end()) return found->second;
    const auto description = Describe(rows, desc, epilogue);
    Product product{dnnl::matmul(description), memory(description.scratchpad_desc(), device::cpu::OneDnnEngine())};
    return products.emplace(key, std::move(product)).first->second;
  }
};

PackedWeights::PackedWeights() = default;
PackedWeights::~PackedWeights() = default;
PackedWeights::PackedWeights(PackedWeights&&) noexcept = default;
PackedWeights& PackedWeights::operator=(PackedWeights&&) noexcept = default;

PackedWeights::PackedWeights(WeightView view, std::span<const float> bias) : plan_(std::make_unique<Plan>()) {
  if (static_cast<int64_t>(bias.size()) != view.out)
    Fail("matmul: {} weight rows, but {} biases", view.out, bias.size());
  device::cpu::ChooseInstructionSet();
  const dnnl::engine& engine = device::cpu::OneDnnEngine();
  plan_->bias.assign(bias.begin(), bias.end());

  const memory::desc any({view.in, view.out}, kFloat, memory::format_tag::any);
  const memory::desc wanted = Describe(kLayoutRows, any, Epilogue::kNone).weights_desc();
  const memory::desc given({view.in, view.out}, kFloat, memory::dims{view.in_stride, view.out_stride});
  memory source(given, engine, const_cast<float*>(view.data));
  // A product takes plain weights only when one of their strides is 1.
  if (IsPlain(wanted) && (view.in_stride == 1 || view.out_stride == 1)) {
    plan_->desc = given;
    plan_->weights = source;
    plan_->owner = std::move(view.owner);
    return;
  }
  plan_->desc = wanted;
  plan_->weights = memory(wanted, engine);
  dnnl::reorder(source, plan_->weights).execute(device::cpu::OneDnnStream(), source, plan_->weights);
  device::cpu::OneDnnStream().wait();
}

int64_t PackedWeights::in() const { return plan_->desc.dims()[0]; }
int64_t PackedWeights::out() const { return plan_->desc.dims()[1]; }

std::string PackedWeights::KernelName(int64_t rows) const {
  return Describe(PaddedRows(rows), plan_->desc, Epilogue::kNone).impl_info_str();
}

void PackedWeights::Multiply(tensor::ConstMatrixView x, Epilogue epilogue, tensor::MatrixView y) const {
  if (x.cols != in() || y.cols != out() || x.rows != y.rows)
    Fail("matmul: x [{}, {}] and y [{}, {}] do not fit weights [{}, {}]", x.rows, x.cols, y.rows, y.cols, out(), in());
  const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(x.rows) * static_cast<double>(in() * out()));
  const int64_t rows = PaddedRows(x.rows);
  if (std::min(x.stored_rows, y.stored_rows) < rows)
    Fail("matmul: expected room for {} rows, got {}", rows, std::min(x.stored_rows, y.stored_rows));

  const dnnl::engine& engine = device::cpu::OneDnnEngine();
  for (int64_t done = 0; done < rows; done += kMaxRows) {
    const int64_t part = std::min(rows - done, kMaxRows);
    const Plan::Product& product = plan_->Find(part, epilogue);
    memory source(Dense(part, in()), engine, const_cast<float*>(x.data + done * in()));
    memory target(Dense(part, out()), engine, y.data + done * out());
    memory bias(Dense(1, out()), engine, plan_->bias.data());
    product.primitive.execute(device::cpu::OneDnnStream(), {{DNNL_ARG_SRC, source},
                                                            {DNNL_ARG_WEIGHTS, plan_->weights},
                                                            {DNNL_ARG_BIAS, bias},
                                                            {DNNL_ARG_DST, target},
                                                            {DNNL_ARG_SCRATCHPAD, product.scratch}});
    device::cpu::OneDnnStream().wait();
  }
}

}  // namespace agront::ops
