// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/torch_checkpoint.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <utility>

#include "base/error.h"
#include "formats/checkpoints/pickle.h"
#include "formats/checkpoints/tensor_values.h"
#include "formats/checkpoints/zip_reader.h"
#include "formats/file_kind.h"
#include "formats/printable.h"
#include "formats/shape_check.h"

namespace agront::formats {
namespace {

using tensor::DType;

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor_v2";
/// The function that rebuilds tensors whose format has no class of storages.
constexpr std::string_view kRebuildTensorOfType = "torch._utils._rebuild_tensor_v3";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";

struct StorageType {
  std::string_view global;
  DType dtype;
  size_t element_bytes;
};

constexpr StorageType kStorages[] = {
    {"torch.DoubleStorage", DType::kFloat64, 8},     {"torch.FloatStorage", DType::kFloat32, 4},
    {"torch.HalfStorage", DType::kFloat16, 2},       {"torch.BFloat16Storage", DType::kBFloat16, 2},
    {"torch.LongStorage", DType::kInt64, 8},         {"torch.IntStorage", DType::kInt32, 4},
    {"torch.ShortStorage", DType::kInt16, 2},        {"torch.CharStorage", DType::kInt8, 1},
    {"torch.ByteStorage", DType::kUInt8, 1},         {"torch.BoolStorage", DType::kBool, 1},
    {"torch.ComplexFloatStorage", DType::kOther, 8}, {"torch.ComplexDoubleStorage", DType::kOther, 16}};

constexpr std::string_view kOtherGlobals[] = {kOrderedDict,
                                              kRebuildTensor,
                                              kRebuildTensorOfType,
                                              kRebuildParameter,
                                              "torch.Size",
                                              "torch.UntypedStorage",
                                              "torch.storage.UntypedStorage",
                                              "torch.uint16",
                                              "torch.uint32",
                                              "torch.uint64",
                                              "torch.float8_e4m3fn",
                                              "torch.float8_e5m2",
                                              "torch.float8_e4m3fnuz",
                                              "torch.float8_e5m2fnuz",
                                              "torch.float8_e8m0fnu"};

constexpr auto kAllowedGlobals = [] {
  std::array<std::string_view, std::size(kOtherGlobals) + std::size(kStorages)> names;
  std::ranges::copy(kOtherGlobals, names.begin());
  for (size_t i = 0; i < std::size(kStorages); ++i) names[std::size(kOtherGlobals) + i] = kStorages[i].global;
  return names;
}();

constexpr uint64_t kMaxPickleBytes = uint64_t{256} << 20;
constexpr size_t kMaxNameBytes = 1024;
constexpr size_t kPieceElements = 1 << 15;

/// The path, once it is clear that the file is a zip archive; else an error that says what it is.
const std::string& CheckMagic(const std::string& path) {
  constexpr char kExpected[] = "a zip archive as torch.save writes it";
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail("{}: cannot open: {}", path, SystemError());
  std::array<char, 512> beginning{};
  file.read(beginning.data(), beginning.size());
  const std::string_view start(beginning.data(), static_cast<size_t>(file.gcount()));
  if (start.starts_with("\x80\x02\x8a\n"))
    Fail("{}: expected a zip archive, got the format of PyTorch before 1.6; load and torch.save it again", path);
  ExpectKind(path, std::as_bytes(std::span(start)), FileKind::kZip, kExpected);
  if (!start.starts_with("PK\x03\x04")) Fail("{}: expected {}", path, kExpected);
  return path;
}

/// Where a tensor's values are.
struct StoredTensor {
  size_t zip_index;
  int64_t storage_elements;
  int64_t offset;  // in elements, as the strides
  std::vector<int64_t> strides;
};

class TorchCheckpoint final : public TensorArchive {
 public:
  explicit TorchCheckpoint(const std::string& path) : path_(CheckMagic(path)), zip_(path) {
    const size_t pickle_index = FindPickle();
    CheckByteOrder();
    const uint64_t size = zip_.entries()[pickle_index].size;
    if (size > kMaxPickleBytes) Fail("{}: data.pkl: expected at most {} bytes, got {}", path_, kMaxPickleBytes, size);
    std::vector<std::byte> bytes(static_cast<size_t>(size));
    zip_.ReadInto(pickle_index, bytes);
    Sha256 hash;
    hash.Update(bytes);
    header_hash_ = hash.Hex();
    ByteReader source(bytes, path_ + ": data.pkl");
    tree_ = ReadPickle(source, {.allowed_globals = kAllowedGlobals});
    AddStateDict();
    tree_ = {};
  }

