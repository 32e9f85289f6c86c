// SPDX-License-Identifier: Apache-2.0
#include "formats/corpus/description.h"

#include <cmath>
#include <cstdint>
#include <set>

#include "base/error.h"
#include "formats/json.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "agront-corpus";
constexpr uint64_t kVersion = 1;
constexpr uint64_t kMostWindows = UINT32_MAX;
constexpr uint64_t kMostBytes = uint64_t{1} << 62;

/// A member of an object.
const Json& Get(const Json& object, const char* key, const std::string& place) {
  const auto found = object.find(key);
  if (found == object.end()) Fail("{}: expected the key {:?}, got none", place, key);
  return *found;
}

std::string GetText(const Json& object, const char* key, const std::string& place) {
  const Json& value = Get(object, key, place);
  if (!value.is_string()) Fail("{}: {}: expected a text, got {}", place, key, Printable(value.dump()));
  return value.get<std::string>();
}

/// A whole number up to `most`.
uint64_t GetNumber(const Json& object, const char* key, uint64_t most, const std::string& place) {
  const Json& value = Get(object, key, place);
  if (!value.is_number_unsigned() || value.get<uint64_t>() > most)
    Fail("{}: {}: expected a whole number up to {}, got {}", place, key, most, Printable(value.dump()));
  return value.get<uint64_t>();
}

DescribedSpecies ParseSpecies(const Json& item, const std::string& place) {
  if (!item.is_object()) Fail("{}: expected an object, got {}", place, Printable(item.dump()));
  DescribedSpecies species;
  species.name = GetText(item, "name", place);
  species.fasta = GetText(item, "fasta", place);
  species.shard = GetText(item, "shard", place);
  if (species.shard.empty() || species.shard.starts_with('.') || species.shard.find('/') != std::string::npos)
    Fail("{}: shard: expected the name of a file in the same folder, got {:?}", place, Printable(species.shard));
  if (item.contains("weight")) {
    const Json& weight = Get(item, "weight", place);
    if (!weight.is_number() || !std::isfinite(weight.get<double>()) || weight.get<double>() <= 0)
      Fail("{}: weight: expected a number above 0, got {}", place, Printable(weight.dump()));
    species.weight = weight.get<double>();
  }
  species.windows = {static_cast<int64_t>(GetNumber(item, "training_windows", kMostWindows, place)),
                     static_cast<int64_t>(GetNumber(item, "validation_windows", kMostWindows, place))};
  species.summary = {GetNumber(item, "shard_bytes", kMostBytes, place),
                     static_cast<uint64_t>(species.windows[0] + species.windows[1]),
                     static_cast<uint32_t>(GetNumber(item, "index_crc32", UINT32_MAX, place))};
  return species;
}

}  // namespace

std::string WriteDescription(const CorpusDescription& description) {
  Json json = {{"format", kFormat},
               {"version", kVersion},
               {"vocabulary_sha256", description.vocabulary_sha256},
               {"window_tokens", description.window_tokens},
               {"folds", description.folds}};
  json["settings"] = description.settings;
  json["provenance"] = description.provenance;
  json["species"] = Json::array();
  for (const DescribedSpecies& species : description.species) {
    Json item = {{"name", species.name}, {"fasta", species.fasta}};
    if (species.weight) item["weight"] = *species.weight;
    item["training_windows"] = species.windows[0];
    item["validation_windows"] = species.windows[1];
    item["shard"] = species.shard;
    item["shard_bytes"] = species.summary.bytes;
    item["index_crc32"] = species.summary.index_crc;
    json["species"].push_back(std::move(item));
  }
  return json.dump(2) + "\n";
}

CorpusDescription ParseDescription(const std::string& text, const std::string& path) {
  const Json json = ParseJson<Json>(text, path);
  if (!json.is_object() || json.value("format", Json()) != Json(kFormat))
    Fail("{}: expected the description of a corpus, with format {:?}", path, kFormat);
  if (const uint64_t version = GetNumber(json, "version", UINT32_MAX, path); version != kVersion)
    Fail("{}: expected version {} of the format, got {}", path, kVersion, version);
  CorpusDescription description;
  description.vocabulary_sha256 = GetText(json, "vocabulary_sha256", path);
  description.window_tokens = static_cast<int64_t>(GetNumber(json, "window_tokens", kMostWindowBases, path));
  description.folds = static_cast<int>(GetNumber(json, "folds", UINT16_MAX, path));
  if (description.folds < 1) Fail("{}: folds: expected 1 or more, got 0", path);
  const Json& list = Get(json, "species", path);
  if (!list.is_array() || list.empty()) Fail("{}: species: expected a list of one or more", path);
  std::set<std::string> names;
  for (const Json& item : list) {
    description.species.push_back(ParseSpecies(item, path + fmt::format(": species {}", description.species.size())));
    if (!names.insert(description.species.back().name).second)
      Fail("{}: species {} is there twice", path, Printable(description.species.back().name));
  }
  for (const DescribedSpecies& species : description.species)
    if (species.weight.has_value() != description.species.front().weight.has_value())
      Fail("{}: expected a weight for every species or for none", path);
  return description;
}

}  // namespace agront::formats
