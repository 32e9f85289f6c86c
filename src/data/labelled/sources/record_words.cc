// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/sources/record_words.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/unicode.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

void CheckText(std::string_view what, const std::string& word, const LabelledRecord& record) {
  if (!formats::DecodeUtf8(word))
    Fail("{}: {}: expected UTF-8, got \"{}\"", record.place, what, formats::Printable(word));
}

}  // namespace

bool IsMissing(std::string_view word) {
  std::string lower(word);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const std::string_view missing : {"", ".", "na", "n/a", "#n/a", "nan"})
    if (lower == missing) return true;
  return false;
}

void NormalizeBases(std::string& bases, formats::LetterCounts& counts, const std::string& place) {
  if (bases.empty()) Fail("{}: expected a sequence, got none", place);
  for (size_t i = 0; i < bases.size(); ++i) {
    const genome::Letter letter = genome::kLetters[static_cast<unsigned char>(bases[i])];
    if (letter.kind == genome::LetterKind::kInvalid)
      Fail("{}: base {} of the sequence: expected a base (A C G T U N or an IUPAC code), got \"{}\"", place, i + 1,
           formats::Printable(bases.substr(i, 1)));
    counts.ambiguous += letter.kind == genome::LetterKind::kAmbiguous;
    counts.uracil += letter.kind == genome::LetterKind::kUracil;
    bases[i] = letter.base;
  }
}

std::vector<std::string> SplitWords(std::string_view text, char separator) {
  std::vector<std::string> words;
  for (;;) {
    const size_t end = std::min(text.find(separator), text.size());
    std::string_view word = text.substr(0, end);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    words.emplace_back(word);
    if (end == text.size()) return words;
    text.remove_prefix(end + 1);
  }
}

void AddNotes(std::vector<std::string> more, std::vector<std::string>& notes) {
  notes.insert(notes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

char OneCharacter(std::string_view option, const std::string& text) {
  if (text.size() != 1) FailUsage("{}: expected one character, got \"{}\"", option, formats::Printable(text));
  return text[0];
}

std::string_view NameOf(ExamplePart part) {
  switch (part) {
    case ExamplePart::kTrain: return "train";
    case ExamplePart::kValid: return "valid";
    case ExamplePart::kTest: return "test";
  }
  return "";
}

void CompleteRecord(const LabelledInput& input, LabelledRecord& record) {
  if (record.id.empty()) Fail("{}: expected an id, got none", record.place);
  if (IsMissing(record.group)) record.group.clear();
  if (record.group.empty() && !input.group_separator.empty())
    record.group = record.id.substr(0, record.id.rfind(OneCharacter("group separator", input.group_separator)));
  if (input.part) record.split = NameOf(*input.part);
  CheckText("id", record.id, record);
  CheckText("group", record.group, record);
  CheckText("split", record.split, record);
}

}  // namespace agront::data
