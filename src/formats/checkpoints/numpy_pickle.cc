// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/numpy_pickle.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/shape_check.h"

namespace agront::formats {
namespace {

using tensor::DType;

constexpr std::string_view kJoblibWrapper = "joblib.numpy_pickle.NumpyArrayWrapper";
constexpr std::string_view kBFloat16 = "ml_dtypes.bfloat16";
constexpr std::string_view kReconstruct[] = {"numpy.core.multiarray._reconstruct",
                                             "numpy._core.multiarray._reconstruct"};
constexpr std::string_view kFromBuffer[] = {"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"};
constexpr std::string_view kJaxArray[] = {"jax._src.array._reconstruct_array",
                                          "jax._src.device_array.reconstruct_device_array"};
constexpr std::string_view kBytes[] = {"__builtin__.bytes", "builtins.bytes"};
constexpr std::string_view kEncode = "_codecs.encode";

constexpr std::string_view kGlobals[] = {
    kJoblibWrapper, kReconstruct[0], kReconstruct[1], kFromBuffer[0], kFromBuffer[1],  kJaxArray[0],   kJaxArray[1],
    kBytes[0],      kBytes[1],       kEncode,         kBFloat16,      "numpy.ndarray", "numpy.memmap", "numpy.dtype"};

constexpr std::pair<std::string_view, DType> kDTypes[] = {
    {"f2", DType::kFloat16}, {"f4", DType::kFloat32}, {"f8", DType::kFloat64},
    {"i1", DType::kInt8},    {"i2", DType::kInt16},   {"i4", DType::kInt32},
    {"i8", DType::kInt64},   {"u1", DType::kUInt8},   {"b1", DType::kBool}};

constexpr size_t kPieceElements = 1 << 13;

bool IsCallOfAny(const PickleTree& tree, PickleId id, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return tree.IsCallOf(id, name); });
}

/// The arguments of a call; empty when there are fewer than `least`.
std::span<const PickleId> Arguments(const PickleTree& tree, PickleId call, size_t least) {
  const std::vector<PickleId>& items = tree[tree[call].arguments].items;
  return items.size() < least ? std::span<const PickleId>() : items;
}

struct ElementType {
  DType dtype = DType::kOther;
  size_t bytes = 0;
  std::string format;
};

/// Formats whose arrays lie in the file like others, but that are never computed with.
std::optional<ElementType> ParseOther(std::string_view code) {
  constexpr size_t kMostBytes = 32;  // times kMaxElements, they fit 64 bits
  if (code.empty() || std::string_view("uifcSUmM").find(code[0]) == std::string_view::npos) return std::nullopt;
  size_t size = 0;
  const auto [end, error] = std::from_chars(code.data() + 1, code.data() + code.size(), size);
  if (error != std::errc() || end != code.data() + code.size() || size > kMostBytes) return std::nullopt;
  const size_t bytes = code[0] == 'U' ? 4 * size : size;
  if (bytes == 0 || bytes > kMostBytes) return std::nullopt;
  return ElementType{.dtype = DType::kOther, .bytes = bytes, .format = fmt::format("\"{}\"", code)};
}

ElementType ParseDType(std::string_view place, const PickleTree& tree, PickleId id) {
  const auto arguments = tree.IsCallOf(id, "numpy.dtype") ? Arguments(tree, id, 1) : std::span<const PickleId>();
  if (arguments.empty()) Fail("{}: expected a numpy dtype, got {}", place, Name(tree[id].kind));
  const PickleId state = tree[id].state;  // (version, byte order, ...)
  const bool has_order =
      state != kNoPickleValue && tree[state].kind == PickleKind::kTuple && tree[state].items.size() > 1;
  const auto order = has_order ? tree.String(tree[state].items[1]) : std::nullopt;
  if (order != "<" && order != "|" && order != "=")
    Fail("{}: expected little-endian numbers, got byte order \"{}\"", place, Printable(order.value_or("?")));
  const auto known_type = [](DType dtype) { return ElementType{dtype, tensor::SizeOf(dtype), {}}; };
  if (tree.IsGlobal(arguments[0], kBFloat16)) return known_type(DType::kBFloat16);
  const std::string_view code = tree.String(arguments[0]).value_or(Name(tree[arguments[0]].kind));
  for (const auto& [known, dtype] : kDTypes)
    if (known == code) return known_type(dtype);
  if (auto other = ParseOther(code)) return *other;
  Fail("{}: expected numpy numbers of f2, f4, f8, bfloat16, i1, i2, i4, i8, u1 or b1, got {}", place, Printable(code));
}

