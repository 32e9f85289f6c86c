// SPDX-License-Identifier: Apache-2.0
// A model's threads: its own, whichever thread calls it, and one after a fork.
#include <gtest/gtest.h>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>
#include <vector>

#include "agront/error.h"
#include "agront/model.h"
#include "agront/tokenizer.h"

namespace agront {
namespace {

/// The last loop is LayerNorm's, over all threads: oneDNN's products take fewer when they are small, and OpenMP ends
/// the others.
std::vector<float> RunOnce(Model& model) {
  Batch batch;
  for (int i = 0; i < 40; ++i) batch.Add(Encode("ATTCCGAAATCGCTGACCGATCGTACGAAATTTCTCTCTNTC").ids);
  return model.Run(batch, {.hidden = {{model.shape().layers}}}).hidden[0].data;
}

int64_t ThreadsOfProcess() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

/// Threads of a caller that has ended are counted until the kernel has taken them away.
int64_t SettledThreads() {
  int64_t threads = ThreadsOfProcess();
  for (int same = 0; same < 4; ++same) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const int64_t now = ThreadsOfProcess();
    if (now != threads) same = 0;
    threads = now;
  }
  return threads;
}

/// How many threads a call in a new thread works with: OpenMP keeps those of each calling thread until it ends.
template <class Call>
int64_t ThreadsOf(const Call& call) {
  int64_t threads = 0;
  std::thread([&] {
    const int64_t before = SettledThreads();
    call();
    threads = SettledThreads() - before + 1;
  }).join();
  return threads;
}

TEST(Threads, AreTheModelsInEveryThreadThatCallsIt) {
#ifdef __clang__
  GTEST_SKIP() << "clang's OpenMP keeps the threads of a caller that ended for the next one: they cannot be counted";
#endif
  Model model;
  const std::vector<float> expected = RunOnce(model);
  for (const int threads : {5, 1, 3}) {
    model.SetThreads(threads);
    for (int turn = 0; turn < 2; ++turn) EXPECT_EQ(ThreadsOf([&] { EXPECT_EQ(RunOnce(model), expected); }), threads);
  }
  SetNumThreads(4);
  EXPECT_EQ(ThreadsOf([&] { RunOnce(model); }), 3);
  model.SetThreads(0);
  EXPECT_EQ(ThreadsOf([&] { RunOnce(model); }), 4);
  SetNumThreads(0);
}

TEST(Threads, ThatCallOneModelWaitForEachOther) {
  Model model;
  model.SetThreads(2);
  const std::vector<float> expected = RunOnce(model);
  std::vector<std::thread> callers;
  std::vector<int> right(4);
  for (int& count : right)
    callers.emplace_back([&model, &expected, &count] {
      for (int turn = 0; turn < 5; ++turn) count += RunOnce(model) == expected;
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, std::vector<int>(4, 5));
}

TEST(Threads, WithModelsOfTheirOwnWorkAtTheSameTime) {
  Model first;
  const std::vector<float> expected = RunOnce(first);
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i)
    callers.emplace_back([&expected, i] {
      Model model;
      model.SetThreads(i + 1);
      Values values{2, 2, {1, 1, 3, 3}};
      for (int turn = 0; turn < 3; ++turn) {
        EXPECT_EQ(RunOnce(model), expected);
        Softmax(values);
        EXPECT_EQ(values.data, std::vector<float>(4, 0.5F));
      }
    });
  for (std::thread& caller : callers) caller.join();
}

TEST(Threads, OfTheCallerStayAsTheyWere) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(7);
  Model model;
  model.SetThreads(2);
  RunOnce(model);
  EXPECT_EQ(omp_get_max_threads(), 7);
  omp_set_num_threads(before);
}

TEST(Threads, WithoutANumberAreNoMoreThanTheCallersOpenMP) {
#ifdef __clang__
  GTEST_SKIP() << "clang's OpenMP keeps the threads of a caller that ended for the next one: they cannot be counted";
#endif
  Model model;
  const auto run_limited = [&model] {
    omp_set_num_threads(1);
    RunOnce(model);
  };
  EXPECT_EQ(ThreadsOf(run_limited), 1);
}

TEST(Threads, ThatCannotBeAreRefused) {
  Model model;
  EXPECT_THROW(model.SetThreads(-1), UsageError);
  EXPECT_THROW(model.SetThreads(1025), UsageError);
  EXPECT_THROW(SetNumThreads(-1), UsageError);
}

TEST(Threads, AfterAForkAreOne) {
  constexpr int kSecondsUntilItHangs = 30;
  Model model;
  model.SetThreads(3);
  const std::vector<float> expected = RunOnce(model);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(kSecondsUntilItHangs);
    const bool is_same = RunOnce(model) == expected;
    _exit(is_same && ThreadsOfProcess() == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(RunOnce(model), expected);  // the parent goes on with three
}

}  // namespace
}  // namespace agront
