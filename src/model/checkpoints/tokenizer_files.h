// SPDX-License-Identifier: Apache-2.0
// The files of a Hugging Face tokenizer beside a model's weights. Rows of the embedding belong to tokens in the order
// of vocab.txt, so a folder with another order, or other special tokens, would give other numbers there.
#pragma once

#include <string>

namespace agront::model {

/// Compares vocab.txt, tokenizer_config.json, special_tokens_map.json and added_tokens.json, those that the folder has,
/// with the vocabulary that this program computes with. Byte order mark, blanks around tokens, old line ends, and the
/// absence of the last two tokens, which have no embedding, are no difference. Throws Error with the file, and the line
/// or key, of the first difference.
void CheckTokenizerFiles(const std::string& folder);

}  // namespace agront::model
