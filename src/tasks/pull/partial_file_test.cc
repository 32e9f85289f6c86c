// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/partial_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/test_folder.h"
#include "tasks/pull/partial_owner.h"

namespace agront::pull {
namespace {

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

std::unique_ptr<PartialFile> Claim(const std::string& path) {
  Reporter silent;
  return PartialFile::Claim(path, silent, [] {});
}

/// The name's part of a process that ran a moment ago.
std::string DeadOwner() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  std::string owner = OwnerOfThisProcess();
  const size_t start = owner.rfind('-'), pid = owner.rfind('-', start - 1);
  return owner.substr(0, pid + 1) + std::to_string(child) + owner.substr(start);
}

TEST(PartialOwner, KnowsWhoLives) {
  EXPECT_EQ(LifeOf(OwnerOfThisProcess()), OwnerLife::kAlive);
  EXPECT_EQ(LifeOf(DeadOwner()), OwnerLife::kDead);
  EXPECT_EQ(LifeOf(OwnerOfThisProcess() + "1"), OwnerLife::kDead) << "another process with the same number";
  EXPECT_EQ(LifeOf("node7-" + OwnerOfThisProcess()), OwnerLife::kUnknown);
  for (const char* text : {"", "-", "a", "a-b-c-d", "a-1--1-1", "a-1-99999999999999-1"})
    EXPECT_EQ(LifeOf(text), OwnerLife::kUnknown) << text;
}

TEST(PartialOwner, AZombieIsDead) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string owner = OwnerOfThisProcess();
    if (write(ready[1], owner.data(), owner.size()) < 0) _exit(1);
    _exit(0);
  }
  char owner[200];
  const ssize_t length = read(ready[0], owner, sizeof owner);
  siginfo_t ended;
  waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);  // it has ended, and nobody has looked
  EXPECT_EQ(LifeOf(std::string(owner, static_cast<size_t>(length))), OwnerLife::kDead);
  waitpid(child, nullptr, 0);
}

TEST(PartialFile, OutlivesItsObjectAndIsTakenUpAgain) {
  const TestFolder folder;
  const std::string path = folder.path("file");
  Claim(path)->Append(Bytes("abc"));
  EXPECT_EQ(folder.Names().size(), 1U);
  const auto again = Claim(path);
  EXPECT_EQ(again->size(), 3U);
  again->Append(Bytes("def"));
  std::string read;
  again->ReadAll([&](std::span<const std::byte> bytes) {
    read.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  EXPECT_EQ(read, "abcdef");
  again->Publish();
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"file"});
  EXPECT_EQ(folder.Read("file"), "abcdef");
}

TEST(PartialFile, TakesTheLargestOfTheDeadAndCleansUp) {
  const TestFolder folder;
  const std::string dead = DeadOwner();
  folder.Write("file." + dead + kPartialSuffix, "large");
  folder.Write("file." + DeadOwner() + kPartialSuffix, "s");
  folder.Write("file." + DeadOwner() + ".incomplete", "of another program");
  folder.Write("file2." + DeadOwner() + kPartialSuffix, "of another file");
  const auto partial = Claim(folder.path("file"));
  EXPECT_EQ(partial->size(), 5U);
  partial->Publish();
  EXPECT_EQ(folder.Read("file"), "large");
  EXPECT_EQ(folder.Names().size(), 3U);
}

TEST(PartialFile, AThreadWaitsForAnother) {
  const TestFolder folder;
  const std::string path = folder.path("file");
  auto first = Claim(path);
  std::unique_ptr<PartialFile> second;
  std::thread thread([&] { second = Claim(path); });
  first->Append(Bytes("x"));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  first->Publish();
  first.reset();
  thread.join();
  EXPECT_EQ(second, nullptr);
  EXPECT_EQ(folder.Read("file"), "x");
}

TEST(PartialFile, WaitingEndsWhenItIsToldTo) {
  const TestFolder folder;
  const auto first = Claim(folder.path("file"));
  Reporter silent;
  EXPECT_THROW(PartialFile::Claim(folder.path("file"), silent, [] { throw Stopped(); }), Stopped);
  EXPECT_EQ(folder.Names().size(), 1U);
}

TEST(PartialFile, NoticesThatItWasTaken) {
  const TestFolder folder;
  const auto partial = Claim(folder.path("file"));
  partial->Append(Bytes("x"));
  std::filesystem::rename(folder.path(folder.Names()[0]), folder.path("elsewhere"));
  ExpectError([&] { partial->Append(Bytes("y")); }, "another process took the file over");
  ExpectError([&] { partial->Publish(); }, "another process took the file over");
  EXPECT_EQ(folder.Read("elsewhere"), "x");
}

}  // namespace
}  // namespace agront::pull
