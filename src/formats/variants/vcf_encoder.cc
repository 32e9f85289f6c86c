// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/vcf_encoder.h"

#include <htslib/bgzf.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/bgzip_blocks.h"
#include "formats/variants/bgzip_writer.h"
#include "formats/variants/htslib_text.h"

namespace agront::formats {
namespace {

using namespace std::string_view_literals;

void Append(uint32_t number, std::string& bytes) {
  static_assert(std::endian::native == std::endian::little);
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

/// A record as BCF has it (VCF specification, section 6.3).
void AppendRecord(const bcf1_t& record, std::string& bytes) {
  constexpr uint32_t kFixed = 24;
  Append(static_cast<uint32_t>(record.shared.l) + kFixed, bytes);
  Append(static_cast<uint32_t>(record.indiv.l), bytes);
  Append(static_cast<uint32_t>(record.rid), bytes);
  Append(static_cast<uint32_t>(record.pos), bytes);
  Append(static_cast<uint32_t>(record.rlen), bytes);
  Append(std::bit_cast<uint32_t>(record.qual), bytes);
  Append(static_cast<uint32_t>(record.n_allele) << 16 | record.n_info, bytes);
  Append(static_cast<uint32_t>(record.n_fmt) << 24 | record.n_sample, bytes);
  bytes.append(record.shared.s, record.shared.l);
  bytes.append(record.indiv.s == nullptr ? "" : record.indiv.s, record.indiv.l);
}

/// The field behind those that the record has: INFO is the last of what all samples share.
void AppendInfo(const bcf_hdr_t* header, const InfoField& field, bcf1_t* record) {
  bcf_enc_int1(&record->shared, bcf_hdr_id2int(header, BCF_DT_ID, field.key.c_str()));
  if (!field.words.empty()) {
    const std::string text = InfoText(field).substr(field.key.size() + 1);
    bcf_enc_vchar(&record->shared, static_cast<int>(text.size()), text.data());
  } else {
    std::vector<float> numbers = field.numbers;
    for (float& number : numbers)
      if (!std::isfinite(number)) bcf_float_set_missing(number);
    bcf_enc_vfloat(&record->shared, static_cast<int>(numbers.size()), numbers.data());
  }
  ++record->n_info;
}

BcfHeader ParseHeader(const std::string& text, const std::string& place) {
  BcfHeader header(bcf_hdr_init("r"));
  std::string copy = text;
  std::erase(copy, '\r');
  if (!header || bcf_hdr_parse(header.get(), copy.data()) < 0) Fail("{}: the header cannot be read by htslib", place);
  return header;
}

/// Why a line of VCF is no record of BCF.
std::string Reason(int errcode) {
  if ((errcode & BCF_ERR_CTG_UNDEF) != 0) return "its contig has no line in the header";
  if ((errcode & BCF_ERR_TAG_UNDEF) != 0) return "a key of INFO, FILTER or FORMAT has no line in the header";
  return "its columns do not fit the header";
}

}  // namespace

VcfEncoder::VcfEncoder(VariantFormat format, const VariantReader& reader, const AddedFields& added)
    : format_(format), replaced_(added.replaced) {
  VcfHeader header = reader.Header(format == VariantFormat::kBcf);
  for (const std::string& key : replaced_) header.RemoveInfo(key);
  for (const std::string& line : added.header_lines) header.Insert(line);
  header_text_ = header.Text();
  if (format == VariantFormat::kBcf) header_ = ParseHeader(header_text_, reader.Place());
  if (reader.kind() == VariantFileKind::kBcf) read_header_ = ParseHeader(reader.Header(true).Text(), reader.Place());
}

std::string VcfEncoder::Header() const {
  if (format_ == VariantFormat::kVcf) return header_text_;
  if (format_ == VariantFormat::kBgzipVcf) return BgzipBlocks(header_text_);
  HtslibText text;
  if (bcf_hdr_format(header_.get(), 1, &text) < 0) throw std::bad_alloc();
  std::string bytes("BCF\2\2"sv);
  Append(static_cast<uint32_t>(text.l) + 1, bytes);
  bytes += text.view();
  bytes += '\0';
  return BgzipBlocks(bytes);
}

void VcfEncoder::Add(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place) {
  if (format_ == VariantFormat::kBcf) {
    AddBcf(record, fields, place);
  } else if (record.bcf) {
    HtslibText line;
    if (vcf_format(read_header_.get(), record.bcf.get(), &line) < 0) Fail("{}: cannot be written as VCF", place);
    piece_ += WithInfo(line.view(), fields, replaced_);
  } else {
    piece_ += WithInfo(record.line, fields, replaced_);
    if (!piece_.ends_with('\n')) piece_ += '\n';  // the last line of a file may lack it, and pieces follow
  }
}

void VcfEncoder::AddBcf(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& place) {
  if (!record.bcf) {
    std::string line = WithInfo(record.line, fields, replaced_);
    line.resize(line.find_last_not_of("\r\n") + 1);
    kstring_t text{line.size(), line.capacity(), line.data()};
    const BcfRecord parsed(bcf_init());  // the record itself stays one of text
    bcf1_t* bcf = parsed.get();
    if (vcf_parse(&text, header_.get(), bcf) < 0 || bcf->errcode != 0)
      Fail("{}: cannot be written as BCF: {}; .vcf.gz takes it", place, Reason(bcf->errcode));
    if (std::max(bcf->pos, bcf->rlen) > std::numeric_limits<int32_t>::max())
      Fail("{}: cannot be written as BCF: it begins or ends beyond 2^31; .vcf.gz takes it", place);
    AppendRecord(*bcf, piece_);
    return;
  }
  BcfRecord synced;
  bcf1_t* bcf = record.bcf.get();
  for (const std::string& key : replaced_) {
    if (bcf_get_info(read_header_.get(), bcf, key.c_str()) == nullptr) continue;
    bcf_update_info(read_header_.get(), bcf, key.c_str(), nullptr, 0, BCF_HT_REAL);
    synced.reset(bcf_init());  // a copy has its bytes in order again
    bcf_copy(synced.get(), bcf);
    bcf_unpack(synced.get(), BCF_UN_INFO);
    record.bcf = std::move(synced);
    bcf = record.bcf.get();
  }
  for (const InfoField& field : fields) AppendInfo(header_.get(), field, bcf);
  AppendRecord(*bcf, piece_);
}

std::string VcfEncoder::TakePiece() {
  std::string piece = std::move(piece_);
  piece_.clear();
  return format_ == VariantFormat::kVcf ? piece : BgzipBlocks(piece);
}

std::string VcfEncoder::End() const { return format_ == VariantFormat::kVcf ? std::string() : std::string(kBgzipEnd); }

}  // namespace agront::formats
