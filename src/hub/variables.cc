// SPDX-License-Identifier: Apache-2.0
#include "hub/variables.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"
#include "base/text_file.h"

namespace agront::hub {
namespace {

std::string Home(const Environment& environment) {
  if (std::string home = environment("HOME"); !home.empty()) return home;
  const passwd* user = getpwuid(getuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
}

/// $NAME and ${NAME}; a variable that is not set stays as it is written, as Python has it.
std::string WithVariables(const std::string& text, const Environment& environment) {
  std::string expanded;
  for (size_t i = 0; i < text.size();) {
    const bool braced = text.compare(i, 2, "${") == 0;
    const size_t begin = i + (braced ? 2 : 1);
    size_t end = begin;
    while (end < text.size() && (IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) ++end;
    const bool is_name = text[i] == '$' && end > begin && (!braced || (end < text.size() && text[end] == '}'));
    const size_t next = is_name ? end + (braced ? 1 : 0) : i + 1;
    const std::string value = is_name ? environment(text.substr(begin, end - begin).c_str()) : "";
    expanded += value.empty() ? text.substr(i, next - i) : value;
    i = next;
  }
  return expanded;
}

std::string Expanded(std::string path, const Environment& environment) {
  if (path == "~" || path.starts_with("~/")) path.replace(0, 1, Home(environment));
  return WithVariables(path, environment);
}

/// The folder of all that Hugging Face's programs keep.
std::string HubHome(const Environment& environment) {
  if (const std::string home = environment("HF_HOME"); !home.empty()) return Expanded(home, environment);
  std::string cache = environment("XDG_CACHE_HOME");
  if (cache.empty()) cache = Home(environment) + "/.cache";
  return Expanded(cache + "/huggingface", environment);
}

std::string Trimmed(const std::string& text) {
  constexpr char kBlanks[] = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// Refuses what would end a header's line, or is no token at all: a whole file, a page.
std::string CheckedToken(const std::string& text, const std::string& place) {
  constexpr size_t kLongest = 1000;
  const std::string token = Trimmed(text);
  if (token.size() > kLongest || !std::ranges::all_of(token, [](char c) { return IsAsciiPrintable(c) && c != ' '; }))
    Fail("{}: expected a token: at most {} letters, digits and marks, without blanks", Printable(place), kLongest);
  return token;
}

}  // namespace

std::string CacheFolder(const Environment& environment) {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (const std::string folder = environment(name); !folder.empty()) return Expanded(folder, environment);
  return HubHome(environment) + "/hub";
}

std::string Endpoint(const Environment& environment) {
  std::string endpoint = Trimmed(environment("HF_ENDPOINT"));
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint.empty() ? kDefaultEndpoint : endpoint;
}

std::string Token(const Environment& environment) {
  if (IsSet(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) return "";
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
    if (const std::string token = CheckedToken(environment(name), name); !token.empty()) return token;
  std::string path = Expanded(environment("HF_TOKEN_PATH"), environment);
  if (path.empty()) path = HubHome(environment) + "/token";
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return "";  // some name /dev/null
  return CheckedToken(ReadTextFile(path), path);
}

std::string OfflineVariable(const Environment& environment) {
  for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"})
    if (IsSet(environment, name)) return name;
  return "";
}

bool IsSet(const Environment& environment, const char* name) {
  const std::string value = AsciiLower(environment(name));
  return value == "1" || value == "on" || value == "yes" || value == "true";
}

std::chrono::seconds Seconds(const Environment& environment, const char* name) {
  constexpr int kDefault = 10, kMost = 3600;
  const std::string text = environment(name);
  if (text.empty()) return std::chrono::seconds(kDefault);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > kMost)
    Fail("{}: expected whole seconds from 1 to {}, got {}", name, kMost, Printable(text));
  return std::chrono::seconds(seconds);
}

}  // namespace agront::hub
