// SPDX-License-Identifier: Apache-2.0
#include "agront/model.h"

#include <atomic>
#include <mutex>

#include "base/parallel.h"
#include "model/agront.h"
#include "model/embedded_model.h"
#include "ops/softmax/softmax.h"

namespace agront {
namespace {

std::atomic<int> common_threads = 0;

int ThreadsOr(int own) { return own > 0 ? own : common_threads.load(); }

Values Copy(const tensor::Matrix& matrix) {
  const auto values = matrix.view().values();
  return {matrix.rows(), matrix.cols(), {values.begin(), values.end()}};
}

}  // namespace

struct Model::State {
  std::unique_ptr<model::Checkpoint> checkpoint;
  model::AgroNT model;
  model::ForwardOutput output;
  std::atomic<int> threads = 0;
  std::mutex one_call;  // its activations are those of one batch

  State(std::unique_ptr<model::Checkpoint> opened, Precision precision)
      : checkpoint(std::move(opened)), model(checkpoint->shape(), *checkpoint, precision) {}
};

Model::Model(const std::string& name, Precision precision) {
  const ThreadsOfCall threads(ThreadsOr(0));
  state_ = std::make_unique<State>(model::OpenModel(name), precision);
}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const ModelShape& Model::shape() const { return state_->model.shape(); }

void Model::SetThreads(int threads) {
  CheckThreads(threads);
  state_->threads = threads;
}

ForwardResult Model::Run(const Batch& batch, const ForwardRequest& request) {
  const ThreadsOfCall threads(ThreadsOr(state_->threads));
  const std::scoped_lock lock(state_->one_call);
  state_->model.Forward(batch, request, state_->output);
  ForwardResult result;
  for (const tensor::Matrix& hidden : state_->output.hidden) result.hidden.push_back(Copy(hidden));
  for (const tensor::Matrix& map : state_->output.attention) result.attention.push_back(Copy(map));
  if (request.all_logits || !request.logit_rows.empty()) result.logits = Copy(state_->output.logits);
  return result;
}

void Softmax(Values& values) {
  const ThreadsOfCall threads(ThreadsOr(0));
  const tensor::MatrixView view{values.data.data(), values.rows, values.cols, values.rows};
  ops::SoftmaxForward(view, view);
}

void SetNumThreads(int threads) {
  CheckThreads(threads);
  common_threads = threads;
}

}  // namespace agront
