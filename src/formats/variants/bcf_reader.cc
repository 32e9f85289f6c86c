// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/bcf_reader.h"

#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/vcf.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/sha256.h"
#include "formats/sequences/htslib_log.h"
#include "formats/variants/htslib_text.h"

namespace agront::formats {
namespace {

class BcfReader : public VariantReader {
 public:
  BcfReader(hFILE* file, const std::string& path) : name_(path == "-" ? "standard input" : path) {
    file_.reset(hts_hopen(file, path.c_str(), "r"));
    if (!file_) {
      hclose_abruptly(file);
      Fail("{}: cannot open: {}", name_, SystemError());
    }
    constexpr int kNoEnd = 0;
    if (IsCompressed() && hts_check_EOF(file_.get()) == kNoEnd) FailTruncated();
    std::error_code missing;
    if (path != "-" && std::filesystem::is_regular_file(path, missing))
      bytes_ = static_cast<double>(std::filesystem::file_size(path));
    header_.reset(bcf_hdr_read(file_.get()));
    if (!header_) Fail("{}: expected BCF, whose header can be read", name_);
  }

  VariantFileKind kind() const override { return VariantFileKind::kBcf; }

  VcfHeader Header(bool with_idx) const override {
    HtslibText text;
    if (bcf_hdr_format(header_.get(), with_idx ? 1 : 0, &text) < 0) throw std::bad_alloc();
    VcfHeader header;
    std::string_view rest = text.view();
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      if (header.Add(std::string(rest.substr(0, end)), name_)) break;
      rest.remove_prefix(end);
    }
    return header;
  }

  bool Next(VariantRecord& record) override {
    record.bcf.reset(bcf_init());
    bcf1_t* bcf = record.bcf.get();
    if (!Read(bcf)) return false;
    if (bcf_unpack(bcf, BCF_UN_INFO) < 0) FailDamaged();
    if (bcf->n_allele < 1) Fail("{}: expected a reference allele", Place());
    record.number = number_;
    record.contig = bcf_seqname_safe(header_.get(), bcf);
    record.position = bcf->pos;
    record.reference = bcf->d.allele[0];
    record.alternatives.assign(bcf->d.allele + 1, bcf->d.allele + bcf->n_allele);
    record.end = Integers(bcf, "END");
    record.lengths = Integers(bcf, "SVLEN");
    return true;
  }

  bool Skip(Sha256* sha) override {
    if (!skipped_) skipped_.reset(bcf_init());
    if (!Read(skipped_.get())) return false;
    if (sha != nullptr) AddTo(*sha, *skipped_);
    return true;
  }

  std::string Place() const override { return fmt::format("{}: record {}", name_, number_); }

  double Progress() const override {
    constexpr int kOffsetBits = 16;  // of the place in a block
    if (bytes_ <= 0) return -1;
    const int64_t at = IsCompressed() ? bgzf_tell(file_->fp.bgzf) >> kOffsetBits : bgzf_utell(file_->fp.bgzf);
    return std::min(1.0, static_cast<double>(at) / bytes_);
  }

 private:
  struct Closer {
    void operator()(htsFile* file) const { hts_close(file); }
  };

  bool Read(bcf1_t* bcf) {
    constexpr int kEnd = -1;
    ++number_;
    const int status = bcf_read(file_.get(), header_.get(), bcf);
    if (status == kEnd) {
      if (IsCompressed() && file_->fp.bgzf->last_block_eof == 0) FailTruncated();  // of what only can be read once
      return false;
    }
    if (status < kEnd || bcf->errcode != 0) FailDamaged();
    return true;
  }

  bool IsCompressed() const { return file_->fp.bgzf->is_compressed != 0; }

  [[noreturn]] void FailTruncated() const { Fail("{}: truncated: expected the end-of-file block of bgzip", name_); }
  [[noreturn]] void FailDamaged() const { Fail("{}: cannot be read: the file is damaged or cut short", Place()); }

  std::string Integers(bcf1_t* bcf, const char* key) const {
    int32_t* values = nullptr;
    int room = 0;
    const int count = bcf_get_info_int32(header_.get(), bcf, key, &values, &room);
    std::string text;
    for (int i = 0; i < count; ++i) {
      if (i > 0) text += ',';
      text += values[i] == bcf_int32_missing ? "." : std::to_string(values[i]);
    }
    free(values);
    return text;
  }

  HtslibLogOff log_off_;
  std::string name_;
  std::unique_ptr<htsFile, Closer> file_;
  double bytes_ = -1;
  BcfHeader header_;
  BcfRecord skipped_;
  int64_t number_ = 0;
};

}  // namespace

void AddTo(Sha256& sha, const bcf1_t& record) {
  const auto add = [&](const kstring_t& part) {
    if (part.s != nullptr) sha.Update(std::string_view(part.s, part.l));
  };
  sha.Update(fmt::format("{} {} {}\n", record.rid, record.pos, record.qual));
  add(record.shared);
  add(record.indiv);
}

std::unique_ptr<VariantReader> OpenBcf(hFILE* file, const std::string& path) {
  return std::make_unique<BcfReader>(file, path);
}

}  // namespace agront::formats
