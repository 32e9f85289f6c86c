// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/allele.h"

#include <algorithm>
#include <charconv>

#include "genome/nucleotide.h"

namespace agront::tasks {
namespace {

/// A whole number of INFO; nothing when it is none.
std::optional<int64_t> Number(std::string_view text) {
  constexpr int64_t kLargest = int64_t{1} << 40;  // no sequence is as long: sums of numbers fit
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < -kLargest || number > kLargest) return std::nullopt;
  return number;
}

/// Bases that a symbolic allele is about, behind the one at POS: by SVLEN of the allele, else by END.
std::optional<int64_t> LengthOf(const formats::VariantRecord& record, size_t allele) {
  std::string_view lengths = record.lengths;
  for (size_t i = 0; i < allele && !lengths.empty(); ++i)
    lengths.remove_prefix(std::min(lengths.find(','), lengths.size() - 1) + 1);
  std::optional<int64_t> length = Number(lengths.substr(0, lengths.find(',')));
  if (length && *length < 0) length = -*length;  // of a deletion, before VCF 4.4
  if (!length)
    if (const auto end = Number(record.end)) length = *end - record.position - 1;
  return length && *length > 0 ? length : std::nullopt;
}

Allele Symbolic(const formats::VariantRecord& record, size_t number, const std::string& sequence,
                data::GenomeBases& genome, int64_t longest) {
  const std::string& text = record.alternatives[number];
  const auto is = [&](std::string_view kind) {
    return text == "<" + std::string(kind) + ">" || text.starts_with("<" + std::string(kind) + ":");
  };
  const std::optional<int64_t> length = LengthOf(record, number);
  if (!length || !(is("DEL") || is("DUP") || is("INV"))) return {VariantStatus::kSymbolic, {}};
  const int64_t start = record.position + 1;
  if (*length > genome.Length(sequence) - start) return {VariantStatus::kBeyondContig, {}};
  if (*length > longest) return {VariantStatus::kTooLong, {}};
  genome::Change change{.start = start, .end = start + *length, .alternative = {}};
  if (is("DEL")) return {VariantStatus::kScored, change};
  change.alternative = genome.Fetch(sequence, change.start, change.end);
  if (change.alternative.find('N') != std::string::npos) return {VariantStatus::kAmbiguous, {}};
  if (is("DUP"))
    change.end = change.start;
  else
    genome::ReverseComplement(change.alternative);
  return {VariantStatus::kScored, change};
}

Allele OfBases(const formats::VariantRecord& record, size_t number, const std::string& sequence,
               data::GenomeBases& genome, int64_t longest) {
  genome::Change change = genome::TrimmedChange(record.position, record.reference, record.alternatives[number]);
  genome::AlignLeft(change, [&](int64_t position) { return genome.At(sequence, position); });
  if (std::max(change.end - change.start, static_cast<int64_t>(change.alternative.size())) > longest)
    return {VariantStatus::kTooLong, {}};
  return {VariantStatus::kScored, std::move(change)};
}

/// What an allele's text alone says; kScored for bases and for symbols.
VariantStatus StatusOfText(std::string_view text) {
  switch (genome::KindOfAllele(text)) {
    case genome::AlleleKind::kStar: return VariantStatus::kStar;
    case genome::AlleleKind::kAnyOther: return VariantStatus::kAnyAllele;
    case genome::AlleleKind::kBreakend: return VariantStatus::kBreakend;
    case genome::AlleleKind::kAmbiguous: return VariantStatus::kAmbiguous;
    case genome::AlleleKind::kMissing:
    case genome::AlleleKind::kOther: return VariantStatus::kInvalid;
    case genome::AlleleKind::kBases:
    case genome::AlleleKind::kSymbolic: break;
  }
  return VariantStatus::kScored;
}

}  // namespace

PlacedRecord Place(const formats::VariantRecord& record, ContigNames& names, data::GenomeBases& genome,
                   int64_t longest) {
  return Place(record, names.Find(record.contig), genome, longest);
}

PlacedRecord Place(const formats::VariantRecord& record, const std::string* sequence, data::GenomeBases& genome,
                   int64_t longest) {
  PlacedRecord placed{.sequence = sequence, .alleles = {}, .genome_bases = {}};
  VariantStatus of_all = VariantStatus::kScored;
  const auto length = static_cast<int64_t>(record.reference.size());
  if (placed.sequence == nullptr) {
    of_all = VariantStatus::kUnknownContig;
  } else if (record.position < 0 || record.position > genome.Length(*placed.sequence) - length) {
    of_all = VariantStatus::kBeyondContig;
  } else {
    placed.is_inside = true;
    const std::string bases = genome.Fetch(*placed.sequence, record.position, record.position + length);
    if (!genome::FitsGenome(record.reference, bases)) {
      of_all = VariantStatus::kRefDiffers;
      placed.genome_bases = bases;
    }
  }
  for (size_t i = 0; i < record.alternatives.size(); ++i) {
    const std::string& text = record.alternatives[i];
    if (const VariantStatus of_text = StatusOfText(text); of_text != VariantStatus::kScored)
      placed.alleles.push_back({of_text, {}});
    else if (of_all != VariantStatus::kScored)
      placed.alleles.push_back({of_all, {}});
    else if (text.starts_with('<'))
      placed.alleles.push_back(Symbolic(record, i, *placed.sequence, genome, longest));
    else
      placed.alleles.push_back(OfBases(record, i, *placed.sequence, genome, longest));
  }
  return placed;
}

}  // namespace agront::tasks