/// Shape, dtype and order; the values' place is the caller's.
StoredArray Describe(std::string_view place, const PickleTree& tree, PickleId shape, PickleId dtype,
                     bool is_column_major) {
  const auto sizes = tree.Integers(shape);
  if (!sizes) Fail("{}: expected a shape of at most 64 ints, got {}", place, Name(tree[shape].kind));
  StoredArray array;
  const ElementType element = ParseDType(place, tree, dtype);
  array.dtype = element.dtype;
  array.format = element.format;
  array.shape = *sizes;
  array.length = static_cast<uint64_t>(CountElements(place, array.shape)) * element.bytes;
  array.strides = is_column_major ? ColumnMajorStrides(array.shape) : RowMajorStrides(array.shape);
  return array;
}

/// Sets the place of the values to that of a bytes value: plain, or text that stands for bytes.
void Locate(std::string_view place, const PickleTree& tree, PickleId id, StoredArray& array) {
  const uint64_t needed = array.length;
  if (IsCallOfAny(tree, id, kBytes) && tree[tree[id].arguments].items.empty()) {  // how protocol 2 writes b""
    array.length = 0;
  } else {
    if (tree.IsCallOf(id, kEncode)) {
      const auto arguments = Arguments(tree, id, 2);
      if (arguments.empty() || tree[arguments[0]].kind != PickleKind::kString || tree.String(arguments[1]) != "latin1")
        Fail("{}: expected bytes as latin1 text", place);
      array.is_latin1 = true;
      id = arguments[0];
    } else if (tree[id].kind != PickleKind::kBytes) {
      Fail("{}: expected bytes, got {}", place, Name(tree[id].kind));
    }
    array.offset = tree[id].offset;
    array.length = tree[id].length;
  }
  const bool fits = array.is_latin1 ? array.length >= needed && array.length <= 2 * needed : array.length == needed;
  if (!fits) Fail("{}: expected {} bytes for its shape and dtype, got {}", place, needed, array.length);
}

/// The state that numpy gives BUILD: (version, shape, dtype, is_column_major, bytes).
StoredArray ParseState(std::string_view place, const PickleTree& tree, PickleId state) {
  const bool has_state =
      state != kNoPickleValue && tree[state].kind == PickleKind::kTuple && tree[state].items.size() == 5;
  if (!has_state) Fail("{}: expected an array's state of 5 parts", place);
  const std::vector<PickleId>& parts = tree[state].items;
  StoredArray array = Describe(place, tree, parts[1], parts[2], tree[parts[3]].integer != 0);
  Locate(place, tree, parts[4], array);
  return array;
}

/// Bytes of the stream, decoded when they are latin1 text in UTF-8.
class ValueBytes {
 public:
  ValueBytes(std::string_view place, const StoredArray& array, ByteReader& reader)
      : place_(place), is_latin1_(array.is_latin1), left_(array.length), reader_(reader) {}

  void Read(std::span<std::byte> out) {
    if (!is_latin1_) {
      reader_.Read(out);
      left_ -= out.size();
      return;
    }
    for (std::byte& decoded : out) {
      const auto first = std::to_integer<unsigned>(Next());
      if (first < 0x80) {
        decoded = static_cast<std::byte>(first);
        continue;
      }
      const auto second = std::to_integer<unsigned>(Next());
      if ((first != 0xC2 && first != 0xC3) || (second & 0xC0) != 0x80)
        Fail("{}: expected latin1 text in UTF-8, got 0x{:02x} 0x{:02x}", place_, first, second);
      decoded = static_cast<std::byte>((first & 3) << 6 | (second & 0x3F));
    }
  }

