// SPDX-License-Identifier: Apache-2.0
// The kind of a file of sequences or features by its name.
#pragma once

#include <string>

#include "agront/export.h"

namespace agront {

enum class InputKind { kFasta, kTable, kBed, kGff3 };

/// By the ending, in any case, before .gz or .bgz: .csv, .tsv, .txt, .tab; .bed; .gff, .gff3 (and .gtf, which readers
/// of features refuse); anything else is FASTA. Reads no file. Throws nothing but std::bad_alloc. Any thread may
/// call it at any time.
AGRONT_EXPORT InputKind KindOfInput(const std::string& path);

}  // namespace agront
