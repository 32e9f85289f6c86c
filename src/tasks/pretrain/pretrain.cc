// SPDX-License-Identifier: Apache-2.0
#include "agront/pretrain.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <type_traits>

#include "base/error.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/corpus/corpus.h"
#include "device/communicator.h"
#include "device/cpu/instruction_set.h"
#include "model/embedded_model.h"
#include "model/model_identity.h"
#include "tasks/pretrain/plan.h"
#include "tasks/pretrain/report.h"
#include "tasks/pretrain/run_config.h"
#include "training/checkpoint_files.h"
#include "training/event_log.h"
#include "training/over_ranks.h"
#include "training/run_folder.h"
#include "training/trainer.h"
#include "training/validation.h"

namespace agront {
namespace {

static_assert(std::is_trivially_copyable_v<tasks::Plan>);

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

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
  Run(const PretrainOptions& options, training::RunFolder& folder, device::Communicator& ranks)
      : options_(options),
        ranks_(ranks),
        folder_(folder),
        start_(AgreedStart()),
        initial_(start_ > 0 ? model::Checkpoint::Open(folder_.CheckpointPath(start_)) : OpenInitial(options.init)),
        shape_(tasks::SettleShape(options_.shape, initial_.get())),
        corpus_(options.data.corpus, SelectionOf(options.data, data::Part::kTraining)) {
    const int64_t window_tokens = options.data.window_tokens > 0 ? options.data.window_tokens : corpus_.window_tokens();
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
    NoteUnlessFinished(tasks::Describe(plan_, options_.training.steps, shape_));
    sampler_.emplace(corpus_, WithWindows(plan_.batch_windows));
    OpenValidation();
    model_.emplace(
        shape_, model::TrainingOptions{.products = plan_.products, .recompute = plan_.recompute, .is_trainable = {}});
    trainer_.emplace(*model_, *sampler_, ranks_,
                     training::TrainerSettings{.batch_windows = plan_.batch_windows,
                                               .micro_batch = plan_.micro_batch,
                                               .learning_rate = tasks::LearningRateOf(options_.training),
                                               .adamw = {.beta1 = options_.training.beta1,
                                                         .beta2 = options_.training.beta2,
                                                         .epsilon = options_.training.epsilon,
                                                         .weight_decay = options_.training.weight_decay},
                                               .clip_norm = options_.training.clip_norm});
    StartOrGoOn();
  }

  void Train() {
    const auto share = [&] { return static_cast<double>(state_.step) / static_cast<double>(options_.training.steps); };
    Progress progress(reporter(), "pretraining", "tokens", static_cast<int64_t>(state_.tokens), share(), true);
    int64_t skipped_in_a_row = 0;
    // Before the first step, to show what training adds; and a run that was stopped in its validation, or just before,
    // has a checkpoint of that step without one.
    bool stops = validated_ < state_.step && IsValidationDue() && !Validate();
    while (state_.step < options_.training.steps && !stops) {
      const auto start = Clock::now();
      const training::StepResult result = trainer_->Step(state_.step + 1);
      ++state_.step;
      state_.tokens += result.tokens;
      state_.skipped += result.is_skipped ? 1 : 0;
      skipped_in_a_row = result.is_skipped ? skipped_in_a_row + 1 : 0;
      step_seconds_ = SecondsSince(start);
      if (ranks_.rank() == 0) Log(training::kMetricsFile, "train", Describe(result));
      if (result.is_skipped) reporter().Note(fmt::format("step {}: the gradient is not finite; skipped", state_.step));
      if (skipped_in_a_row > options_.training.max_skipped)
        Fail(
            "{}: {} updates in a row had a gradient that is not finite, the last at step {}; a lower --learning-rate "
            "or --clip-norm 1 may help, from {}",
            folder_.path(), skipped_in_a_row, state_.step,
            folder_.Checkpoints().empty() ? "the start" : folder_.CheckpointPath(folder_.Checkpoints().back()));
      stops = training::AnyRankStops(reporter(), ranks_) || (IsValidationDue() && !Validate());
      const bool is_last = stops || state_.step == options_.training.steps;
      // While gradients are not finite the last good checkpoints are kept.
      if ((state_.step % options_.records.checkpoint_every == 0 || is_last) && skipped_in_a_row == 0) WriteCheckpoint();
      progress.Show(static_cast<int64_t>(state_.tokens), share());
    }
    progress.End();
    if (ranks_.rank() == 0) WriteReport();
    if (stops) {
      reporter().Note(
          fmt::format("stopped after step {} of {}; the same command goes on", state_.step, options_.training.steps));
      throw Stopped();
    }
    if (was_finished())
      reporter().Note(
          fmt::format("{}: finished before, with step {}; another -o starts a new run", folder_.path(), state_.step));
    else
      reporter().Note(fmt::format("finished with step {} of {}: {}", state_.step, options_.training.steps,
                                  folder_.CheckpointPath(state_.step)));
  }

