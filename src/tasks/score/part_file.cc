// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/part_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/open_failure.h"
#include "base/output_file.h"
#include "base/sha256.h"
#include "tasks/score/run_key.h"

namespace agront::tasks {
namespace {

std::string ManifestPath(const std::string& part) { return part + ".manifest"; }

std::string ReadHeader(const std::string& path, int64_t bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) FailToOpen(path);
  std::string header(static_cast<size_t>(bytes), '\0');
  if (!file.read(header.data(), bytes)) Fail("{}: damaged: it is shorter than its manifest says", path);
  return header;
}

}  // namespace

void WritePartManifest(const std::string& part, const RunKey& key, int64_t chunks, const std::vector<Piece>& pieces) {
  OutputFile file(ManifestPath(part), true);
  file.Write(LineOf(key) + "\n");
  for (const Piece& piece : pieces) file.Write(LineOf(piece.done) + "\n");
  file.Write(LineOfTotal(chunks) + "\n");
  file.Commit();
}

PartFile ReadPart(const std::string& path) {
  const std::string of_manifest = ManifestPath(path);
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) Fail("{}: no such file", path);
  if (!std::filesystem::exists(of_manifest, missing))
    Fail("{}: has no {}: expected a part that agront score --shard wrote, with its manifest", path, of_manifest);
  PartFile part{.path = path, .manifest = {}, .header = {}, .pieces = {}};
  part.manifest.ReadFile(of_manifest);
  const RunKey& key = part.manifest.key;
  if (!key.settings.is_object() || part.manifest.total < 0 || key.shard < 1 || key.shard > key.shards)
    Fail("{}: damaged: it is cut short", of_manifest);
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
  const auto end = static_cast<int64_t>(EndOf(FormatOf(key.settings["format"])).size());
  int64_t expected = key.header_bytes + end;
  for (const auto& [chunk, done] : part.manifest.chunks)
    if ((expected += done.bytes) > size) break;
  if (expected != size) Fail("{}: has {} bytes, expected {} or more as its manifest says", path, size, expected);
  part.header = ReadHeader(path, key.header_bytes);
  Sha256 sha;
  sha.Update(part.header);
  if (sha.Hex() != key.settings["header_sha256"]) Fail("{}: damaged: its header is not what its manifest says", path);
  int64_t offset = key.header_bytes;
  for (const auto& [chunk, done] : part.manifest.chunks) {
    part.pieces.push_back({.done = done, .path = path, .offset = offset});
    offset += done.bytes;
  }
  return part;
}

std::vector<Piece> JoinParts(std::vector<PartFile>& parts) {
  const PartFile& first = parts.front();
  const RunKey& key = first.manifest.key;
  std::set<int64_t> shards;
  for (const PartFile& part : parts) {
    const RunKey& own = part.manifest.key;
    CheckSameSettings(part.path, own.settings, key.settings,
                      fmt::format("{} has it, and they are of one job", first.path));
    if (own.shards != key.shards)
      Fail("{}: is one of {} shards, expected one of {}", part.path, own.shards, key.shards);
    if (!shards.insert(own.shard).second) Fail("{}: shard {} is given twice", part.path, own.shard);
    if (part.manifest.total != first.manifest.total)
      Fail("{}: was made of {} chunks of variants, {} of {}", part.path, part.manifest.total, first.path,
           first.manifest.total);
    for (const Piece& piece : part.pieces)
      if (piece.done.chunk % key.shards + 1 != own.shard || piece.done.chunk >= part.manifest.total)
        Fail("{}: has chunk {}, which is not one of shard {}", part.path, piece.done.chunk, own.shard);
  }
  for (int64_t shard = 1; shard <= key.shards; ++shard)
    if (!shards.contains(shard))
      Fail("shard {} of {} is missing: expected the parts of all shards, got {}", shard, key.shards, parts.size());
  std::vector<Piece> pieces;
  for (PartFile& part : parts) std::ranges::move(part.pieces, std::back_inserter(pieces));
  std::ranges::sort(pieces, {}, [](const Piece& piece) { return piece.done.chunk; });
  for (size_t i = 0; i < pieces.size(); ++i)
    if (pieces[i].done.chunk != static_cast<int64_t>(i)) Fail("{}: chunk {} is missing", first.path, i);
  if (static_cast<int64_t>(pieces.size()) != first.manifest.total)
    Fail("expected {} chunks, got {}", first.manifest.total, pieces.size());
  return pieces;
}

}  // namespace agront::tasks
