// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/variant_index.h"

#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/sync_folder.h"
#include "base/unfinished_path.h"
#include "formats/sequences/htslib_log.h"
#include "formats/variants/variant_reader.h"

namespace agront::formats {

namespace fs = std::filesystem;

namespace {

constexpr int kMinShift = 14;  // of CSI, as bcftools has it
constexpr int kLevels = 6;     // of CSI: up to 2^32, and 2^31 is the last position of BCF

struct IndexCloser {
  void operator()(hts_idx_t* index) const { hts_idx_destroy(index); }
};
struct FileCloser {
  void operator()(htsFile* file) const { hts_close(file); }
};

/// htslib's own way takes the lengths of sequences from the header, which may lack them or have others.
bool IndexBcf(const std::string& path, const std::string& index_path) {
  const std::unique_ptr<htsFile, FileCloser> file(hts_open(path.c_str(), "r"));
  if (!file) return false;
  const BcfHeader header(bcf_hdr_read(file.get()));
  const BcfRecord record(bcf_init());
  if (!header || !record) return false;
  const auto offset = [&] { return static_cast<uint64_t>(bgzf_tell(file->fp.bgzf)); };
  const std::unique_ptr<hts_idx_t, IndexCloser> index(
      hts_idx_init(header->n[BCF_DT_CTG], HTS_FMT_CSI, offset(), kMinShift, kLevels));
  if (!index) return false;
  constexpr int kEnd = -1;
  int status = 0;
  while ((status = bcf_read(file.get(), header.get(), record.get())) == 0)
    if (hts_idx_push(index.get(), record->rid, record->pos, record->pos + record->rlen, offset(), 1) < 0) return false;
  return status == kEnd && hts_idx_finish(index.get(), offset()) == 0 &&
         hts_idx_save_as(index.get(), nullptr, index_path.c_str(), HTS_FMT_CSI) == 0;
}

}  // namespace

void RemoveVariantIndex(const std::string& path) {
  for (const char* ending : {".tbi", ".csi"}) {
    std::error_code failed;
    fs::remove(path + ending, failed);
    if (failed) Fail("{}{}: cannot be removed: {}", path, ending, failed.message());
  }
}

void WriteVariantIndex(const std::string& path, VariantFormat format, bool is_beyond_tbi) {
  const HtslibLogOff log_off;
  const bool is_csi = format == VariantFormat::kBcf || is_beyond_tbi;
  const std::string index = path + (is_csi ? ".csi" : ".tbi");
  const std::string temporary = fmt::format("{}.{}.partial", index, getpid());
  const UnfinishedPath unfinished(temporary);
  const bool is_made = format == VariantFormat::kBcf ? IndexBcf(path, temporary)
                                                     : tbx_index_build3(path.c_str(), temporary.c_str(),
                                                                        is_csi ? kMinShift : 0, 0, &tbx_conf_vcf) == 0;
  std::error_code failed;
  if (is_made) fs::rename(temporary, index, failed);
  if (!is_made || failed) {
    unlink(temporary.c_str());
    Fail("{}: the index of what was written cannot be made", index);
  }
  SyncFolder(fs::path(index).parent_path());
}

}  // namespace agront::formats
