// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/sharded_safetensors.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/json.h"

namespace agront::formats {
namespace {

using nlohmann::json;

json ReadIndex(const std::string& path, std::string_view text) {
  json document = ParseJson(text, path);
  if (!document.is_object() || !document.contains("weight_map") || !document["weight_map"].is_object())
    Fail("{}: expected a JSON object with an object \"weight_map\"", path);
  return document;
}

void CheckPlainName(const std::string& path, const std::string& tensor, const std::string& file) {
  const bool plain = !file.empty() && file != "." && file != ".." &&
                     file.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
  if (!plain) Fail("{}: tensor \"{}\": expected a file name without a folder, got \"{}\"", path, tensor, file);
}

class ShardedSafetensors final : public TensorArchive {
 public:
  explicit ShardedSafetensors(const std::string& path) : path_(path) {
    const MappedFile index(path);
    const json document = ReadIndex(path, {reinterpret_cast<const char*>(index.bytes().data()), index.bytes().size()});
    std::map<std::string, std::map<std::string, bool>> tensors_of_file;  // file, tensor, seen in the shard
    for (const auto& [tensor, file] : document["weight_map"].items()) {
      if (!file.is_string()) Fail("{}: tensor \"{}\": expected a file name, got {}", path, tensor, file.type_name());
      CheckPlainName(path, tensor, file.get<std::string>());
      tensors_of_file[file.get<std::string>()][tensor] = false;
    }
    for (auto& [file, tensors] : tensors_of_file) AddShard(file, tensors);
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

  void AddShard(const std::string& file, std::map<std::string, bool>& tensors) {
    const std::string shard_path = (std::filesystem::path(path_).parent_path() / file).string();
    std::unique_ptr<TensorArchive> shard = OpenSafetensors(shard_path);
    for (size_t i = 0; i < shard->entries().size(); ++i) {
      const TensorEntry& entry = shard->entries()[i];
      const auto mapped = tensors.find(entry.name);
      if (mapped == tensors.end())
        Fail("{}: tensor \"{}\": expected it in the weight_map of {}", shard_path, entry.name, path_);
      mapped->second = true;
      entries_.push_back(entry);
      locations_.push_back({shards_.size(), i});
    }
    for (const auto& [tensor, seen] : tensors)
      if (!seen) Fail("{}: tensor \"{}\": expected it in {}, which does not have it", path_, tensor, shard_path);
    shards_.push_back(std::move(shard));
  }

  std::string path_;
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
