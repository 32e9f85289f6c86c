// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/partial_owner.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"

namespace agront::pull {
namespace {

struct Owner {
  std::string place;  ///< HOST-NAMESPACE
  int pid = 0;
  std::string start;
};

/// The machine and the namespace in which process numbers mean something.
std::string ThisPlace() {
  constexpr size_t kLongest = 40;
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  std::string place;
  for (const char c : std::string(name.data()).substr(0, kLongest))
    place += IsAsciiLetterOrDigit(c) || c == '.' ? c : '_';
  std::array<char, 64> link{};  // "pid:[4026531836]"
  const ssize_t length = readlink("/proc/self/ns/pid", link.data(), link.size());
  std::string number;
  for (ssize_t i = 0; i < length; ++i)
    if (link[i] >= '0' && link[i] <= '9') number += link[i];
  return place + "-" + (number.empty() ? "0" : number);
}

/// When a process started, in ticks since the machine did: another one with its number has another start. "0" if that
/// cannot be known, "" for one that has ended and only waits for its parent to look.
std::string StartOf(int pid) {
  constexpr int kFieldsBetween = 19;  // from the state behind the name to the start
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return "0";
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") return "";
  for (int i = 0; i < kFieldsBetween; ++i) fields >> field;
  return field.empty() ? "0" : field;
}

std::optional<Owner> Parse(const std::string& text) {
  const size_t start = text.rfind('-');
  if (start == std::string::npos || start == 0) return std::nullopt;
  const size_t pid = text.rfind('-', start - 1);
  if (pid == std::string::npos) return std::nullopt;
  Owner owner{.place = text.substr(0, pid), .pid = 0, .start = text.substr(start + 1)};
  const char* end = text.data() + start;
  const auto [parsed, error] = std::from_chars(text.data() + pid + 1, end, owner.pid);
  if (error != std::errc() || parsed != end || owner.pid <= 0) return std::nullopt;
  return owner;
}

}  // namespace

std::string OwnerOfThisProcess() { return fmt::format("{}-{}-{}", ThisPlace(), getpid(), StartOf(getpid())); }

OwnerLife LifeOf(const std::string& text) {
  const auto owner = Parse(text);
  if (!owner || owner->place != ThisPlace()) return OwnerLife::kUnknown;
  if (kill(owner->pid, 0) != 0 && errno == ESRCH) return OwnerLife::kDead;
  return StartOf(owner->pid) == owner->start ? OwnerLife::kAlive : OwnerLife::kDead;
}

std::string OwnerInWords(const std::string& text) {
  const auto owner = Parse(text);
  if (!owner) return "another process";
  return fmt::format("process {} on {}", owner->pid, Printable(owner->place.substr(0, owner->place.rfind('-')), 60));
}

}  // namespace agront::pull
