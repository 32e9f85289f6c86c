// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/vocabulary.h"

#include "base/error.h"

namespace agront::tokenizer {
namespace {

constexpr std::array<std::string_view, 4> kSpecials = {"<unk>", "<pad>", "<mask>", "<cls>"};

}  // namespace

int TokenLength(int32_t id) {
  if (IsKmer(id) || id == kMaskId) return kKmerLength;
  return id >= kFirstLetterId ? 1 : 0;
}

std::string TokenText(int32_t id) {
  if (id < 0 || id >= kVocabularySize) Fail("token id {}: expected 0 to {}", id, kVocabularySize - 1);
  if (id < kFirstKmerId) return std::string(kSpecials[static_cast<size_t>(id)]);
  if (id >= kFirstLetterId) return std::string(1, kLetterOrder[static_cast<size_t>(id - kFirstLetterId)]);
  std::string text(kKmerLength, 'A');
  int32_t number = id - kFirstKmerId;
  for (int i = kKmerLength - 1; i >= 0; --i, number /= 4)
    text[static_cast<size_t>(i)] = kLetterOrder[static_cast<size_t>(number % 4)];
  return text;
}

std::optional<int32_t> TokenId(std::string_view text) {
  for (size_t i = 0; i < kSpecials.size(); ++i)
    if (text == kSpecials[i]) return static_cast<int32_t>(i);
  if (text.size() == 1 && BaseDigit(text[0]) >= 0) return kFirstLetterId + BaseDigit(text[0]);
  if (text.size() != kKmerLength) return std::nullopt;
  const int32_t id = KmerId(text.data());
  return id < 0 ? std::nullopt : std::optional(id);
}

std::string VocabularyFile() {
  std::string file;
  for (int32_t id = 0; id < kVocabularySize; ++id) file += TokenText(id) + "\n";
  return file + "<eos>\n<bos>";
}

}  // namespace agront::tokenizer
