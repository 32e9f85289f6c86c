// SPDX-License-Identifier: Apache-2.0
// Records of VCF or BCF with more in INFO.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/sequences/htslib_log.h"
#include "formats/variants/variant_encoder.h"

namespace agront::formats {

class VcfEncoder : public VariantEncoder {
 public:
  /// Throws Error for a header that BCF cannot have.
  VcfEncoder(VariantFormat format, const VariantReader& reader, const AddedFields& added);

  std::string Header() const override;
  void Add(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place) override;
  std::string TakePiece() override;
  std::string End() const override;

 private:
  void AddBcf(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place);

  HtslibLogOff log_off_;
  VariantFormat format_;
  std::string header_text_;
  std::set<std::string, std::less<>> replaced_;
  BcfHeader header_;       // of BCF that is written
  BcfHeader read_header_;  // of records that were read as BCF
  std::string piece_;      // not compressed yet
};

}  // namespace agront::formats
