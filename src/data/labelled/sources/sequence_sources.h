// SPDX-License-Identifier: Apache-2.0
// Labelled sequences that stand in the file itself.
#pragma once

#include <memory>

#include "data/labelled/sources/labelled_source.h"

namespace agront::data {

/// FASTA whose headers are `>name|label|label...`: the name ends at the first '|'. Without labels the id is the first
/// word of the header.
std::unique_ptr<LabelledSource> OpenBenchmarkFasta(const LabelledInput& input);

/// FASTA with labels in a table by id (LabelTable).
std::unique_ptr<LabelledSource> OpenFastaWithTable(const LabelledInput& input);

/// A table with a column of sequences. Without a column of ids, an example's id is its place, "file:line".
std::unique_ptr<LabelledSource> OpenSequenceTable(const LabelledInput& input);

/// A table with a token a line and the class of its bases; neighbouring lines of one id are one example. Read twice, as
/// the classes must be known before the first example, so not from standard input.
std::unique_ptr<LabelledSource> OpenTokenTable(const LabelledInput& input);

}  // namespace agront::data
