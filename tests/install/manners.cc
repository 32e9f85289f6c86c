// SPDX-License-Identifier: Apache-2.0
// Somebody else's program, whose signals, threads and standard error are its own: two threads share a model, a child
// uses it after a fork, a job is asked to stop.
#include <agront/embed.h>
#include <agront/model.h>
#include <agront/reporter.h>
#include <agront/tokenizer.h>
#include <agront/unmask.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

void Check(bool is_right, const char* what) {
  if (is_right) return;
  std::fprintf(stdout, "manners: %s\n", what);
  std::_Exit(1);
}

void OfTheProgram(int /*number*/) {}

std::vector<float> Embed(agront::Model& model, const std::string& bases) {
  agront::Batch batch;
  batch.Add(agront::Encode(bases).ids);
  return model.Run(batch, {.hidden = {{model.shape().layers}}}).hidden[0].data;
}

/// Counts what a job says, and stops it when it says so.
class Listener final : public agront::Reporter {
 public:
  explicit Listener(int updates) : most_(updates) {}
  void BeginStage(const agront::ProgressReport& progress) override { stage = progress.label; }
  void Update(const agront::ProgressReport& /*progress*/) override { ++updates; }
  void EndStage() noexcept override { ++ended; }
  void Warn(std::string_view text) override { warning = text; }
  bool ShouldStop() override { return updates >= most_; }

  std::string stage, warning;
  int updates = 0, ended = 0;

 private:
  int most_;
};

void ShareAModel(agront::Model& model, const std::string& bases) {
  const std::vector<float> expected = Embed(model, bases);
  std::vector<std::vector<float>> found(2);
  std::vector<std::thread> threads;
  for (auto& of_thread : found) threads.emplace_back([&] { of_thread = Embed(model, bases); });
  for (std::thread& thread : threads) thread.join();
  Check(found[0] == expected && found[1] == expected, "two threads: expected the same hidden states");
  const pid_t child = fork();
  if (child == 0) std::_Exit(Embed(model, bases) == expected ? 0 : 1);
  int status = 0;
  Check(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "after a fork: expected the same hidden states");
}

void StopAJob(const std::string& folder, const std::string& bases) {
  std::ofstream fasta(folder + "/u.fa");
  for (int i = 0; i < 5; ++i) fasta << ">s" << i << '\n' << bases << "U\n";
  fasta.close();
  const auto run = [&](Listener& listener) {
    agront::EmbedOptions options;
    options.input.fasta = folder + "/u.fa";
    options.job.output = folder + "/manners.npz";
    options.job.batch_tokens = 50;
    options.job.reporter = &listener;
    agront::Embed(options);
  };
  Listener stops(2);
  bool is_stopped = false;
  try {
    run(stops);
  } catch (const agront::Stopped&) {
    is_stopped = true;
  }
  Check(is_stopped && stops.updates == 2 && stops.ended == 1, "expected the job to stop at the second batch");
  Check(!std::filesystem::exists(folder + "/manners.npz"), "expected no output of a job that was stopped");
  Listener whole(1000);
  run(whole);
  Check(whole.stage == "embedding" && whole.updates == 5, "expected five batches");
  Check(whole.warning == "5 letters U were read as T", "expected a warning of the letters");
  Check(std::filesystem::exists(folder + "/manners.npz"), "expected an output");
}

}  // namespace

int main(int /*argc*/, char** argv) {
  const std::string folder = argv[1], said = folder + "/standard_error";
  Check(std::freopen(said.c_str(), "w", stderr) != nullptr, "cannot redirect standard error");
  signal(SIGINT, OfTheProgram);
  std::string bases;
  for (int i = 0; i < 40; ++i) bases += "ATTCCG";
  agront::Model model;
  ShareAModel(model, bases);
  StopAJob(folder, bases);
  agront::UnmaskOptions unmask;  // to standard output, whose provenance goes to a reporter
  unmask.input.fasta = folder + "/u.fa";
  unmask.every = true;
  agront::Unmask(unmask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1}) {
    struct sigaction now {};
    sigaction(number, nullptr, &now);
    Check(now.sa_handler == (number == SIGINT ? OfTheProgram : SIG_DFL), "expected the signals as they were");
  }
  std::fflush(stderr);
  Check(std::filesystem::file_size(said) == 0, "expected nothing on standard error");
  return 0;
}
