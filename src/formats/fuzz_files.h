// SPDX-License-Identifier: Apache-2.0
// Shared by the fuzzers: files in memory for parsers that take a path, and the contract of every parser.
#pragma once

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "agront/error.h"
#include "formats/unicode.h"

namespace agront::formats {

/// A folder in memory, where the system has such, that goes away with the object.
class FuzzFolder {
 public:
  FuzzFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto above = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (above / "agront_fuzz_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~FuzzFolder() { std::filesystem::remove_all(path_); }
  FuzzFolder(const FuzzFolder&) = delete;
  FuzzFolder& operator=(const FuzzFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string path(const std::string& name) const { return path_ + "/" + name; }

  std::string Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::string path_;
};

/// Ends the fuzzer, which keeps the input.
[[noreturn]] inline void Break(std::string_view promise, std::string_view got) {
  fmt::print(stderr, "broken promise: {}: {}\n", promise, got);
  abort();
}

inline void Expect(bool kept, std::string_view promise) {
  if (!kept) Break(promise, "");
}

/// A message is one line that a terminal can show, and short but for the paths of files.
inline void CheckMessage(std::string_view message) {
  constexpr size_t kLongest = 2000;
  if (message.empty() || message.size() > kLongest) Break("a short message", message);
  if (std::ranges::any_of(message, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    Break("a printable message", EscapedBytes(message));
  if (!DecodeUtf8(message)) Break("a message in UTF-8", EscapedBytes(message));
}

inline void CheckMessages(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) CheckMessage(message);
}

/// Runs a parser, which gives values or throws Error.
template <class Action>
void Parse(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    CheckMessage(error.what());
  }
}

inline std::string_view TextOf(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// An input of several files has them one after the other, with this line between.
inline constexpr std::string_view kNextFile = "\n=====\n";

/// So many files; the last ones are empty when the input has fewer.
inline std::vector<std::string_view> FilesOf(std::string_view text, size_t count) {
  std::vector<std::string_view> files;
  while (files.size() + 1 < count) {
    const size_t end = text.find(kNextFile);
    files.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + kNextFile.size());
  }
  files.push_back(text);
  return files;
}

}  // namespace agront::formats
