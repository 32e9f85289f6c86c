// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/sharded_safetensors.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/json.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

using nlohmann::json;

json ReadIndex(const std::string& path, std::string_view text) {
  json document = ParseJson(text, path);
  if (!document.is_object() || !document.contains("weight_map") || !document["weight_map"].is_object())
    Fail("{}: expected a JSON object with an object \"weight_map\"", path);
  return document;
}

void CheckPlainName(const std::string& place, const std::string& file) {
  const bool plain = !file.empty() && file != "." && file != ".." &&
                     file.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
  if (!plain) Fail("{}: expected a file name without a folder, got \"{}\"", place, Printable(file));
}

class ShardedSafetensors final : public TensorArchive {
 public:
  explicit ShardedSafetensors(const std::string& path) : path_(path) {
    const json document = ReadIndex(path, ReadTextFile(path));
    std::map<std::string, std::string> file_of_tensor;
    std::set<std::string> files;
    for (const auto& [tensor, file] : document["weight_map"].items()) {
      const std::string place = Place(tensor);
      if (!file.is_string()) Fail("{}: expected a file name, got {}", place, file.type_name());
      CheckPlainName(place, file.get<std::string>());
      file_of_tensor[tensor] = file.get<std::string>();
      if (!files.insert(file.get<std::string>()).second) continue;
      if (std::error_code missing; !std::filesystem::exists(ShardPath(file.get<std::string>()), missing))
        Fail("{}: expected its shard {} beside the index, got no such file", place, Printable(file.get<std::string>()));
    }
    for (const std::string& file : files) AddShard(file, file_of_tensor);
    for (const auto& [tensor, file] : file_of_tensor)
      if (!seen_.contains(tensor))
        Fail("{}: expected it in {}, which does not have it", Place(tensor), ShardPath(file));
    if (document.contains("metadata") && document["metadata"].is_object())
      for (const auto& [key, value] : document["metadata"].items())
        if (value.is_string() || value.is_number())
          metadata_.emplace(key, value.is_string() ? value.get<std::string>() : value.dump());
  }

  const std::string& path() const override { return path_; }
  const std::vector<TensorEntry>& entries() const override { return entries_; }
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }

  TensorValues Read(size_t index) const override {
    const Location& location = locations_.at(index);
    return shards_[location.shard]->Read(location.entry);
  }

  TensorBytes Bytes(size_t index) const override {
    const Location& location = locations_.at(index);
    return shards_[location.shard]->Bytes(location.entry);
  }

  std::string HeaderHash() const override {
    Sha256 hash;
    for (const auto& shard : shards_) hash.Update(shard->HeaderHash());
    return hash.Hex();
  }

 private:
  struct Location {
    size_t shard;
    size_t entry;
  };

  std::string Place(const std::string& tensor) const {
    return fmt::format("{}: tensor \"{}\"", path_, Printable(tensor));
  }

  std::string ShardPath(const std::string& file) const {
    return (std::filesystem::path(path_).parent_path() / file).string();
  }

  void AddShard(const std::string& file, const std::map<std::string, std::string>& file_of_tensor) {
    std::unique_ptr<TensorArchive> shard = OpenSafetensors(ShardPath(file));
    for (size_t i = 0; i < shard->entries().size(); ++i) {
      const TensorEntry& entry = shard->entries()[i];
      const auto mapped = file_of_tensor.find(entry.name);
      if (mapped == file_of_tensor.end())
        Fail("{}: tensor \"{}\": expected it in the weight_map of {}", shard->path(), Printable(entry.name), path_);
      if (mapped->second != file) continue;  // another shard's: the index decides
      seen_.insert(entry.name);
      entries_.push_back(entry);
      locations_.push_back({shards_.size(), i});
    }
    shards_.push_back(std::move(shard));
  }

  std::string path_;
  std::set<std::string> seen_;  // tensors of the index, once their shard is open
  std::vector<std::unique_ptr<TensorArchive>> shards_;
  std::vector<TensorEntry> entries_;
  std::vector<Location> locations_;  // one for each entry
  std::map<std::string, std::string> metadata_;
};

}  // namespace

std::unique_ptr<TensorArchive> OpenShardedSafetensors(const std::string& index_path) {
  return std::make_unique<ShardedSafetensors>(index_path);
}

}  // namespace agront::formats
