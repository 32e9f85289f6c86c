// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/tokenizer_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text_file.h"
#include "formats/file_kind.h"
#include "formats/unicode.h"
#include "model/checkpoints/settings.h"
#include "tokenizer/vocabulary.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlanks = " \t\v\f\r";

std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 40;
  return fmt::format("\"{}\"{}", formats::EscapedBytes(text.substr(0, kShown)), text.size() > kShown ? "..." : "");
}

std::string_view Trimmed(std::string_view text) {
  const size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// Lines that end with LF, CR or both, without the blanks around them.
std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(Trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), text.size()));
  }
  return lines;
}

/// Our tokens in the order of their ids, the two without an embedding last.
const std::vector<std::string>& Vocabulary() {
  static const std::vector<std::string> tokens = [] {
    const std::string file = tokenizer::VocabularyFile();
    const std::vector<std::string_view> lines = LinesOf(file);
    return std::vector<std::string>(lines.begin(), lines.end());
  }();
  return tokens;
}

void CheckVocabulary(const std::string& path) {
  const std::string text = ReadTextFile(path);
  formats::ExpectKind(path, std::as_bytes(std::span(text)), formats::FileKind::kText, "a vocabulary");
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  std::vector<std::string_view> lines = LinesOf(rest);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  const std::vector<std::string>& ours = Vocabulary();
  for (size_t i = 0; i < std::min(lines.size(), ours.size()); ++i)
    if (lines[i] != ours[i])
      Fail("{}:{}: expected the token {}, as in AgroNT's vocabulary, got {}", path, i + 1, ours[i], Quoted(lines[i]));
  if (lines.size() < static_cast<size_t>(tokenizer::kVocabularySize))
    Fail("{}: expected {} tokens, got {}", path, ours.size(), lines.size());
  if (lines.size() > ours.size())
    Fail("{}:{}: expected the end after {} tokens, got {}", path, ours.size() + 1, ours.size(),
         Quoted(lines[ours.size()]));
}

/// The text of a token: a string, or an object with it.
std::optional<std::string> TextOf(const Json& token) {
  if (token.is_string()) return token.get<std::string>();
  if (token.is_object() && token.contains("content") && token["content"].is_string())
    return token["content"].get<std::string>();
  return std::nullopt;
}

/// A token added to the vocabulary may say again what that has. Others have ids behind it, and so no embedding; of
/// bases they would change how sequences are cut.
void CheckAddedToken(const std::string& place, const std::string& text, int64_t id) {
  const std::vector<std::string>& ours = Vocabulary();
  const auto known = std::ranges::find(ours, text);
  if (known != ours.end() && id != known - ours.begin())
    Fail("{}: expected the id {} of token {}, got {}", place, known - ours.begin(), text, id);
  if (known != ours.end()) return;
  const bool is_of_bases = std::ranges::all_of(text, [](char c) { return tokenizer::BaseDigit(c) >= 0; });
  if (id < static_cast<int64_t>(ours.size()) || is_of_bases)
    Fail("{}: expected tokens of AgroNT's vocabulary, got {} with the id {}", place, Quoted(text), id);
}

void CheckSpecialTokens(const Settings& settings) {
  constexpr std::pair<const char*, int32_t> kTokens[] = {{"unk_token", tokenizer::kUnknownId},
                                                         {"pad_token", tokenizer::kPadId},
                                                         {"mask_token", tokenizer::kMaskId},
                                                         {"cls_token", tokenizer::kClassId}};
  for (const auto& [key, id] : kTokens)
    if (settings.json().contains(key) && TextOf(settings.json()[key]) != tokenizer::TokenText(id))
      settings.Refuse(key, tokenizer::TokenText(id));
  // EsmTokenizer puts it behind every sequence.
  if (!settings.Get("eos_token", nullptr).is_null()) settings.Refuse("eos_token", "null");
}

void CheckTokenizerConfig(const Settings& settings) {
  settings.Expect("tokenizer_class", "EsmTokenizer", "EsmTokenizer");
  CheckSpecialTokens(settings);
  const Json added = settings.Get("added_tokens_decoder", Json::object());
  if (!added.is_object()) settings.Refuse("added_tokens_decoder", "an object of tokens");
  for (const auto& [key, token] : added.items()) {
    int64_t id = -1;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    const std::optional<std::string> text = TextOf(token);
    if (error != std::errc() || end != key.data() + key.size() || !text)
      settings.Refuse("added_tokens_decoder", "an object of tokens by their ids");
    CheckAddedToken(settings.path() + ": added_tokens_decoder", *text, id);
  }
}

void CheckAddedTokens(const Settings& settings) {
  for (const auto& [text, id] : settings.json().items()) {
    if (!id.is_number_integer()) Fail("{}: {}: expected an id, got {}", settings.path(), Quoted(text), id.type_name());
    CheckAddedToken(settings.path(), text, id.get<int64_t>());
  }
}

}  // namespace

void CheckTokenizerFiles(const std::string& folder) {
  const auto check_json = [&](const char* name, void (*check)(const Settings&)) {
    const std::string path = (fs::path(folder) / name).string();
    if (fs::exists(path)) check(Settings(path, ReadTextFile(path)));
  };
  if (const fs::path vocabulary = fs::path(folder) / "vocab.txt"; fs::exists(vocabulary))
    CheckVocabulary(vocabulary.string());
  check_json("tokenizer_config.json", CheckTokenizerConfig);
  check_json("special_tokens_map.json", CheckSpecialTokens);
  check_json("added_tokens.json", CheckAddedTokens);
}

}  // namespace agront::model
