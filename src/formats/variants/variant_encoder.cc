// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/variant_encoder.h"

#include "formats/variants/variant_table.h"
#include "formats/variants/vcf_encoder.h"

namespace agront::formats {

VariantFormat VariantFormatOf(const std::string& path) {
  if (path.ends_with(".bcf")) return VariantFormat::kBcf;
  if (path.ends_with(".tsv")) return VariantFormat::kTable;
  return path.ends_with(".gz") || path.ends_with(".bgz") ? VariantFormat::kBgzipVcf : VariantFormat::kVcf;
}

std::unique_ptr<VariantEncoder> MakeVariantEncoder(VariantFormat format, const VariantReader& reader,
                                                   const AddedFields& added) {
  if (format == VariantFormat::kTable) return MakeVariantTableEncoder(reader, added);
  return std::make_unique<VcfEncoder>(format, reader, added);
}

}  // namespace agront::formats
