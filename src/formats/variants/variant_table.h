// SPDX-License-Identifier: Apache-2.0
// Tables of variants: lines of cells between tabs, below a header line. In: columns chrom (or chr, chromosome), pos
// (from 1), ref and alt, in any order and case, with others or without. A column sequence (or sequences) may have bases
// of the contig around the variant, the first of which is at start (from 0). Out: a row as it came in, with more cells
// at its end; of VCF and BCF, a row for each alternative allele. A missing value is NA.
#pragma once

#include <memory>
#include <string>

#include "formats/variants/variant_encoder.h"
#include "formats/variants/variant_reader.h"
#include "formats/variants/whole_lines.h"

namespace agront::formats {

/// Whether the first line of a file is the header of such a table.
bool IsVariantTable(const std::string& line);

/// `header` is its first line, which was read already. The alternative of a row is all of its cell alt; none for "."
/// and NA.
std::unique_ptr<VariantReader> OpenVariantTable(std::unique_ptr<WholeLines> lines, std::string header);

std::unique_ptr<VariantEncoder> MakeVariantTableEncoder(const VariantReader& reader, const AddedFields& added);

}  // namespace agront::formats
