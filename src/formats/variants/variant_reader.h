// SPDX-License-Identifier: Apache-2.0
// Records of VCF or BCF, one after another, as they stand in the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/variants/vcf_header.h"

struct bcf1_t;
struct bcf_hdr_t;

namespace agront::formats {

struct BcfDeleter {
  void operator()(bcf1_t* record) const;
  void operator()(bcf_hdr_t* header) const;
};
using BcfRecord = std::unique_ptr<bcf1_t, BcfDeleter>;
using BcfHeader = std::unique_ptr<bcf_hdr_t, BcfDeleter>;

/// A record with what says where and what it is, beside all of it.
struct VariantRecord {
  int64_t number = 0;  ///< from 1
  std::string contig;
  int64_t position = 0;  ///< 0-based; -1 for POS 0, the telomere
  std::string reference;
  std::vector<std::string> alternatives;  ///< none for "."
  std::string end;                        ///< the values of END and SVLEN in INFO as text, for symbolic alleles
  std::string lengths;
  std::string line;  ///< of VCF, with its line end; or
  BcfRecord bcf;     ///< of BCF
};

/// Thread safety: none.
class VariantReader {
 public:
  virtual ~VariantReader() = default;

  /// The lines of the header. That of BCF has IDX fields when `with_idx`.
  virtual VcfHeader Header(bool with_idx) const = 0;

  /// Whether records have `bcf`.
  virtual bool is_bcf() const = 0;

  /// False at the end. Throws Error for a record that cannot be read, and where the file is cut short.
  virtual bool Next(VariantRecord& record) = 0;

  /// "FILE:LINE" or "FILE: record N", of the record that Next gave last.
  virtual std::string Place() const = 0;

  /// The share of the file that was read; negative when its size is not known.
  virtual double Progress() const = 0;
};

/// A file of VCF, plain, gzip or bgzip, or "-" for VCF from standard input; or a file of BCF. The header is read.
/// Throws Error when the file cannot be opened or has no such header.
std::unique_ptr<VariantReader> OpenVariants(const std::string& path);

}  // namespace agront::formats
