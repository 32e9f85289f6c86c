// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/pickle_value.h"

namespace agront::formats {
namespace {

/// Shapes are short; a long tuple that many tensors share would cost memory for each of them.
constexpr size_t kMaxIntegers = 64;

}  // namespace

std::string_view Name(PickleKind kind) {
  switch (kind) {
    case PickleKind::kNone: return "None";
    case PickleKind::kBool: return "bool";
    case PickleKind::kInt: return "int";
    case PickleKind::kFloat: return "float";
    case PickleKind::kBytes: return "bytes";
    case PickleKind::kString: return "str";
    case PickleKind::kTuple: return "tuple";
    case PickleKind::kList: return "list";
    case PickleKind::kDict: return "dict";
    case PickleKind::kGlobal: return "global";
    case PickleKind::kObject: return "object";
    case PickleKind::kPersistentId: return "persistent id";
  }
  return "unknown";
}

bool PickleTree::IsGlobal(PickleId id, std::string_view name) const {
  return id != kNoPickleValue && values[id].kind == PickleKind::kGlobal && values[id].text == name;
}

bool PickleTree::IsCallOf(PickleId id, std::string_view name) const {
  return id != kNoPickleValue && values[id].kind == PickleKind::kObject && IsGlobal(values[id].callable, name);
}

std::optional<PickleId> PickleTree::Find(PickleId dict, std::string_view key) const {
  const std::vector<PickleId>& items = values[dict].items;
  for (size_t i = items.size(); i >= 2; i -= 2)
    if (String(items[i - 2]) == key) return items[i - 1];
  return std::nullopt;
}

std::optional<std::string_view> PickleTree::String(PickleId id) const {
  const PickleValue& value = values[id];
  if (value.kind != PickleKind::kString || value.text.size() != value.length) return std::nullopt;
  return value.text;
}

std::optional<std::vector<int64_t>> PickleTree::Integers(PickleId id) const {
  const PickleValue& value = values[id];
  if (value.kind != PickleKind::kTuple && value.kind != PickleKind::kList) return std::nullopt;
  if (value.items.size() > kMaxIntegers) return std::nullopt;
  std::vector<int64_t> integers;
  for (PickleId item : value.items) {
    if (values[item].kind != PickleKind::kInt) return std::nullopt;
    integers.push_back(values[item].integer);
  }
  return integers;
}

}  // namespace agront::formats