  void ExpectEnd() const {
    if (left_ > 0 || !ready_.empty()) Fail("{}: expected fewer bytes for its shape and dtype", place_);
  }

 private:
  std::byte Next() {
    if (ready_.empty()) {
      if (left_ == 0) Fail("{}: expected more bytes for its shape and dtype", place_);
      ready_ = std::span(buffer_).first(std::min<uint64_t>(left_, buffer_.size()));
      reader_.Read(ready_);
      left_ -= ready_.size();
    }
    const std::byte next = ready_.front();
    ready_ = ready_.subspan(1);
    return next;
  }

  std::string_view place_;
  bool is_latin1_;
  uint64_t left_;
  ByteReader& reader_;
  std::array<std::byte, 1 << 13> buffer_;
  std::span<std::byte> ready_;
};

}  // namespace

std::span<const std::string_view> NumpyGlobals() { return kGlobals; }

std::optional<StoredArray> FindNumpyArray(std::string_view place, const PickleTree& tree, PickleId id) {
  if (IsCallOfAny(tree, id, kReconstruct)) return ParseState(place, tree, tree[id].state);
  if (IsCallOfAny(tree, id, kJaxArray)) {
    const auto arguments = Arguments(tree, id, 3);  // rebuilder, its arguments, the array's state, the type's state
    if (arguments.empty()) Fail("{}: expected the state of a jax array", place);
    return ParseState(place, tree, arguments[2]);
  }
  if (!IsCallOfAny(tree, id, kFromBuffer)) return std::nullopt;
  const auto arguments = Arguments(tree, id, 4);  // bytes, dtype, shape, order
  if (arguments.empty()) Fail("{}: expected bytes, dtype, shape and order", place);
  StoredArray array = Describe(place, tree, arguments[2], arguments[1], tree.String(arguments[3]) == "F");
  Locate(place, tree, arguments[0], array);
  return array;
}

std::optional<StoredArray> SkipJoblibArray(std::string_view place, const PickleTree& tree, PickleId object,
                                           ByteReader& reader) {
  if (!tree.IsCallOf(object, kJoblibWrapper)) return std::nullopt;
  const PickleId state = tree[object].state;
  const bool is_dict = tree[state].kind == PickleKind::kDict;
  const auto shape = is_dict ? tree.Find(state, "shape") : std::nullopt;
  const auto dtype = is_dict ? tree.Find(state, "dtype") : std::nullopt;
  const auto order = is_dict ? tree.Find(state, "order") : std::nullopt;
  if (!shape || !dtype || !order) Fail("{}: expected shape, dtype and order of an array", place);
  const auto order_name = tree.String(*order);
  if (order_name != "C" && order_name != "F") Fail("{}: expected order C or F", place);
  StoredArray array = Describe(place, tree, *shape, *dtype, order_name == "F");
  const auto alignment = tree.Find(state, "numpy_array_alignment_bytes");  // absent before joblib 1.2
  if (alignment && tree[*alignment].kind == PickleKind::kInt) {
    uint8_t padding = 0;
    reader.Read(std::as_writable_bytes(std::span(&padding, 1)));
    reader.Skip(padding);
  }
  array.offset = reader.position();
  reader.Skip(array.length);
  return array;
}

void ReadArray(std::string_view place, const StoredArray& array, ByteReader& reader, std::span<float> out) {
  ValueBytes values(place, array, reader);
  if (array.dtype == DType::kFloat32) {
    values.Read(std::as_writable_bytes(out));
  } else {
    std::array<std::byte, kPieceElements * sizeof(double)> buffer;
    while (!out.empty()) {
      const std::span<float> piece = out.first(std::min(out.size(), kPieceElements));
      values.Read(std::span(buffer).first(piece.size() * tensor::SizeOf(array.dtype)));
      tensor::ToFloat32(array.dtype, buffer.data(), piece);
      out = out.subspan(piece.size());
    }
  }
  values.ExpectEnd();
}

}  // namespace agront::formats
