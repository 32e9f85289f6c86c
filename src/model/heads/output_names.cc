// SPDX-License-Identifier: Apache-2.0
#include "model/heads/output_names.h"

#include <fmt/format.h>

#include <set>

#include "formats/printable.h"

namespace agront::model {

void CheckDifferent(const Settings& settings, const char* key, const std::vector<std::string>& names) {
  std::set<std::string_view> met;
  for (const std::string& name : names)
    if (!met.insert(name).second)
      settings.Refuse(key, fmt::format("different names, not {:?} twice", formats::Printable(name)));
}

std::vector<std::string> ReadBinaryWords(const Settings& settings, const char* key, const std::string& output) {
  const Json labels = settings.Get(key, nullptr);
  if (labels.is_null()) {
    if (output == "label" || output == "LABEL_0") return {};
    return {"", output};
  }
  std::vector<std::string> words;
  for (const char* number : {"0", "1"}) {
    if (!labels.is_object() || !labels.contains(number) || !labels[number].is_string())
      settings.Refuse(key, "texts for \"0\" and \"1\"");
    words.push_back(labels[number].get<std::string>());
  }
  if (words[0] == words[1]) settings.Refuse(key, "two different texts");
  return words == std::vector<std::string>{"0", "1"} ? std::vector<std::string>{} : words;
}

Json BinaryWordsJson(const PredictionTask& task) {
  const std::vector<std::string>& words = task.binary_words;
  return {{"0", words.empty() ? "0" : words[0]}, {"1", words.empty() ? "1" : words[1]}};
}

}  // namespace agront::model
