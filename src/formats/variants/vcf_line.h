// SPDX-License-Identifier: Apache-2.0
// A line of VCF as text, of which nothing changes but INFO.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agront::formats {

struct VariantRecord;

/// A key of INFO with a value for each alternative allele: numbers, where NaN is a missing one, or words.
struct InfoField {
  std::string key;
  std::vector<float> numbers;
  std::vector<std::string> words;  ///< in the place of numbers; no blanks, commas, semicolons, = or %
};

/// The columns of a record that say where and what it is.
struct VcfPlace {
  std::string_view contig;
  int64_t position = 0;  ///< 0-based; -1 for POS 0, the telomere
  std::string_view reference;
  std::vector<std::string_view> alternatives;  ///< none for "."
  std::string_view info;
};

/// Reads the first eight columns. `line` may have its line end, and outlives the result. Throws Error beginning with
/// `place` for fewer columns, empty ones, and a POS that is no whole number from 0 to 2^40.
VcfPlace ParseVcfLine(std::string_view line, const std::string& place);

/// The value of a key of INFO; empty when it is not there, or has none.
std::string_view InfoValue(std::string_view info, std::string_view key);

/// The line with the fields at the end of INFO, as it was elsewhere, byte by byte. Fields that INFO has under one of
/// `replaced` are taken out first. `line` has eight columns, as ParseVcfLine takes it.
std::string WithInfo(std::string_view line, const std::vector<InfoField>& fields,
                     const std::set<std::string, std::less<>>& replaced);

/// Copies a place into a record.
void TakePlace(const VcfPlace& place, VariantRecord& record);

/// Six significant digits, as htslib writes numbers; "." for NaN.
std::string NumberText(float number);

/// "KEY=1.5,.,-0.25".
std::string InfoText(const InfoField& field);

}  // namespace agront::formats
