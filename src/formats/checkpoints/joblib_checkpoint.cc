// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/joblib_checkpoint.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "formats/checkpoints/numpy_pickle.h"
#include "formats/checkpoints/pickle.h"
#include "formats/checkpoints/tensor_values.h"
#include "formats/checkpoints/zlib_file.h"
#include "formats/file_kind.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

using namespace std::string_view_literals;

constexpr size_t kMaxNameBytes = 1024;
constexpr size_t kMaxEntries = 1 << 16;
constexpr char kZlibMagic = '\x78';
constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kFlatMapping = "haiku._src.data_structures.FlatMapping";

void RefuseOtherCompression(const std::string& path, std::string_view start) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"\x1f\x8b"sv, "gzip"},        {"BZh"sv, "bz2"},          {"\xfd\x37zXZ"sv, "xz"}, {"\x5d\x00"sv, "lzma"},
      {"\x04\x22\x4d\x18"sv, "lz4"}, {"ZF"sv, "joblib's zfile"}};
  for (const auto& [magic, name] : kOthers)
    if (start.starts_with(magic))
      Fail("{}: expected a joblib dump that is plain or compressed with zlib, got {}; joblib.load it and dump it again",
           path, name);
}

class JoblibCheckpoint final : public TensorArchive {
 public:
  explicit JoblibCheckpoint(const std::string& path) : path_(path), file_(std::make_shared<const MappedFile>(path)) {
    const std::string_view start(reinterpret_cast<const char*>(file_->bytes().data()),
                                 std::min<size_t>(file_->bytes().size(), 16));
    RefuseOtherCompression(path_, start);
    if (start.starts_with(kZlibMagic))
      file_ = InflateFile(*file_);
    else
      ExpectKind(path_, file_->bytes(), FileKind::kPickle, "a joblib dump");
    ReadIndex();
    SortByOffset();
  }

  const std::string& path() const override { return path_; }
  const std::vector<TensorEntry>& entries() const override { return entries_; }
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }
  std::string HeaderHash() const override { return header_hash_; }

  TensorValues Read(size_t index) const override {
    const TensorEntry& entry = entries_.at(index);
    const StoredArray& array = arrays_[index];
    const std::string place = Place(entry.name);
    RequireFloating(place, entry);
    if (!array.is_latin1)
      return ViewOrConvert(place, entry, array.strides, file_->bytes().subspan(array.offset, array.length), file_);
    int64_t count = 1;
    for (int64_t size : array.shape) count *= size;
    const std::shared_ptr<float[]> own = AllocateFloats(place, count);
    if (count > 0) {
      ByteReader reader(file_->bytes(), file_->path());
      reader.Skip(array.offset);
      ReadArray(place, array, reader, {own.get(), static_cast<size_t>(count)});
    }
    return {own.get(), entry.shape, array.strides, own};
  }

 private:
  std::string Place(std::string_view name) const { return fmt::format("{}: tensor \"{}\"", path_, Printable(name)); }

  void ReadIndex() {
    ByteReader reader(file_->bytes(), file_->path());
    std::unordered_map<PickleId, StoredArray> joblib_arrays;
    Sha256 hash;
    const auto skip_array = [&](const PickleTree& tree, PickleId object) {
      const std::string place = fmt::format("{}: array at byte {}", path_, reader.position());
      if (auto array = SkipJoblibArray(place, tree, object, reader)) joblib_arrays.emplace(object, std::move(*array));
    };
    std::vector<std::string_view> globals{kOrderedDict, kFlatMapping};
    globals.insert(globals.end(), NumpyGlobals().begin(), NumpyGlobals().end());
    const PickleTree tree = ReadPickle(reader, {.allowed_globals = globals, .after_build = skip_array, .hash = &hash});
    reader.ExpectEnd();
    header_hash_ = hash.Hex();
    AddDict(tree, joblib_arrays, tree.root, "");
  }

  /// The keys and values of a dict in turn, or of what stands for one: an OrderedDict, or Haiku's FlatMapping around a
  /// dict; null for other values.
  static const std::vector<PickleId>* DictItems(const PickleTree& tree, PickleId id) {
    if (tree.IsCallOf(id, kFlatMapping)) {
      const std::vector<PickleId>& arguments = tree[tree[id].arguments].items;
      if (arguments.size() != 1) return nullptr;
      id = arguments[0];
    }
    const bool is_dict = tree[id].kind == PickleKind::kDict || tree.IsCallOf(id, kOrderedDict);
    return is_dict ? &tree[id].items : nullptr;
  }

  /// Adds the arrays of a dict; the dicts in it too when it is the outermost one, which has no prefix.
  void AddDict(const PickleTree& tree, const std::unordered_map<PickleId, StoredArray>& joblib_arrays, PickleId id,
               const std::string& prefix) {
    const std::vector<PickleId>* found = DictItems(tree, id);
    if (found == nullptr) Fail("{}: expected a dict of dicts of arrays, got {}", path_, Name(tree[id].kind));
    const std::vector<PickleId>& items = *found;
    for (size_t i = 0; i < items.size(); i += 2) {
      const auto key = tree.String(items[i]);
      if (!key || prefix.size() + key->size() > kMaxNameBytes)
        Fail("{}: expected strings of at most {} bytes as keys, got {}", Place(prefix), kMaxNameBytes,
             Name(tree[items[i]].kind));
      const std::string name = prefix + std::string(*key);
      const auto joblib_array = joblib_arrays.find(items[i + 1]);
      if (joblib_array != joblib_arrays.end())
        Add(name, joblib_array->second);
      else if (auto array = FindNumpyArray(Place(name), tree, items[i + 1]))
        Add(name, std::move(*array));
      else if (prefix.empty() && DictItems(tree, items[i + 1]) != nullptr)
        AddDict(tree, joblib_arrays, items[i + 1], name + "/");
      else
        Fail("{}: expected an array, got {}", Place(name), Name(tree[items[i + 1]].kind));
    }
  }

  void Add(const std::string& name, StoredArray array) {
    if (!names_.insert(name).second) Fail("{}: expected it once, got it twice", Place(name));
    if (entries_.size() >= kMaxEntries) Fail("{}: expected at most {} arrays, got more", path_, kMaxEntries);
    entries_.push_back({name, array.dtype, array.shape, array.format});
    arrays_.push_back(std::move(array));
  }

  void SortByOffset() {
    std::vector<size_t> order(entries_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [this](size_t i) { return arrays_[i].offset; });
    std::vector<TensorEntry> entries;
    std::vector<StoredArray> arrays;
    for (size_t i : order) {
      entries.push_back(std::move(entries_[i]));
      arrays.push_back(std::move(arrays_[i]));
    }
    entries_ = std::move(entries);
    arrays_ = std::move(arrays);
  }

  std::string path_;
  std::shared_ptr<const MappedFile> file_;
  std::string header_hash_;
  std::set<std::string> names_;
  std::vector<TensorEntry> entries_;
  std::vector<StoredArray> arrays_;  // one for each entry
  std::map<std::string, std::string> metadata_;
};

}  // namespace

std::unique_ptr<TensorArchive> OpenJoblibCheckpoint(const std::string& path) {
  return std::make_unique<JoblibCheckpoint>(path);
}

}  // namespace agront::formats
