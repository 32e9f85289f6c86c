// SPDX-License-Identifier: Apache-2.0
#include "inference/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <new>
#include <vector>

#include "base/error.h"
#include "inference/precision.h"
#include "model/checkpoints/pulled_model.h"
#include "model/memory_plan.h"
#include "model/open_model.h"
#include "tensor/precision.h"
#include "xla/xla_encoder.h"

namespace agront::inference {
namespace {

namespace fs = std::filesystem;

/// What the files of a folder are at present: another name for the same ones is the same source, and files that were
/// written again are another one.
std::string KeyOfFolder(const std::string& folder) {
  std::error_code failed;
  const fs::path path = fs::canonical(folder, failed);
  if (failed) return folder;
  std::vector<std::string> files;
  for (auto entry = fs::recursive_directory_iterator(path, failed);
       !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    constexpr int kDepthOfModels = 1;  // JAX's have folders
    if (entry.depth() >= kDepthOfModels) entry.disable_recursion_pending();
    if (!entry->is_regular_file(failed)) continue;
    const auto written = entry->last_write_time(failed).time_since_epoch().count();
    files.push_back(fmt::format("{}:{}:{}", entry->path().string(), entry->file_size(failed), written));
  }
  std::ranges::sort(files);
  std::string key = path.string();
  for (const std::string& file : files) key += '\n' + file;
  return key;
}

std::shared_ptr<const device::xla::Device> DeviceOf(const EngineSource& source) {
  const device::xla::DeviceChoice choice = device::xla::ParseDevice(source.device);
  return choice.is_processor() ? nullptr : device::xla::OpenDevice(choice, ProcessVariable);
}

Precision PrecisionOn(const device::xla::Device* device, const EngineSource& source,
                      const model::Checkpoint& checkpoint) {
  if (device == nullptr) return ChoosePrecision(source.precision, checkpoint);
  const Precision precision = source.precision.value_or(xla::FastestPrecision(*device));
  xla::CheckPrecision(*device, precision);
  return precision;
}

std::string KeyOf(const EngineSource& source, Precision precision, const device::xla::Device* device) {
  const std::string model =
      model::IsEmbedded(source.model) ? "embedded" : KeyOfFolder(model::FolderOfModel(source.model));
  return fmt::format("{}\n{}\n{}\n{}", model, source.adapter.empty() ? "" : KeyOfFolder(source.adapter),
                     tensor::Name(precision), fmt::ptr(device));
}

}  // namespace

Engine::Engine(const EngineSource& source) : Engine(model::OpenModel(source.model, source.adapter), source) {}

Engine::Engine(std::unique_ptr<model::Checkpoint> checkpoint, const EngineSource& source)
    : checkpoint_(std::move(checkpoint)),
      device_(DeviceOf(source)),
      precision_(PrecisionOn(device_.get(), source, *checkpoint_)),
      shared_(Find(KeyOf(source, precision_, device_.get()))) {}

std::shared_ptr<Engine::Shared> Engine::Find(const std::string& key) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Shared>> open;
  const std::scoped_lock lock(mutex);
  std::erase_if(open, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<Shared>& found = open[key];
  std::shared_ptr<Shared> shared = found.lock();
  if (!shared) found = shared = std::make_shared<Shared>();
  return shared;
}

void Engine::ExpectLanguageModel() const {
  if (!checkpoint_->HasLanguageModelHead())
    Fail("{}: expected a masked language model, got one without a language-model head (tensor lm_head.decoder.weight)",
         checkpoint_->path());
}

void Engine::Load(int64_t batch_tokens) {
  if (device_) return Run([](const model::Encoder& /*which is made*/) {});  // it takes memory as its programs run
  const model::MemoryPlan plan = model::PlanMemory(*checkpoint_, precision_, batch_tokens);
  const std::scoped_lock lock(shared_->one_call);
  model::Encoder& encoder = Encoder();
  if (plan.rows <= shared_->planned_rows) return;
  try {
    encoder.Reserve(plan.rows);
  } catch (const std::bad_alloc&) {
    Fail("batch-tokens {}: expected {:.0f} MB of memory for activations, got less", batch_tokens,
         static_cast<double>(plan.activations) / 1e6);
  }
  shared_->planned_rows = plan.rows;
}

void Engine::Forward(const Batch& batch, const ForwardRequest& request, model::ForwardOutput& output) {
  Run([&](model::Encoder& encoder) { encoder.Forward(batch, request, output); });
}

void Engine::Run(const std::function<void(model::Encoder&)>& work) {
  const std::scoped_lock lock(shared_->one_call);
  work(Encoder());
}

model::Encoder& Engine::Encoder() {
  if (device_) device_->client().plugin().ExpectOwnProcess();
  if (!shared_->encoder && device_)
    shared_->encoder = xla::MakeXlaEncoder(device_, shape(), *checkpoint_, precision_, xla::PaddingOf(*device_));
  if (!shared_->encoder) shared_->encoder = model::MakeEncoder(shape(), *checkpoint_, precision_);
  return *shared_->encoder;
}

}  // namespace agront::inference