  const std::string& path() const override { return path_; }
  const std::vector<TensorEntry>& entries() const override { return entries_; }
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }
  std::string HeaderHash() const override { return header_hash_; }

  TensorValues Read(size_t index) const override {
    const TensorEntry& entry = entries_.at(index);
    RequireFloating(Place(entry.name), entry);
    const StoredTensor& stored = stored_[index];
    TensorValues values;
    values.shape = entry.shape;
    values.strides = stored.strides;
    std::shared_ptr<const float[]> storage = ReadStorage(stored, entry);
    values.data = storage.get() + stored.offset;
    values.owner = std::move(storage);
    return values;
  }

 private:
  std::string Place(std::string_view name) const { return fmt::format("{}: tensor \"{}\"", path_, Printable(name)); }

  size_t FindPickle() {
    for (size_t i = 0; i < zip_.entries().size(); ++i) {
      const std::string& name = zip_.entries()[i].name;
      const size_t slash = name.find('/');
      if (slash == std::string::npos || name.substr(slash) != "/data.pkl") continue;
      folder_ = name.substr(0, slash + 1);
      return i;
    }
    Fail("{}: expected an entry */data.pkl in the zip archive", path_);
  }

  void CheckByteOrder() const {
    const auto index = zip_.Find(folder_ + "byteorder");
    if (!index) return;  // torch did not write it before 2.1
    std::string order;
    zip_.ReadPieces(*index, 16, [&](std::span<const std::byte> part) {
      if (order.size() < 16) order.append(reinterpret_cast<const char*>(part.data()), part.size());
    });
    if (order != "little") Fail("{}: expected byte order little, got {}", path_, Printable(order));
  }

  void AddStateDict() {
    const PickleValue& root = tree_[tree_.root];
    if (root.kind != PickleKind::kDict && !tree_.IsCallOf(tree_.root, kOrderedDict))
      Fail("{}: expected a dict of tensors, got {}", path_, Name(root.kind));
    std::set<std::string_view> names;
    for (size_t i = 0; i < root.items.size(); i += 2) {
      const auto name = tree_.String(root.items[i]);
      if (!name || name->size() > kMaxNameBytes)
        Fail("{}: expected strings of at most {} bytes as keys, got {}", path_, kMaxNameBytes,
             Name(tree_[root.items[i]].kind));
      if (!names.insert(*name).second) Fail("{}: expected it once, got it twice", Place(*name));
      AddTensor(std::string(*name), root.items[i + 1]);
    }
  }

  void AddTensor(const std::string& name, PickleId id) {
    const std::string place = Place(name);
    if (tree_.IsCallOf(id, kRebuildParameter)) {
      const std::vector<PickleId>& arguments = tree_[tree_[id].arguments].items;
      if (arguments.empty()) Fail("{}: expected a parameter of a tensor", place);
      id = arguments[0];
    }
    if (tree_.IsCallOf(id, kRebuildTensorOfType)) return AddUnreadTensor(name, id);
    if (!tree_.IsCallOf(id, kRebuildTensor)) {
      const bool is_dict = tree_[id].kind == PickleKind::kDict || tree_.IsCallOf(id, kOrderedDict);
      if (is_dict && (name == "state_dict" || name == "model"))
        Fail("{}: expected tensors, got a checkpoint that keeps them under \"{}\"; save that dict alone", path_, name);
      Fail("{}: expected a tensor, got {}", place, Name(tree_[id].kind));
    }
    const std::vector<PickleId>& arguments = tree_[tree_[id].arguments].items;
    if (arguments.size() < 4) Fail("{}: expected storage, offset, size and stride", place);
    const auto shape = Sizes(arguments[2]);
    const auto strides = Sizes(arguments[3]);
    const PickleValue& offset = tree_[arguments[1]];
    if (!shape || !strides || offset.kind != PickleKind::kInt || offset.integer < 0)
      Fail("{}: expected sizes, strides and an offset of at least 0", place);
    const auto [type, stored] = FindStorage(place, arguments[0]);
    const int64_t extent = CountExtent(place, *shape, *strides);
    if (offset.integer > stored.storage_elements || extent > stored.storage_elements - offset.integer)
      Fail("{}: expected it inside its storage of {} elements, got offset {} and extent {}", place,
           stored.storage_elements, offset.integer, extent);
    if (CountElements(place, *shape) > stored.storage_elements)
      Fail("{}: expected at most the {} elements of its storage, got a tensor that repeats them", place,
           stored.storage_elements);
    entries_.push_back({name, type.dtype, *shape, type.dtype == DType::kOther ? Quoted(type.global) : ""});
    stored_.push_back({stored.zip_index, stored.storage_elements, offset.integer, *strides});
  }

