// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/chunk_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/open_failure.h"
#include "base/sync_folder.h"

namespace agront::tasks {
namespace {

namespace fs = std::filesystem;

bool IsManifest(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("manifest-") && name.ends_with(".jsonl");
}

std::vector<fs::path> ManifestsIn(const std::string& folder) {
  std::vector<fs::path> manifests;
  for (const auto& entry : fs::directory_iterator(folder))
    if (IsManifest(entry.path())) manifests.push_back(entry.path());
  std::ranges::sort(manifests);
  return manifests;
}

/// Whether a file is the piece that the manifest has.
bool IsIntact(const std::string& path, const DoneChunk& done) {
  std::error_code missing;
  if (static_cast<int64_t>(fs::file_size(path, missing)) != done.bytes || missing) return false;
  std::ifstream file(path, std::ios::binary);
  std::string buffer(1 << 20, '\0');
  Sha256 sha;
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    sha.Update(std::string_view(buffer).substr(0, static_cast<size_t>(file.gcount())));
  }
  return file.eof() && sha.Hex() == done.sha256;
}

/// Throws Error unless a run goes on with what another one began.
void CheckSameRun(const std::string& path, const RunKey& was, const RunKey& now) {
  if (!was.settings.is_object()) Fail("{}: damaged: nothing says what it is of; --force begins again", path);
  if (was.shard != now.shard || was.shards != now.shards)
    Fail("{}: has shard {} of {}, expected {} of {}; the command that began it goes on, and --force begins again", path,
         was.shard, was.shards, now.shard, now.shards);
  CheckSameSettings(path, was.settings, now.settings, "the command that began it goes on, and --force begins again");
  if (was.genome_time != now.genome_time) Fail("{}: the genome has changed since; --force begins again", path);
}

void WaitForAll(ranks::Communicator& ranks) {
  double nothing = 0;
  ranks.Sum({&nothing, 1});
}

}  // namespace

FolderLock::FolderLock(const std::string& folder) : folder_(folder), unfinished_folder_(folder) {
  const std::string path = folder + "/lock";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) Fail("{}: cannot write: {}", path, SystemError());
  // Some file systems of clusters have no locks: there nothing keeps two processes apart.
  if (flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    close(file_);
    Fail("{}: another process is at work on this output", folder);
  }
  unfinished_lock_ = UnfinishedPath(path);
}

FolderLock::~FolderLock() {
  std::error_code stays;
  fs::remove(folder_ + "/lock", stays);
  fs::remove(folder_, stays);  // where it is empty
  close(file_);
}

ChunkFolder::ChunkFolder(const std::string& path, const RunKey& key, bool replaces, ranks::Communicator& ranks)
    : path_(path), ranks_(ranks) {
  manifest_.key = key;
  if (ranks.rank() == 0) Open(replaces);
  WaitForAll(ranks);
  if (ranks.rank() > 0) ReadAll();
  WaitForAll(ranks);  // nobody writes before all have read
  found_ = static_cast<int64_t>(manifest_.chunks.size());
}

void ChunkFolder::Open(bool replaces) {
  std::error_code failed;
  fs::create_directories(path_, failed);
  if (!fs::is_directory(path_)) Fail("{}: cannot make the folder for what is done: {}", path_, failed.message());
  lock_.emplace(path_);
  Manifest there;
  try {
    for (const fs::path& manifest : ManifestsIn(path_)) there.ReadFile(manifest);
    if (!there.key.settings.is_null() || !there.chunks.empty()) CheckSameRun(path_, there.key, manifest_.key);
  } catch (const Error&) {
    if (!replaces) throw;
    Clear();
    there = {};
  }
  manifest_.chunks = std::move(there.chunks);
  // One manifest of all: a line that a kill cut is gone, and what ranks wrote is together.
  std::string text;
  for (const auto& [chunk, done] : manifest_.chunks) text += LineOf(done) + "\n";
  if (!text.empty()) WriteTextFile(ManifestPath(0), LineOf(manifest_.key) + "\n" + text);
  has_manifest_ = !text.empty();
  for (const fs::path& manifest : ManifestsIn(path_))
    if (manifest != ManifestPath(0) || text.empty()) fs::remove(manifest);
  SyncFolder(path_);
}

void ChunkFolder::ReadAll() {
  const RunKey own = manifest_.key;
  for (const fs::path& manifest : ManifestsIn(path_)) manifest_.ReadFile(manifest);
  manifest_.key = own;
}

const DoneChunk* ChunkFolder::Find(int64_t chunk) const {
  const auto found = manifest_.chunks.find(chunk);
  return found != manifest_.chunks.end() && IsIntact(PiecePath(chunk), found->second) ? &found->second : nullptr;
}

void ChunkFolder::Begin(int64_t chunk) {
  piece_.emplace(PiecePath(chunk), true);
  sha_.emplace();
  bytes_ = 0;
}

void ChunkFolder::Write(std::string_view bytes) {
  piece_->Write(bytes);
  sha_->Update(bytes);
  bytes_ += static_cast<int64_t>(bytes.size());
}

void ChunkFolder::End(DoneChunk done) {
  done.bytes = bytes_;
  done.sha256 = sha_->Hex();
  piece_->Commit();
  piece_.reset();
  if (!has_manifest_) Append(LineOf(manifest_.key));
  has_manifest_ = true;
  Append(LineOf(done));
  manifest_.chunks[done.chunk] = std::move(done);
}

std::vector<Piece> ChunkFolder::Finish(int64_t chunks) {
  std::array<double, 2> sums = {static_cast<double>(chunks), ranks_.rank() == 0 ? static_cast<double>(chunks) : 0};
  ranks_.Sum(sums);
  if (sums[0] != sums[1] * ranks_.size())
    Fail("the variants have changed: processes have read other numbers of records");
  std::vector<Piece> pieces;
  if (ranks_.rank() > 0) return pieces;
  ReadAll();
  const RunKey& key = manifest_.key;
  for (int64_t chunk = key.shard - 1; chunk < chunks; chunk += key.shards) {
    const auto done = manifest_.chunks.find(chunk);
    if (done == manifest_.chunks.end()) Fail("{}: chunk {} is missing", path_, chunk);
    pieces.push_back({.done = done->second, .path = PiecePath(chunk), .offset = 0});
  }
  return pieces;
}

void ChunkFolder::Clear() {
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("chunk-") || name.starts_with("manifest-")) fs::remove(entry.path());
  }
}

void ChunkFolder::Append(const std::string& line) {
  const std::string path = ManifestPath(ranks_.rank()), text = line + "\n";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  const bool is_written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  const std::string why = is_written ? "" : SystemError();
  if (file >= 0) close(file);
  if (!is_written) Fail("{}: cannot write: {}", path, why);
}

std::string ChunkFolder::ManifestPath(int rank) const { return fmt::format("{}/manifest-{}.jsonl", path_, rank); }

std::string ChunkFolder::PiecePath(int64_t chunk) const { return fmt::format("{}/chunk-{}", path_, chunk); }

}  // namespace agront::tasks
