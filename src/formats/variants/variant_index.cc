// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/variant_index.h"

#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/sync_folder.h"
#include "base/unfinished_path.h"
#include "formats/sequences/htslib_log.h"

namespace agront::formats {

namespace fs = std::filesystem;

void RemoveVariantIndex(const std::string& path) {
  for (const char* ending : {".tbi", ".csi"}) {
    std::error_code failed;
    fs::remove(path + ending, failed);
    if (failed) Fail("{}{}: cannot be removed: {}", path, ending, failed.message());
  }
}

void WriteVariantIndex(const std::string& path, VariantFormat format, bool is_beyond_tbi) {
  constexpr int kMinShift = 14;  // of CSI, as bcftools has it
  const HtslibLogOff log_off;
  const bool is_csi = format == VariantFormat::kBcf || is_beyond_tbi;
  const std::string index = path + (is_csi ? ".csi" : ".tbi");
  const std::string temporary = fmt::format("{}.{}.partial", index, getpid());
  const UnfinishedPath unfinished(temporary);
  const int status = format == VariantFormat::kBcf
                         ? bcf_index_build3(path.c_str(), temporary.c_str(), kMinShift, 0)
                         : tbx_index_build3(path.c_str(), temporary.c_str(), is_csi ? kMinShift : 0, 0, &tbx_conf_vcf);
  std::error_code failed;
  if (status == 0) fs::rename(temporary, index, failed);
  if (status != 0 || failed) {
    unlink(temporary.c_str());
    Fail("{}: the index of what was written cannot be made", index);
  }
  SyncFolder(fs::path(index).parent_path());
}

}  // namespace agront::formats
