// SPDX-License-Identifier: Apache-2.0
#include "word_option.h"

#include "quoted.h"

namespace agront::cli {

std::string ListOf(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

void RefuseWord(const std::string& flag, const std::vector<std::string>& words, const std::string& got) {
  throw CLI::ValidationError(flag, "expected " + ListOf(words) + ", got " + Quoted(got));
}

}  // namespace agront::cli
