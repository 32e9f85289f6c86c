// SPDX-License-Identifier: Apache-2.0
// Regions from BED and GFF3 files, plain, gzip or bgzip.
//
// BED: columns sequence, start, end (0-based half-open), then name (else "sequence:start-end") and strand, in the
// fourth and sixth where they are there; comments, "track" and "browser" lines are passed over.
// GFF3: lines of one type (such as "gene") or of several ("gene,pseudogene"), 1-based inclusive; the name is the
// attribute ID, else Name, else as in BED. Percent-encoded letters are decoded. The file ends for us where FASTA
// begins. In both, blanks around a word are no part of it, and intervals without bases (equal start and end; in GFF3,
// an end one before the start) are left out and counted.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "genome/region.h"

namespace agront::formats {

class RegionFile {
 public:
  virtual ~RegionFile() = default;
  /// False at the end. Throws Error with file and line for a malformed line, and at the end when there was no region.
  virtual bool Next(genome::Region& region) = 0;
  /// Another field of that region's line. BED: "sequence", "name", "score", "strand" or the number of a column from
  /// 1; GFF3: an attribute, else "sequence", "type", "score" or "strand". Nothing when the line does not have it; BED
  /// throws UsageError when no line could.
  virtual std::optional<std::string> Value(const std::string& key) const = 0;
  /// File and line of the region that Next gave last.
  virtual std::string Place() const = 0;
  /// The share of the file that was read; negative when not known.
  virtual double Progress() const = 0;
  /// The types of GFF3 lines that were asked for and not met so far.
  virtual std::vector<std::string> MissingTypes() const { return {}; }
  /// Notes on regions that were left out or are missing, a sentence each; at the end.
  virtual std::vector<std::string> Notes() const { return {}; }
};

/// By the name: .gff or .gff3, with .gz or not.
bool IsGff(const std::string& path);

/// By the name: .gff, .gff3 (or .gtf, refused) and .bed, with .gz or not; other names are taken as BED.
/// `feature` is the type of GFF3 lines to read, several are separated by commas; empty: every type. A type that the
/// file lacks beside others is no error here; CheckFeatureTypes makes it one.
std::unique_ptr<RegionFile> OpenRegionFile(const std::string& path, const std::string& feature);

}  // namespace agront::formats
