// SPDX-License-Identifier: Apache-2.0
// An objective of a few values, for tests of what trains it: its gradients are a function of the update, the rank and
// the values.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "ranks/communicator.h"
#include "training/objective.h"

namespace agront::training {

inline model::TrainingParameters FewParameters(const model::IsTrainable& is_trainable = {}) {
  return {{.vocabulary = 8, .hidden = 4, .heads = 1, .layers = 1, .ffn = 4, .positions = 8, .layer_norm_epsilon = 1},
          {{"matrix", 5, 7, "matrix", "", false},
           {"vector", 11, 0, "vector", "", false},
           {"other", 4, 4, "other", "", false}},
          is_trainable};
}

class FakeObjective final : public Objective {
 public:
  explicit FakeObjective(ranks::Communicator& ranks) : ranks_(ranks) {
    for (size_t i = 0; i < parameters_.values().size(); ++i) parameters_.values()[i] = std::sin(static_cast<float>(i));
  }

  /// What AddGradients gives instead of its own, where it is set.
  std::function<void(int64_t number, std::span<float> gradients, UpdateSums& sums)> change;
  std::function<bool(int64_t step)> validation_is_due = [](int64_t) { return false; };
  std::function<bool(int64_t step)> validation_ends = [](int64_t) { return true; };
  int64_t ends_after = -1;

  std::vector<int64_t> validated, written;
  mutable std::vector<int64_t> without_weight;

  model::TrainingParameters& parameters() override { return parameters_; }

  UpdateSums AddGradients(int64_t number, const model::GradientsReady& ready) override {
    last_ = number;
    const std::span<float> gradients = parameters_.gradients();
    for (size_t i = 0; i < gradients.size(); ++i)
      gradients[i] += parameters_.values()[i] + std::sin(static_cast<float>(number) * static_cast<float>(i + 1) +
                                                         static_cast<float>(ranks_.rank()));
    UpdateSums sums{.loss = static_cast<double>(6 * number), .weight = 2, .tokens = 10, .own = {1}};
    if (change) change(number, gradients, sums);
    const auto all = static_cast<int64_t>(gradients.size());
    ready(all / 3, all);  // as a backward pass does: the last ones first
    ready(0, all / 3);
    return sums;
  }
  void CheckWeight(int64_t number, const UpdateSums& /*sums*/) const override { without_weight.push_back(number); }
  void Describe(const UpdateSums& sums, nlohmann::ordered_json& line) const override { line["own"] = sums.own[0]; }
  bool IsValidationDue(int64_t step) const override { return validation_is_due(step); }
  bool Validate(int64_t step, double /*step_seconds*/, RunLog& log) override {
    if (!validation_ends(step)) return false;
    validated.push_back(step);
    log.AddValidation({{"step", step}, {"loss", 1.5}});
    return true;
  }
  bool EndsEarly() const override { return ends_after >= 0 && last_ >= ends_after; }

  void WriteCheckpoint(const std::string& folder, const RunProgress& progress, Optimizer& optimizer) override {
    written.push_back(progress.step);
    std::optional<formats::SafetensorsWriter> writer;
    const std::span<const float> values = std::as_const(parameters_).values();
    if (ranks_.rank() == 0) {
      std::filesystem::create_directories(folder);
      std::vector<formats::TensorEntry> entries = Optimizer::StateEntries(optimizer.size());
      entries.insert(entries.begin(), {"values", tensor::DType::kFloat32, {static_cast<int64_t>(values.size())}});
      writer.emplace(folder + "/all.safetensors", entries,
                     formats::SafetensorsOptions{.metadata = {{"step", std::to_string(progress.step)},
                                                              {"tokens", std::to_string(progress.tokens)},
                                                              {"skipped", std::to_string(progress.skipped)}}});
      writer->Write(std::as_bytes(values));
    }
    optimizer.Save(writer ? &*writer : nullptr);
    if (writer) writer->Commit();
  }

  RunProgress ReadCheckpoint(const std::string& folder, int64_t /*step*/, Optimizer& optimizer) override {
    const auto archive = formats::OpenSafetensors(folder + "/all.safetensors");
    const formats::TensorValues values = archive->Read(0);
    std::copy_n(values.data, parameters_.values().size(), parameters_.values().begin());
    optimizer.Load(*archive);
    const auto number = [&](const char* key) { return std::stoll(archive->metadata().at(key)); };
    last_ = number("step");
    return {.step = number("step"), .tokens = number("tokens"), .skipped = number("skipped")};
  }

 private:
  ranks::Communicator& ranks_;
  model::TrainingParameters parameters_ = FewParameters();
  int64_t last_ = 0;
};

}  // namespace agront::training
