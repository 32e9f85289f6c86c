// SPDX-License-Identifier: Apache-2.0
// The output of a shard: a file of variants with its chunks, and PART.manifest, which says where they are in it.
#pragma once

#include <string>
#include <vector>

#include "tasks/score/manifest.h"
#include "tasks/score/whole_output.h"

namespace agront::tasks {

/// Writes PART.manifest for a file of these pieces.
void WritePartManifest(const std::string& part, const RunKey& key, int64_t chunks, const std::vector<Piece>& pieces);

/// A part, as its manifest says.
struct PartFile {
  std::string path;
  Manifest manifest;
  std::string header;         ///< the bytes before its first piece
  std::vector<Piece> pieces;  ///< by number
};

/// Throws Error when the file or its manifest is missing or damaged, or they do not fit.
PartFile ReadPart(const std::string& path);

/// The pieces of all parts in the order of the variants. Throws Error, with what differs or is missing, unless these
/// are all the parts of one job, each once.
std::vector<Piece> JoinParts(std::vector<PartFile>& parts);

}  // namespace agront::tasks