  static std::string Quoted(std::string_view global) { return fmt::format("\"{}\"", global); }

  /// One of a format that is not computed with, so that its values' place does not matter.
  void AddUnreadTensor(const std::string& name, PickleId id) {
    constexpr size_t kShape = 2;
    constexpr size_t kFormat = 6;
    const std::vector<PickleId>& arguments = tree_[tree_[id].arguments].items;
    const auto shape = arguments.size() > kFormat ? Sizes(arguments[kShape]) : std::nullopt;
    if (!shape) Fail("{}: expected storage, offset, size, stride and a number format", Place(name));
    const auto format = std::ranges::find_if(
        kOtherGlobals, [&](std::string_view global) { return tree_.IsGlobal(arguments[kFormat], global); });
    if (format == std::end(kOtherGlobals)) Fail("{}: expected a number format of torch", Place(name));
    entries_.push_back({name, DType::kOther, *shape, Quoted(*format)});
    stored_.push_back({0, 0, 0, {}});
  }

  /// A tuple of ints, or torch.Size of one.
  std::optional<std::vector<int64_t>> Sizes(PickleId id) const {
    if (!tree_.IsCallOf(id, "torch.Size")) return tree_.Integers(id);
    const std::vector<PickleId>& arguments = tree_[tree_[id].arguments].items;
    return arguments.size() == 1 ? tree_.Integers(arguments[0]) : std::nullopt;
  }

  std::pair<StorageType, StoredTensor> FindStorage(const std::string& place, PickleId id) const {
    if (tree_[id].kind != PickleKind::kPersistentId)
      Fail("{}: expected a storage, got {}", place, Name(tree_[id].kind));
    const std::vector<PickleId>& parts = tree_[tree_[id].items[0]].items;  // ("storage", type, key, device, elements)
    const auto key = parts.size() == 5 ? tree_.String(parts[2]) : std::nullopt;
    if (!key || tree_.String(parts[0]) != "storage" || tree_[parts[4]].kind != PickleKind::kInt)
      Fail("{}: expected (\"storage\", type, key, device, elements)", place);
    const auto storage =
        std::ranges::find_if(kStorages, [&](const auto& known) { return tree_.IsGlobal(parts[1], known.global); });
    if (storage == std::end(kStorages)) Fail("{}: expected a storage type, got {}", place, Name(tree_[parts[1]].kind));
    const auto index = zip_.Find(folder_ + "data/" + std::string(*key));
    if (!index)
      Fail("{}: expected its storage in the zip entry {}", place, Printable(fmt::format("{}data/{}", folder_, *key)));
    const int64_t elements = tree_[parts[4]].integer;
    const uint64_t bytes = zip_.entries()[*index].size;
    if (elements < 0 || elements > kMaxElements || static_cast<uint64_t>(elements) * storage->element_bytes != bytes)
      Fail("{}: expected a storage of {} elements ({}), its zip entry has {} bytes", place, elements, storage->global,
           bytes);
    return {*storage, {*index, elements, 0, {}}};
  }

  std::shared_ptr<const float[]> ReadStorage(const StoredTensor& stored, const TensorEntry& entry) const {
    std::weak_ptr<const float[]>& cached = storages_[{stored.zip_index, entry.dtype}];
    if (auto living = cached.lock()) return living;
    const std::shared_ptr<float[]> own = AllocateFloats(Place(entry.name), stored.storage_elements);
    const std::span<float> values(own.get(), static_cast<size_t>(stored.storage_elements));
    if (entry.dtype == DType::kFloat32) {
      zip_.ReadInto(stored.zip_index, std::as_writable_bytes(values));
    } else {
      const size_t element_bytes = tensor::SizeOf(entry.dtype);
      size_t done = 0;
      zip_.ReadPieces(stored.zip_index, kPieceElements * element_bytes, [&](std::span<const std::byte> part) {
        const size_t count = part.size() / element_bytes;
        tensor::ToFloat32(entry.dtype, part.data(), values.subspan(done, count));
        done += count;
      });
    }
    cached = own;
    return own;
  }

  std::string path_;
  ZipReader zip_;
  std::string folder_;  // of the entries in the zip, with its slash
  std::string header_hash_;
  PickleTree tree_;  // empty after opening
  std::vector<TensorEntry> entries_;
  std::vector<StoredTensor> stored_;  // one for each entry
  std::map<std::string, std::string> metadata_;
  mutable std::map<std::pair<size_t, DType>, std::weak_ptr<const float[]>> storages_;
};

}  // namespace

std::unique_ptr<TensorArchive> OpenTorchCheckpoint(const std::string& path) {
  return std::make_unique<TorchCheckpoint>(path);
}

}  // namespace agront::formats
