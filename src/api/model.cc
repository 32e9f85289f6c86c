// SPDX-License-Identifier: Apache-2.0
#include "agront/model.h"

#include <algorithm>
#include <atomic>

#include "api/model_access.h"
#include "base/parallel.h"
#include "base/usable_cores.h"
#include "ops/softmax/softmax.h"

namespace agront {
namespace {

std::atomic<int> common_threads = 0;

int NumberOr(int own) {
  if (own > 0) return own;
  if (const int common = common_threads; common > 0) return common;
  return std::min(MaxThreads(), UsableCores());
}

Values Copy(const tensor::Matrix& matrix) {
  const auto values = matrix.view().values();
  return {matrix.rows(), matrix.cols(), {values.begin(), values.end()}};
}

}  // namespace

struct Model::State {
  std::shared_ptr<inference::Engine> engine;
  model::ForwardOutput output;  // of the call that has the engine
  std::atomic<int> threads;

  State(std::shared_ptr<inference::Engine> opened, int number) : engine(std::move(opened)), threads(number) {}
  State(const State& other) : engine(other.engine), threads(other.threads.load()) {}
};

inference::Engine& ModelAccess::EngineOf(const Model& model) { return *model.state_->engine; }

ThreadsOfCall ModelAccess::ThreadsOr(int own) { return ThreadsOfCall(NumberOr(own)); }

ThreadsOfCall ModelAccess::ThreadsOf(const Model& model) { return ThreadsOfCall(NumberOr(model.state_->threads)); }

Model::Model(const ModelOptions& options) {
  CheckThreads(options.threads);
  const ThreadsOfCall threads(NumberOr(options.threads));
  auto engine = std::make_shared<inference::Engine>(inference::EngineSource{
      .model = options.model, .adapter = options.adapter, .precision = options.precision, .device = options.device});
  engine->Run([](model::Encoder& /*which is read now*/) {});
  state_ = std::make_unique<State>(std::move(engine), options.threads);
}
Model::~Model() = default;
Model::Model(const Model& other) : state_(std::make_unique<State>(*other.state_)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(const Model& other) {
  state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Model& Model::operator=(Model&&) noexcept = default;

const ModelShape& Model::shape() const { return state_->engine->shape(); }
Precision Model::precision() const { return state_->engine->precision(); }

std::string Model::Hash() const {
  std::string hash;
  state_->engine->Run(
      [&](model::Encoder& /*which no other thread has*/) { hash = state_->engine->checkpoint().RecordedHash().hex; });
  return hash;
}

void Model::SetThreads(int threads) {
  CheckThreads(threads);
  state_->threads = threads;
}

ForwardResult Model::Run(const Batch& batch, const ForwardRequest& request) const {
  const ThreadsOfCall threads(NumberOr(state_->threads));
  ForwardResult result;
  state_->engine->Run([&](model::Encoder& encoder) {
    model::ForwardOutput& output = state_->output;
    encoder.Forward(batch, request, output);
    for (const tensor::Matrix& hidden : output.hidden) result.hidden.push_back(Copy(hidden));
    for (const tensor::Matrix& map : output.attention) result.attention.push_back(Copy(map));
    if (request.all_logits || !request.logit_rows.empty()) result.logits = Copy(output.logits);
  });
  return result;
}

void Softmax(Values& values) {
  const ThreadsOfCall threads(NumberOr(0));
  const tensor::MatrixView view{values.data.data(), values.rows, values.cols, values.rows};
  ops::SoftmaxForward(view, view);
}

void SetNumThreads(int threads) {
  CheckThreads(threads);
  common_threads = threads;
}

}  // namespace agront
