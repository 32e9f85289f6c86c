// SPDX-License-Identifier: Apache-2.0
// The header of a VCF file as text: its lines stay as they are, and ours come before the last.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agront::formats {

class VcfHeader {
 public:
  /// Takes the next line, with its line end. Returns whether it was the last one, "#CHROM...". Throws Error beginning
  /// with `place` for what is no header of VCF 4.
  bool Add(std::string line, const std::string& place);

  /// Names of the contigs with a line.
  std::set<std::string, std::less<>> Contigs() const;

  /// Takes out the definition of a key of INFO; returns whether there was one.
  bool RemoveInfo(std::string_view key);

  /// Adds a line, without its end, before the last one.
  void Insert(std::string_view line);

  std::string Text() const;

 private:
  std::vector<std::string> lines_;  // with their ends
  std::string line_end_ = "\n";
};

/// The value of a field such as ID in a line "##contig=<ID=chr1,length=5>"; empty when it has none.
std::string_view HeaderValue(std::string_view line, std::string_view field);

}  // namespace agront::formats
