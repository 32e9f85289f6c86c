// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/chunk_loop.h"

#include <utility>

#include "base/error.h"
#include "base/sha256.h"

namespace agront::tasks {

ChunkLoop::ChunkLoop(const ChunkSettings& settings, formats::VariantReader& reader, const ScorePlan& plan,
                     GroupScorer& scorer, formats::VariantEncoder& encoder, std::function<void()> load,
                     std::function<int64_t()> passes, Reporter& reporter)
    : settings_(settings),
      reader_(reader),
      plan_(plan),
      scorer_(scorer),
      encoder_(encoder),
      load_(std::move(load)),
      passes_(std::move(passes)),
      reporter_(reporter) {}

int64_t ChunkLoop::Run(ChunkStore& store) {
  const ChunkShare& share = settings_.share;
  for (int64_t chunk = 0;; ++chunk) {
    const bool is_ours = chunk % share.of == share.remainder;
    const DoneChunk* done = is_ours ? store.Find(chunk) : nullptr;
    const bool is_there = is_ours && done == nullptr ? Score(chunk, store) : PassOver(chunk, done);
    if (!is_there) return chunk;
  }
}

bool ChunkLoop::PassOver(int64_t chunk, const DoneChunk* done) {
  int64_t records = 0;
  if (chunk == 0 && done == nullptr) {  // the shards need not find out one by one that the genome is another one
    Group group = ReadGroup(reader_, settings_.records);
    scorer_.Place(group);
    scorer_.CheckGenome(group, settings_.variants, settings_.genome);
    records = static_cast<int64_t>(group.size());
  }
  std::optional<Sha256> sha;
  if (done != nullptr) sha.emplace();
  while (records < settings_.records && reader_.Skip(sha ? &*sha : nullptr)) ++records;
  if (done != nullptr && (records != done->records || sha->Hex() != done->input_sha256))
    Fail("{}: the {} records from number {} on are others than when the output was begun; --force begins again",
         settings_.variants, done->records, chunk * settings_.records + 1);
  if (done != nullptr) records_ += records;
  return records > 0;
}

bool ChunkLoop::Score(int64_t chunk, ChunkStore& store) {
  DoneChunk done{.chunk = chunk, .input_sha256 = {}, .sha256 = {}, .order = {}};
  const int64_t passes = passes_();
  Sha256 sha;
  while (done.records < settings_.records) {
    const double before = reader_.Progress();
    Group group = ReadGroup(reader_, settings_.records - done.records);
    if (group.empty()) break;
    for (const ScoredRecord& scored : group) AddTo(sha, scored.record);
    scorer_.Place(group);
    if (chunk == 0 && done.records == 0) scorer_.CheckGenome(group, settings_.variants, settings_.genome);
    if (!progress_) {
      load_();
      progress_.emplace(reporter_, "scoring", "variants", records_, before, false);
    }
    if (done.records == 0) store.Begin(chunk);
    ScoreGroup(group, before);
    Encode(group, done, store);
    records_ += static_cast<int64_t>(group.size());
    progress_->Update(records_, reader_.Progress());
  }
  if (done.records == 0) return false;
  store.Write(encoder_.TakePiece());
  bytes_ = 0;
  done.passes = passes_() - passes;
  done.input_sha256 = sha.Hex();
  store.End(std::move(done));
  return true;
}

void ChunkLoop::ScoreGroup(Group& group, double before) {
  const double after = reader_.Progress();
  const auto count = static_cast<double>(group.size());
  scorer_.Score(group, [&](double share) {
    progress_->Update(records_ + static_cast<int64_t>(count * share),
                      after < 0 ? -1 : before + (after - before) * share);
  });
}

void ChunkLoop::Encode(Group& group, DoneChunk& done, ChunkStore& store) {
  constexpr size_t kPiece = 16'000'000;  // of text: lines may be long
  for (ScoredRecord& scored : group) {
    Count(scored, done);
    bytes_ += scored.record.size();
    encoder_.Add(scored.record, FieldsOf(plan_, scored.statuses, scored.scores), scored.place);
    scored.record = {};
    if (bytes_ > kPiece) store.Write(encoder_.TakePiece());
    if (bytes_ > kPiece) bytes_ = 0;
  }
}

}  // namespace agront::tasks
