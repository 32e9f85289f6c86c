// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/variant_reader.h"

#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/vcf.h>

#include <filesystem>

#include "base/error.h"
#include "base/open_failure.h"
#include "base/sha256.h"
#include "formats/sequences/htslib_log.h"
#include "formats/variants/bcf_reader.h"
#include "formats/variants/variant_line_reader.h"
#include "formats/variants/variant_table.h"
#include "formats/variants/vcf_line.h"
#include "formats/variants/whole_lines.h"

namespace agront::formats {
namespace {

class VcfReader : public VariantLineReader {
 public:
  /// `line` is the first one, which was read already.
  VcfReader(std::unique_ptr<WholeLines> lines, std::string line) : VariantLineReader(std::move(lines)) {
    do
      if (header_.Add(std::move(line), source().Place())) return;
    while (source().Next(line));
    Fail("{}: expected the line \"#CHROM...\" of VCF, got the end of the file", source().Place());
  }

  VariantFileKind kind() const override { return VariantFileKind::kVcf; }
  VcfHeader Header(bool /*with_idx*/) const override { return header_; }

  bool Next(VariantRecord& record) override {
    if (!source().Next(record.line)) return false;
    TakePlace(ParseVcfLine(record.line, source().Place()), record);
    record.number = CountRecord();
    return true;
  }

 private:
  VcfHeader header_;
};

bool IsBcf(hFILE* file) {
  const HtslibLogOff log_off;
  htsFormat format{};
  return hts_detect_format(file, &format) == 0 && format.format == bcf;
}

}  // namespace

void BcfDeleter::operator()(bcf1_t* record) const { bcf_destroy(record); }
void BcfDeleter::operator()(bcf_hdr_t* header) const { bcf_hdr_destroy(header); }

size_t VariantRecord::bcf_size() const { return bcf ? bcf->shared.l + bcf->indiv.l : 0; }

void AddTo(Sha256& sha, const VariantRecord& record) {
  if (record.bcf) return AddTo(sha, *record.bcf);
  sha.Update(record.row.empty() ? record.line : record.row);
}

std::unique_ptr<VariantReader> OpenVariants(const std::string& path) {
  std::error_code missing;
  if (path != "-" && std::filesystem::is_directory(path, missing)) Fail("{}: expected a file, got a folder", path);
  hFILE* file = hopen(path.c_str(), "r");
  if (file == nullptr) FailToOpen(path);
  if (IsBcf(file)) return OpenBcf(file, path);
  auto lines = std::make_unique<WholeLines>(file, path);
  std::string line;
  lines->Next(line);
  if (IsVariantTable(line)) return OpenVariantTable(std::move(lines), line);
  return std::make_unique<VcfReader>(std::move(lines), std::move(line));
}

}  // namespace agront::formats
