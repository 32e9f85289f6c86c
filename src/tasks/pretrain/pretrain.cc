// SPDX-License-Identifier: Apache-2.0
#include "agront/pretrain.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <type_traits>

#include "base/error.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "data/corpus/corpus.h"
#include "device/cpu/instruction_set.h"
#include "model/checkpoints/model_identity.h"
#include "model/open_model.h"
#include "ranks/communicator.h"
#include "tasks/pretrain/plan.h"
#include "tasks/pretrain/report.h"
#include "tasks/pretrain/run_config.h"
#include "training/over_ranks.h"
#include "training/pretraining/masked_objective.h"
#include "training/run_folder.h"
#include "training/training_loop.h"

namespace agront {
namespace {

static_assert(std::is_trivially_copyable_v<tasks::Plan>);

std::unique_ptr<model::Checkpoint> OpenInitial(const std::string& init) {
  return init.empty() ? nullptr : model::OpenModel(init);
}

data::CorpusSelection SelectionOf(const PretrainData& asked, data::Part part) {
  data::CorpusSelection selection{.part = part};
  if (asked.fold >= 0) selection.without_fold = asked.fold;
  return selection;
}

/// A run from its start or its last checkpoint to its end.
class Run {
 public:
  Run(const PretrainOptions& options, training::RunFolder& folder, ranks::Communicator& ranks)
      : options_(options),
        ranks_(ranks),
        folder_(folder),
        start_(AgreedStart()),
        initial_(start_ > 0 ? model::Checkpoint::Open(folder_.CheckpointPath(start_)) : OpenInitial(options.init)),
        shape_(tasks::SettleShape(options_.shape, initial_.get())),
        corpus_(options.data.corpus, SelectionOf(options.data, data::Part::kTraining)) {
    CheckSameCorpus();
    Plan();
    sampler_.emplace(corpus_, WithWindows(plan_.batch_windows));
    OpenValidation();
    BuildModel();
  }

  void Train() {
    training::MaskedObjective objective(*model_, *sampler_,
                                        {.windows = plan_.batch_windows, .micro_batch = plan_.micro_batch},
                                        validation_ ? &*validation_ : nullptr, Facts(), ranks_, reporter());
    training::TrainingLoop loop(objective, folder_, ranks_, LoopSettings(), reporter());
    if (ranks_.rank() == 0) tasks::WriteConfig(folder_, options_);
    const bool is_finished = loop.Run();
    if (ranks_.rank() == 0) WriteReport();
    if (!is_finished) loop.ThrowStopped();
    const int64_t step = loop.progress().step;
    if (was_finished())
      reporter().Note(
          fmt::format("{}: finished before, with step {}; another -o starts a new run", folder_.path(), step));
    else
      reporter().Note(
          fmt::format("finished with step {} of {}: {}", step, options_.training.steps, folder_.CheckpointPath(step)));
  }

 private:
  Reporter& reporter() const { return ReporterOf(options_.job); }
  bool was_finished() const { return start_ >= options_.training.steps; }
  /// Who hears about the work; there is none in a run that was finished before.
  Reporter& NotesOfWork() const { return was_finished() ? OrSilent(nullptr) : reporter(); }

  /// The step of the last checkpoint, of a folder that no other process writes to.
  int64_t AgreedStart() {
    if (ranks_.rank() == 0) folder_.Lock();
    return training::LastCheckpoint(folder_, ranks_);
  }

  void CheckSameCorpus() {
    std::string first = corpus_.hash();
    ranks_.Broadcast(std::as_writable_bytes(std::span(first)));
    if (first != corpus_.hash())
      Fail("{}: expected the same corpus on all ranks, got {} here and {} on rank 0", corpus_.path(), corpus_.hash(),
           first);
  }

  /// Settles what the options leave to the machine: micro-batch, precision of the products, recomputation.
  void Plan() {
    const int64_t window_tokens =
        options_.data.window_tokens > 0 ? options_.data.window_tokens : corpus_.window_tokens();
    if (window_tokens > shape_.max_tokens())
      FailUsage("--window-tokens: expected at most the {} tokens that the model takes, got {}", shape_.max_tokens(),
                window_tokens);
    plan_ = tasks::MakePlan({.batch_tokens = options_.training.batch_tokens,
                             .window_tokens = window_tokens,
                             .masking_ratio = options_.masking.masking_ratio,
                             .products = options_.job.precision},
                            options_.memory, shape_, ranks_);
    ranks_.Broadcast(std::as_writable_bytes(std::span(&plan_, 1)));  // each rank measured another rate
    options_.memory.micro_batch = plan_.micro_batch;
    options_.job.precision = plan_.products;
    options_.memory.recompute = plan_.recompute ? Recompute::kOn : Recompute::kOff;
    NotesOfWork().Note(tasks::Describe(plan_, options_.training.steps, shape_));
  }

  data::SamplerOptions WithWindows(int64_t batch_windows) const {
    data::SamplerOptions sampling = tasks::SamplerOf(options_.data, options_.masking, options_.training.seed);
    sampling.batch_windows = batch_windows;
    return sampling;
  }

