// SPDX-License-Identifier: Apache-2.0
// The contents of a pickle, as a table of plain values: nothing in it is executed.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agront::formats {

enum class PickleKind {
  kNone,
  kBool,
  kInt,
  kFloat,
  kBytes,
  kString,
  kTuple,
  kList,
  kDict,
  kGlobal,        ///< a name of Python code, which stays a name
  kObject,        ///< what a call of `callable` with `arguments` would give, were anything called
  kPersistentId,  ///< items[0] says what the container keeps elsewhere
};

/// Place of a value in its PickleTree.
using PickleId = uint32_t;
inline constexpr PickleId kNoPickleValue = std::numeric_limits<PickleId>::max();

struct PickleValue {
  PickleKind kind = PickleKind::kNone;
  int64_t integer = 0;          ///< kBool, kInt
  double real = 0;              ///< kFloat
  std::string text;             ///< kGlobal: "module.name"; kString (UTF-8) and kBytes: the content, unless it is large
  uint64_t offset = 0;          ///< kString, kBytes: where the content is in the stream
  uint64_t length = 0;          ///< kString, kBytes: in bytes. Large content is only there, `text` is empty
  std::vector<PickleId> items;  ///< tuple, list; dict and object: keys and values in turn
  PickleId callable = kNoPickleValue;   ///< kObject
  PickleId arguments = kNoPickleValue;  ///< kObject: a tuple
  PickleId state = kNoPickleValue;      ///< kObject: of BUILD, if there was one
};

/// "int", "dict", ...
std::string_view Name(PickleKind kind);

/// All values of one pickle. They refer to each other by place, so shared and even cyclic values are harmless
/// as long as nobody walks them without a limit.
struct PickleTree {
  std::vector<PickleValue> values;
  PickleId root = kNoPickleValue;

  const PickleValue& operator[](PickleId id) const { return values[id]; }

  bool IsGlobal(PickleId id, std::string_view name) const;

  /// Whether the value is an object made by calling the global `name`.
  bool IsCallOf(PickleId id, std::string_view name) const;

  /// The value of a string key of a dict (or of an object with items): the last one, as in Python.
  std::optional<PickleId> Find(PickleId dict, std::string_view key) const;

  /// The content of a string that is not large; nothing for other values.
  std::optional<std::string_view> String(PickleId id) const;

  /// The content of a tuple or list of at most 64 ints; nothing for other values.
  std::optional<std::vector<int64_t>> Integers(PickleId id) const;
};

}  // namespace agront::formats
