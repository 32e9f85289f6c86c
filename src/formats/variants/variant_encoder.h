// SPDX-License-Identifier: Apache-2.0
// Records of variants with values of ours, as the bytes of a file.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "formats/variants/variant_reader.h"
#include "formats/variants/vcf_line.h"

namespace agront::formats {

enum class VariantFormat { kVcf, kBgzipVcf, kBcf, kTable };

/// By the end of the name: .vcf.gz (or .vcf.bgz), .bcf, .tsv, else VCF as text.
VariantFormat VariantFormatOf(const std::string& path);

/// The pieces that it gives, one behind the other, are a file: the header, records in any number of pieces, the end.
/// Pieces of records depend on nothing but their records. Thread safety: none.
class VariantEncoder {
 public:
  virtual ~VariantEncoder() = default;

  virtual std::string Header() const = 0;

  /// Adds a record to the piece. Throws Error beginning with `place` for what the format cannot hold, such as a contig
  /// or a key of INFO without a line in the header of BCF.
  virtual void Add(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place) = 0;

  /// The piece, and begins the next one.
  virtual std::string TakePiece() = 0;

  /// What stands behind the last piece.
  virtual std::string End() const = 0;
};

/// What records get that are written.
struct AddedFields {
  std::vector<std::string> keys;                ///< in the order of the fields
  std::set<std::string, std::less<>> replaced;  ///< keys that are taken out of the records first
  std::vector<std::string> header_lines;        ///< of VCF, their definitions and others, without line ends
};

/// For records of this reader. Throws Error for a header that the format cannot have.
std::unique_ptr<VariantEncoder> MakeVariantEncoder(VariantFormat format, const VariantReader& reader,
                                                   const AddedFields& added);

}  // namespace agront::formats
