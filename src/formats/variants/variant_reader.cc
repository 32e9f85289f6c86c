// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/variant_reader.h"

#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/compressed_input.h"
#include "formats/sequences/htslib_log.h"
#include "formats/variants/htslib_text.h"
#include "formats/variants/vcf_line.h"

namespace agront::formats {
namespace {

/// Lines with their ends: what is written must have the same bytes.
class WholeLines {
 public:
  explicit WholeLines(const std::string& path) : input_(path), buffer_(1 << 18) {}

  bool Next(std::string& line) {
    constexpr size_t kLongest = 1'000'000'000;
    line.clear();
    ++number_;
    while (at_ < end_ || Refill()) {
      const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
      const auto stop = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
      const auto found = std::find(begin, stop, '\n');
      const auto line_end = found == stop ? stop : found + 1;
      line.append(begin, line_end);
      at_ = static_cast<size_t>(line_end - buffer_.begin());
      if (line.size() > kLongest) Fail("{}: expected lines of at most {} bytes", Place(), kLongest);
      if (found != stop) break;
    }
    if (line.find('\0') != std::string::npos) Fail("{}: expected text, got a NUL byte", Place());
    return !line.empty();
  }

  std::string Place() const { return fmt::format("{}:{}", input_.name(), number_); }
  double Progress() const { return input_.Progress(end_ - at_); }

 private:
  bool Refill() {
    at_ = 0;
    end_ = input_.Read(buffer_);
    return end_ > 0;
  }

  CompressedInput input_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  int64_t number_ = 0;
};

class VcfReader : public VariantReader {
 public:
  explicit VcfReader(const std::string& path) : lines_(path) {
    for (std::string line; lines_.Next(line);)
      if (header_.Add(std::move(line), lines_.Place())) return;
    Fail("{}: expected the line \"#CHROM...\" of VCF, got the end of the file", lines_.Place());
  }

  VcfHeader Header(bool /*with_idx*/) const override { return header_; }
  bool is_bcf() const override { return false; }

  bool Next(VariantRecord& record) override {
    if (!lines_.Next(record.line)) return false;
    const VcfPlace place = ParseVcfLine(record.line, lines_.Place());
    record.number = ++number_;
    record.contig = place.contig;
    record.position = place.position;
    record.reference = place.reference;
    record.alternatives.assign(place.alternatives.begin(), place.alternatives.end());
    record.end = InfoValue(place.info, "END");
    record.lengths = InfoValue(place.info, "SVLEN");
    return true;
  }

  std::string Place() const override { return lines_.Place(); }
  double Progress() const override { return lines_.Progress(); }

 private:
  WholeLines lines_;
  VcfHeader header_;
  int64_t number_ = 0;
};

class BcfReader : public VariantReader {
 public:
  explicit BcfReader(const std::string& path) : path_(path), file_(hts_open(path.c_str(), "r")) {
    if (!file_) Fail("{}: cannot open: {}", path, SystemError());
    constexpr int kNoEnd = 0;
    if (hts_check_EOF(file_.get()) == kNoEnd) Fail("{}: truncated: expected the end-of-file block of bgzip", path);
    bytes_ = static_cast<double>(std::filesystem::file_size(path));
    header_.reset(bcf_hdr_read(file_.get()));
    if (!header_) Fail("{}: expected BCF, whose header can be read", path);
  }

  VcfHeader Header(bool with_idx) const override {
    HtslibText text;
    if (bcf_hdr_format(header_.get(), with_idx ? 1 : 0, &text) < 0) throw std::bad_alloc();
    VcfHeader header;
    std::string_view rest = text.view();
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      if (header.Add(std::string(rest.substr(0, end)), path_)) break;
      rest.remove_prefix(end);
    }
    return header;
  }

  bool is_bcf() const override { return true; }

  bool Next(VariantRecord& record) override {
    ++number_;
    record.bcf.reset(bcf_init());
    bcf1_t* bcf = record.bcf.get();
    const int status = bcf_read(file_.get(), header_.get(), bcf);
    if (status == -1) return false;
    if (status < -1 || bcf->errcode != 0 || bcf_unpack(bcf, BCF_UN_INFO) < 0)
      Fail("{}: cannot be read: the file is damaged or cut short", Place());
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

  std::string Place() const override { return fmt::format("{}: record {}", path_, number_); }

  double Progress() const override {
    constexpr int kOffsetBits = 16;  // of the place in a block
    return std::min(1.0, static_cast<double>(bgzf_tell(file_->fp.bgzf) >> kOffsetBits) / bytes_);
  }

 private:
  struct Closer {
    void operator()(htsFile* file) const { hts_close(file); }
  };

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
  std::string path_;
  std::unique_ptr<htsFile, Closer> file_;
  double bytes_ = 0;
  BcfHeader header_;
  int64_t number_ = 0;
};

bool IsBcf(const std::string& path) {
  const HtslibLogOff log_off;
  std::error_code missing;
  if (path == "-" || !std::filesystem::is_regular_file(path, missing)) return false;
  hFILE* file = hopen(path.c_str(), "r");
  if (file == nullptr) return false;
  htsFormat format{};
  const bool is_bcf = hts_detect_format(file, &format) == 0 && format.format == bcf;
  hclose_abruptly(file);
  return is_bcf;
}

}  // namespace

void BcfDeleter::operator()(bcf1_t* record) const { bcf_destroy(record); }
void BcfDeleter::operator()(bcf_hdr_t* header) const { bcf_hdr_destroy(header); }

std::unique_ptr<VariantReader> OpenVariants(const std::string& path) {
  if (IsBcf(path)) return std::make_unique<BcfReader>(path);
  return std::make_unique<VcfReader>(path);
}

}  // namespace agront::formats