  void OpenValidation() {
    if (options_.records.validation_windows == 0) return;
    if (corpus_.num_windows_of_part(data::Part::kValidation) == 0) {
      return NotesOfWork().Note(
          fmt::format("{}: no windows for validation, so there is none; agront corpus --block-bp makes smaller blocks",
                      corpus_.path()));
    }
    validation_corpus_.emplace(options_.data.corpus, SelectionOf(options_.data, data::Part::kValidation));
    data::SamplerOptions sampling = WithWindows(options_.records.validation_windows);
    sampling.masking.repeat_weight = 1;
    validation_sampler_.emplace(*validation_corpus_, sampling);
    validation_.emplace(
        training::MaskedValidation{.corpus = *validation_corpus_,
                                   .sampler = *validation_sampler_,
                                   .windows = options_.records.validation_windows,
                                   .every = options_.records.validate_every,
                                   .steps = options_.training.steps,
                                   .show = [this](const training::Validation& validation, int64_t step,
                                                  double seconds) { Show(validation, step, seconds); }});
  }

  void BuildModel() {
    model_.emplace(
        shape_, model::TrainingOptions{.products = plan_.products, .recompute = plan_.recompute, .is_trainable = {}});
    if (start_ == 0 && initial_)
      model_->parameters().Load(*initial_);
    else if (start_ == 0)
      model_->parameters().InitializeRandomly(options_.training.seed);
    descent_ = DescentFrom(initial_.get());
    initial_.reset();
  }

  /// Metadata of all checkpoints of the run. A run that goes on takes them from its checkpoint, so they stay the same.
  std::map<std::string, std::string> DescentFrom(const model::Checkpoint* initial) const {
    std::map<std::string, std::string> descent;
    if (initial == nullptr) return descent;
    if (start_ == 0) {
      model::AddDescent(*initial, descent);
      return descent;
    }
    for (const char* key : {model::kAncestorsKey, model::kNoteKey})
      if (const auto found = initial->metadata().find(key); found != initial->metadata().end())
        descent[key] = found->second;
    return descent;
  }

  training::RunFacts Facts() const {
    return {.corpus = corpus_.path(),
            .corpus_hash = corpus_.hash(),
            .computation = {.ranks = ranks_.size(),
                            .threads = MaxThreads(),
                            .micro_batch = plan_.micro_batch,
                            .instruction_set = device::cpu::InstructionSetName()},
            .products = plan_.products,
            .metadata = descent_,
            .was_finished = was_finished()};
  }

  training::LoopSettings LoopSettings() const {
    const PretrainTraining& training = options_.training;
    return {.trainer = {.learning_rate = tasks::LearningRateOf(training),
                        .adamw = {.beta1 = training.beta1,
                                  .beta2 = training.beta2,
                                  .epsilon = training.epsilon,
                                  .weight_decay = training.weight_decay},
                        .clip_norm = training.clip_norm},
            .steps = training.steps,
            .checkpoint_every = options_.records.checkpoint_every,
            .kept_checkpoints = options_.records.keep,
            .max_skipped = training.max_skipped,
            .label = "pretraining"};
  }

  void Show(const training::Validation& validation, int64_t step, double step_seconds) {
    WriteReport();
    std::string note = fmt::format("step {}: validation loss {:.4f}, perplexity {:.1f}, accuracy {:.2f} %", step,
                                   validation.all.loss(), validation.all.perplexity(), 100 * validation.all.accuracy());
    if (step_seconds > 0)
      note += fmt::format("; steps run at {:.0f} GFLOP/s, matrix products alone at {:.0f}",
                          plan_.step_flops / step_seconds / 1e9, plan_.product_rate / 1e9);
    reporter().Note(note);
  }

  void WriteReport() {
    const auto note = descent_.find(model::kNoteKey);
    tasks::WriteTrainingReport(folder_, corpus_, shape_, tasks::Describe(options_),
                               note == descent_.end() ? "" : note->second);
  }

  PretrainOptions options_;
  ranks::Communicator& ranks_;
  training::RunFolder& folder_;
  int64_t start_;  // the step of the last checkpoint; 0: from the start
  std::unique_ptr<model::Checkpoint> initial_;
  ModelShape shape_;
  data::Corpus corpus_;
  std::optional<data::BatchSampler> sampler_;
  tasks::Plan plan_;
  std::optional<data::Corpus> validation_corpus_;
  std::optional<data::BatchSampler> validation_sampler_;
  std::optional<training::MaskedValidation> validation_;
  std::optional<model::TrainableAgroNT> model_;
  std::map<std::string, std::string> descent_;  // metadata of the checkpoints
};

}  // namespace

void Pretrain(const PretrainOptions& asked) {
  PretrainOptions options = asked;
  training::OverRanks(asked.job.reporter, [&](ranks::Communicator& ranks, Reporter& reporter) {
    options.job.reporter = &reporter;
    tasks::CheckOptions(options);
    if (options.job.output == "-") FailUsage("output: expected a folder for the run (-o), got standard output");
    CheckThreads(options.job.threads);
    const ThreadsOfCall threads(options.job.threads);
    if (options.job.threads == 0) SetThreads(std::max(1, MaxThreads() / ranks.local_size()));
    training::RunFolder folder(options.job.output);
    tasks::TakeOver(folder, options);
    Run(options, folder, ranks).Train();
  });
}

}  // namespace agront
