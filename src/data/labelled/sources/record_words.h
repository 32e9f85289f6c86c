// SPDX-License-Identifier: Apache-2.0
// How the readers of labelled sequences treat the words of a record.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agront/labelled_input.h"
#include "data/labelled/sources/labelled_source.h"
#include "formats/sequences/sequence_reader.h"

namespace agront::data {

/// Whether a word of a table stands for a missing value: empty, a dot, NA, N/A, #N/A or NaN in any case.
bool IsMissing(std::string_view word);

/// Letters of a file as A C G T N; `counts` grows by those that were changed. Throws Error beginning with `place` when
/// there are none or one is no base.
void NormalizeBases(std::string& bases, formats::LetterCounts& counts, const std::string& place);

/// The words between separators, without blanks around them.
std::vector<std::string> SplitWords(std::string_view text, char separator);

/// Puts sentences behind others.
void AddNotes(std::vector<std::string> more, std::vector<std::string>& notes);

/// The character of an option that takes one. Throws UsageError.
char OneCharacter(std::string_view option, const std::string& text);

/// The group by the record's id when it has none yet, and the part of the input's. Throws Error when a word is no UTF-8
/// or the record has no id.
void CompleteRecord(const LabelledInput& input, LabelledRecord& record);

}  // namespace agront::data
