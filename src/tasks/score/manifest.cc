// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/manifest.h"

#include <fstream>

#include "base/error.h"
#include "base/open_failure.h"
#include "formats/json.h"

namespace agront::tasks {
namespace {

using nlohmann::ordered_json;

constexpr int kVersion = 1;

/// A number that counts something.
int64_t Count(const ordered_json& line, const char* key) {
  constexpr int64_t kMost = int64_t{1} << 50;
  const auto& value = line.at(key);
  if (!value.is_number_integer() || value.get<int64_t>() < 0 || value.get<int64_t>() > kMost)
    throw std::invalid_argument(key);
  return value.get<int64_t>();
}

std::string Sum(const ordered_json& line, const char* key) {
  constexpr size_t kDigits = 64;
  auto sum = line.at(key).get<std::string>();
  if (sum.size() != kDigits || sum.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw std::invalid_argument(key);
  return sum;
}

DoneChunk DoneChunkOf(const ordered_json& line) {
  DoneChunk done{.chunk = Count(line, "chunk"),
                 .records = Count(line, "records"),
                 .passes = Count(line, "passes"),
                 .last_position = Count(line, "last_position"),
                 .bytes = Count(line, "bytes"),
                 .input_sha256 = Sum(line, "input_sha256"),
                 .sha256 = Sum(line, "sha256"),
                 .alleles = line.at("alleles").get<std::array<int64_t, kNumStatuses>>(),
                 .order = {}};
  if (!line.at("sorted").get<bool>()) done.order.SetUnsorted();
  for (const ordered_json& run : line.at("runs"))
    done.order.Add(run.at(0).get<std::string>(), run.at(1).get<int64_t>(), run.at(2).get<int64_t>());
  return done;
}

}  // namespace

void CheckSameSettings(const std::string& path, const ordered_json& was, const ordered_json& now,
                       const std::string& advice) {
  const auto value_of = [](const ordered_json& settings, const std::string& key) {
    return settings.contains(key) ? settings[key] : ordered_json("none");
  };
  for (const ordered_json* settings : {&now, &was})
    for (const auto& [key, value] : settings->items())
      if (const ordered_json had = value_of(was, key), has = value_of(now, key); had != has)
        Fail("{}: has {} {}, expected {}; {}", path, formats::Printable(key, 40), formats::Printable(had.dump(), 80),
             formats::Printable(has.dump(), 80), advice);
}

std::string LineOf(const RunKey& key) {
  return ordered_json{{"agront_score", kVersion},
                      {"shard", key.shard},
                      {"shards", key.shards},
                      {"header_bytes", key.header_bytes},
                      {"longest_sequence", key.longest_sequence},
                      {"genome_time", key.genome_time},
                      {"settings", key.settings}}
      .dump();
}

std::string LineOf(const DoneChunk& done) {
  ordered_json runs = ordered_json::array();
  if (done.order.is_sorted())
    for (const SortOrder::Run& run : done.order.runs()) runs.push_back({run.contig, run.first, run.last});
  return ordered_json{{"chunk", done.chunk},
                      {"records", done.records},
                      {"passes", done.passes},
                      {"last_position", done.last_position},
                      {"bytes", done.bytes},
                      {"input_sha256", done.input_sha256},
                      {"sha256", done.sha256},
                      {"alleles", done.alleles},
                      {"sorted", done.order.is_sorted()},
                      {"runs", std::move(runs)}}
      .dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

std::string LineOfTotal(int64_t chunks) { return ordered_json{{"chunks", chunks}}.dump(); }

void Manifest::Read(const std::string& line, const std::string& place) {
  const auto parsed = formats::ParseJson<ordered_json>(line, place);
  try {
    if (parsed.contains("agront_score")) {
      if (Count(parsed, "agront_score") != kVersion) throw std::invalid_argument("agront_score");
      Sum(parsed.at("settings"), "header_sha256");
      parsed.at("settings").at("format").get_ref<const std::string&>();
      key = {.settings = parsed.at("settings"),
             .shard = Count(parsed, "shard"),
             .shards = Count(parsed, "shards"),
             .header_bytes = Count(parsed, "header_bytes"),
             .longest_sequence = Count(parsed, "longest_sequence"),
             .genome_time = parsed.at("genome_time").get<int64_t>()};
    } else if (parsed.contains("chunks")) {
      total = Count(parsed, "chunks");
    } else {
      DoneChunk done = DoneChunkOf(parsed);
      chunks[done.chunk] = std::move(done);
    }
  } catch (const std::exception&) {
    Fail("{}: expected a line of a manifest of agront score, got \"{}\"", place, formats::Printable(line, 40));
  }
}

void Manifest::ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) FailToOpen(path);
  std::string line;
  for (int64_t number = 1; std::getline(file, line) && !file.eof(); ++number)
    Read(line, fmt::format("{}:{}", path, number));
  if (file.bad()) Fail("{}: cannot read: {}", path, SystemError());
}

}  // namespace agront::tasks
