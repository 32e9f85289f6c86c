// SPDX-License-Identifier: Apache-2.0
// Records of VCF, BCF or a table, one after another, as they stand in the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/variants/vcf_header.h"

struct bcf1_t;
struct bcf_hdr_t;

namespace agront {
class Sha256;
}

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
  std::string line;  ///< as VCF, with its line end, or
  BcfRecord bcf;     ///< as BCF
  std::string row;   ///< of a table, with its line end
  /// Bases of the contig around the variant, where a table has them, and where the first of them is.
  std::string bases;
  int64_t bases_start = 0;

  /// Bytes in memory, about.
  size_t size() const { return line.size() + row.size() + bases.size() + bcf_size(); }

 private:
  size_t bcf_size() const;
};

/// The bytes of a record as it was read.
void AddTo(Sha256& sha, const VariantRecord& record);

enum class VariantFileKind { kVcf, kBcf, kTable };

/// Thread safety: none.
class VariantReader {
 public:
  virtual ~VariantReader() = default;

  virtual VariantFileKind kind() const = 0;

  /// The lines of the header; of a table, those that VCF asks for. That of BCF has IDX fields when `with_idx`.
  virtual VcfHeader Header(bool with_idx) const = 0;

  /// False at the end. Throws Error for a record that cannot be read, and where the file is cut short.
  virtual bool Next(VariantRecord& record) = 0;

  /// Passes over a record, whose bytes go to `sha` as AddTo gives them, unless it is null. False at the end. Throws
  /// Error where the file is damaged or cut short.
  virtual bool Skip(Sha256* sha) = 0;

  /// "FILE:LINE" or "FILE: record N", of the record that Next gave last.
  virtual std::string Place() const = 0;

  /// The share of the file that was read; negative when its size is not known.
  virtual double Progress() const = 0;

  /// The header line of a table, with its line end; empty for VCF and BCF.
  virtual std::string TableHeader() const { return {}; }

  /// Whether records of a table have `bases`.
  virtual bool has_bases() const { return false; }
};

/// A file of VCF, plain, gzip or bgzip, of BCF, or a table (variant_table.h), by what it begins with; "-" is standard
/// input. The header is read. Throws Error when the file cannot be opened or has no such header.
std::unique_ptr<VariantReader> OpenVariants(const std::string& path);

}  // namespace agront::formats