 private:
  Reporter& reporter() const { return ReporterOf(options_.job); }
  bool was_finished() const { return start_ >= options_.training.steps; }
  void NoteUnlessFinished(const std::string& text) const {
    if (!was_finished()) reporter().Note(text);
  }

  data::SamplerOptions WithWindows(int64_t batch_windows) const {
    data::SamplerOptions sampling = tasks::SamplerOf(options_.data, options_.masking, options_.training.seed);
    sampling.batch_windows = batch_windows;
    return sampling;
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

  /// Rank 0 says which checkpoint is the last: where disks are not shared, others may have another one, or none.
  int64_t AgreedStart() {
    if (ranks_.rank() == 0) folder_.Lock();
    const std::vector<int64_t> checkpoints = folder_.Checkpoints();
    int64_t start = checkpoints.empty() ? 0 : checkpoints.back();
    ranks_.Broadcast(std::as_writable_bytes(std::span(&start, 1)));
    return start;
  }

  void CheckSameCorpus() {
    std::string first = corpus_.hash();
    ranks_.Broadcast(std::as_writable_bytes(std::span(first)));
    if (first != corpus_.hash())
      Fail("{}: expected the same corpus on all ranks, got {} here and {} on rank 0", corpus_.path(), corpus_.hash(),
           first);
  }

  void OpenValidation() {
    if (options_.records.validation_windows == 0) return;
    if (corpus_.num_windows_of_part(data::Part::kValidation) == 0) {
      return NoteUnlessFinished(
          fmt::format("{}: no windows for validation, so there is none; agront corpus --block-bp makes smaller blocks",
                      corpus_.path()));
    }
    validation_corpus_.emplace(options_.data.corpus, SelectionOf(options_.data, data::Part::kValidation));
    data::SamplerOptions sampling = WithWindows(options_.records.validation_windows);
    sampling.masking.repeat_weight = 1;
    validation_sampler_.emplace(*validation_corpus_, sampling);
  }

  void StartOrGoOn() {
    const training::Computation now = {.ranks = ranks_.size(),
                                       .threads = MaxThreads(),
                                       .micro_batch = plan_.micro_batch,
                                       .instruction_set = device::cpu::InstructionSetName()};
    state_.corpus_hash = corpus_.hash();
    if (start_ == 0) {
      if (initial_)
        model_->parameters().Load(*initial_);
      else
        model_->parameters().InitializeRandomly(options_.training.seed);
    } else {
      const std::string path = folder_.CheckpointPath(start_);
      state_ = training::ReadCheckpoint(path, start_, model_->parameters(), trainer_->optimizer());
      if (state_.corpus_hash != corpus_.hash())
        Fail("{}: expected the corpus that the run began with ({}), got another one ({})", corpus_.path(),
             state_.corpus_hash, corpus_.hash());
      NoteUnlessFinished("going on from " + path);
      const training::Computation& then = state_.computation;
      const std::string was = then.Rounding(plan_.products), is = now.Rounding(plan_.products);
      if (then.ranks > 0 && was != is)
        NoteUnlessFinished(fmt::format(
            "computed with {} until now, from here on with {}: the numbers are those of an uninterrupted run within "
            "rounding, not bit for bit",
            was, is));
    }
    state_.computation = now;
    descent_ = DescentFrom(initial_.get());
    initial_.reset();
    CheckSameCorpus();
    if (ranks_.rank() == 0) OpenFiles();
    ranks_.Broadcast(std::as_writable_bytes(std::span(&validated_, 1)));
  }

  void OpenFiles() {
    tasks::WriteConfig(folder_, options_);
    folder_.CutBack(training::kMetricsFile, state_.step);
    validated_ = folder_.CutBack(training::kValidationFile, state_.step);
    events_.emplace(folder_);
  }

  void Log(const char* file, const char* group, const nlohmann::ordered_json& line) {
    folder_.Append(file, line);
    events_->Add(group, line);
  }

  nlohmann::ordered_json Describe(const training::StepResult& result) const {
    nlohmann::ordered_json line = {{"step", state_.step},
                                   {"loss", result.loss},
                                   {"mask_loss", result.mask.loss()},
                                   {"mask_accuracy", result.mask.accuracy()},
                                   {"learning_rate", result.learning_rate},
                                   {"gradient_norm", result.gradient_norm},
                                   {"tokens", static_cast<int64_t>(state_.tokens)},
                                   {"seconds", step_seconds_},
                                   {"ranks", ranks_.size()}};
    if (result.is_skipped) line["skipped"] = true;
    return line;
  }

  bool IsValidationDue() const {
    return validation_sampler_ &&
           (state_.step % options_.records.validate_every == 0 || state_.step == options_.training.steps);
  }

  /// Whether it was done to its end, without a stop.
  bool Validate() {
    const std::optional<training::Validation> done = training::Validate(
        *model_, *validation_sampler_, validation_corpus_->num_species(), options_.records.validation_windows,
        plan_.micro_batch, ranks_, [&] { return reporter().ShouldStop(); });
    if (done && ranks_.rank() == 0) Log(*done);
    return done.has_value();
  }

  void Log(const training::Validation& validation) {
    const auto describe = [](const training::MaskQuality& quality) {
      return nlohmann::ordered_json{{"loss", quality.loss()},
                                    {"perplexity", quality.perplexity()},
                                    {"accuracy", quality.accuracy()},
                                    {"masks", quality.count}};
    };
    nlohmann::ordered_json line = {{"step", state_.step}};
    line.update(describe(validation.all));
    for (size_t i = 0; i < validation.by_species.size(); ++i)
      if (validation.by_species[i].count > 0)
        line["species"][validation_corpus_->species_name(static_cast<int>(i))] = describe(validation.by_species[i]);
    Log(training::kValidationFile, "validation", line);
    WriteReport();
    std::string note = fmt::format("step {}: validation loss {:.4f}, perplexity {:.1f}, accuracy {:.2f} %", state_.step,
                                   validation.all.loss(), validation.all.perplexity(), 100 * validation.all.accuracy());
    if (step_seconds_ > 0)
      note += fmt::format("; steps run at {:.0f} GFLOP/s, matrix products alone at {:.0f}",
                          plan_.step_flops / step_seconds_ / 1e9, plan_.product_rate / 1e9);
    reporter().Note(note);
  }

  void WriteReport() {
    const auto note = descent_.find(model::kNoteKey);
    tasks::WriteTrainingReport(folder_, corpus_, shape_, tasks::Describe(options_),
                               note == descent_.end() ? "" : note->second);
  }

  void WriteCheckpoint() {
    // The lines up to a checkpoint must not be lost when it is not.
    if (ranks_.rank() == 0)
      for (const char* file : {training::kMetricsFile, training::kValidationFile}) folder_.Sync(file);
    training::WriteCheckpoint(folder_.CheckpointPath(state_.step), state_, model_->parameters(), trainer_->optimizer(),
                              descent_, ranks_);
    if (ranks_.rank() == 0) folder_.RemoveOldCheckpoints(options_.records.keep);
  }

  PretrainOptions options_;
  device::Communicator& ranks_;
  training::RunFolder& folder_;
  int64_t start_;  // the step of the last checkpoint; 0: from the start
  std::unique_ptr<model::Checkpoint> initial_;
  ModelShape shape_;
  data::Corpus corpus_;
  std::optional<data::BatchSampler> sampler_;
  tasks::Plan plan_;
  std::optional<data::Corpus> validation_corpus_;
  std::optional<data::BatchSampler> validation_sampler_;
  std::optional<model::TrainableAgroNT> model_;
  std::optional<training::Trainer> trainer_;
  training::RunState state_;
  int64_t validated_ = -1;                      // the step of the last validation before this start; -1: none
  double step_seconds_ = 0;                     // of the last step; 0: none yet
  std::map<std::string, std::string> descent_;  // metadata of the checkpoints
  std::optional<training::EventLog> events_;    // of rank 0
};

}  // namespace

void Pretrain(const PretrainOptions& asked) {
  PretrainOptions options = asked;
  training::OverRanks(asked.job.reporter, [&](device::Communicator& ranks, Reporter& reporter) {
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
