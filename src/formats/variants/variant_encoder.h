// SPDX-License-Identifier: Apache-2.0
// Records of VCF or BCF with more in INFO, as the bytes of a file.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/sequences/htslib_log.h"
#include "formats/variants/variant_reader.h"
#include "formats/variants/vcf_line.h"

namespace agront::formats {

enum class VariantFormat { kVcf, kBgzipVcf, kBcf };

/// By the end of the name: .vcf.gz (or .vcf.bgz), .bcf, else VCF as text.
VariantFormat VariantFormatOf(const std::string& path);

/// The pieces that it gives, one behind the other, are a file: the header, records in any number of pieces, the end.
/// Pieces of records depend on nothing but their records. Thread safety: none.
class VariantEncoder {
 public:
  /// `header` is that of the reader, with IDX where BCF is read and written, and has the definitions of what is added.
  /// `of_bcf` is that of records of BCF, with IDX and without these; null for VCF. `replaced` are taken out of INFO.
  /// Throws Error beginning with `input` for a header that BCF cannot have.
  VariantEncoder(VariantFormat format, const VcfHeader& header, const VcfHeader* of_bcf,
                 std::set<std::string, std::less<>> replaced, const std::string& input);
  ~VariantEncoder();

  std::string Header() const;

  /// Adds a record to the piece. Throws Error beginning with `place` for what BCF cannot hold, such as a contig or a
  /// key of INFO without a line in the header.
  void Add(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place);

  /// The piece, and begins the next one.
  std::string TakePiece();

  /// What stands behind the last piece.
  std::string End() const;

 private:
  void AddBcf(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place);
  std::string Compressed(std::string_view bytes) const;

  HtslibLogOff log_off_;
  VariantFormat format_;
  std::string header_text_;
  std::set<std::string, std::less<>> replaced_;
  BcfHeader header_;       // of BCF
  BcfHeader read_header_;  // of records that were read as BCF
  std::string piece_;      // not compressed yet
};

}  // namespace agront::formats
