// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/pickle.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

constexpr size_t kMaxValues = 1 << 19;
constexpr size_t kMaxStack = 1 << 19;
constexpr uint64_t kMaxOpcodes = 1 << 24;
constexpr uint64_t kMaxKeptString = 1 << 16;
constexpr uint64_t kMaxKeptBytes = 1 << 26;
constexpr int kMaxProtocol = 5;

class Machine {
 public:
  Machine(ByteReader& reader, const PickleOptions& options) : reader_(reader), options_(options) {
    none_ = Add(PickleKind::kNone);
    false_ = Add(PickleKind::kBool);
    true_ = Add(PickleKind::kBool);
    tree_.values[true_].integer = 1;
  }

  PickleTree Run() {
    for (uint64_t count = 0; count < kMaxOpcodes; ++count) {
      opcode_offset_ = reader_.position();
      const char opcode = Take<char>();
      if (opcode == '.') {
        tree_.root = Pop();
        return std::move(tree_);
      }
      if (!RunScalar(opcode) && !RunString(opcode) && !RunCollection(opcode) && !RunStack(opcode) && !RunObject(opcode))
        Refuse("expected an opcode that checkpoints use, got 0x{:02x}", static_cast<unsigned char>(opcode));
    }
    Refuse("expected at most {} opcodes, got more", kMaxOpcodes);
  }

 private:
  template <class... Args>
  [[noreturn]] void Refuse(fmt::format_string<Args...> format, Args&&... args) {
    Fail("{}: pickle opcode at byte {}: {}", reader_.name(), opcode_offset_,
         fmt::format(format, std::forward<Args>(args)...));
  }

  // Reading operands. All of them are little-endian but BINFLOAT.

  void TakeBytes(std::span<std::byte> out) {
    reader_.Read(out);
    if (options_.hash != nullptr) options_.hash->Update(out);
  }

  template <class Number>
  Number Take() {
    Number number;
    TakeBytes(std::as_writable_bytes(std::span(&number, 1)));
    return number;
  }

  /// Up to the end of a line, for the text opcodes of protocol 0.
  std::string TakeLine() {
    std::string line;
    for (char c = Take<char>(); c != '\n'; c = Take<char>()) {
      if (line.size() >= kMaxKeptString) Refuse("expected a line of at most {} bytes", kMaxKeptString);
      line += c;
    }
    return line;
  }

  template <class Number>
  Number TakeNumberLine(std::string_view suffix = {}) {
    const std::string line = TakeLine();
    std::string_view digits = line;
    if (digits.ends_with(suffix)) digits.remove_suffix(suffix.size());
    Number number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size())
      Refuse("expected a number, got \"{}\"", Printable(line));
    return number;
  }

  // Values and the stack.

  PickleId Add(PickleKind kind) {
    if (tree_.values.size() >= kMaxValues) Refuse("expected at most {} values, got more", kMaxValues);
    tree_.values.emplace_back().kind = kind;
    return static_cast<PickleId>(tree_.values.size() - 1);
  }

  void Push(PickleId id) {
    if (stack_.size() >= kMaxStack) Refuse("expected a stack of at most {} values, got more", kMaxStack);
    stack_.push_back(id);
  }

  PickleId Pop() {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) Refuse("expected a value on the stack, got none");
    const PickleId id = stack_.back();
    stack_.pop_back();
    return id;
  }

  PickleId Top() {
    const PickleId id = Pop();
    stack_.push_back(id);
    return id;
  }

  std::vector<PickleId> PopToMark() {
    if (marks_.empty()) Refuse("expected a mark on the stack, got none");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }

  std::vector<PickleId> PopCount(size_t count) {
    std::vector<PickleId> items(count);
    for (size_t i = count; i-- > 0;) items[i] = Pop();
    return items;
  }

  void PushInt(int64_t integer) {
    const PickleId id = Add(PickleKind::kInt);
    tree_.values[id].integer = integer;
    Push(id);
  }

  void PushFloat(double real) {
    const PickleId id = Add(PickleKind::kFloat);
    tree_.values[id].real = real;
    Push(id);
  }

  void PushCollection(PickleKind kind, std::vector<PickleId> items) {
    if (kind == PickleKind::kDict && items.size() % 2 != 0) Refuse("expected a value for every key");
    const PickleId id = Add(kind);
    tree_.values[id].items = std::move(items);
    Push(id);
  }

  void PushString(PickleKind kind, uint64_t length) {
    const PickleId id = Add(kind);
    PickleValue& value = tree_.values[id];
    value.offset = reader_.position();
    value.length = length;
    if (length > kMaxKeptString) {
      reader_.Skip(length);
    } else {
      kept_bytes_ += length;
      if (kept_bytes_ > kMaxKeptBytes) Refuse("expected at most {} bytes of strings, got more", kMaxKeptBytes);
      value.text.resize(static_cast<size_t>(length));
      TakeBytes(std::as_writable_bytes(std::span(value.text)));
    }
    Push(id);
  }

  // Opcodes, in groups. Each returns false when the opcode is none of its own. One line each.

  // clang-format off
  bool RunScalar(char opcode) {
    switch (opcode) {
      case 'N': Push(none_); return true;
      case '\x88': Push(true_); return true;
      case '\x89': Push(false_); return true;
      case 'K': PushInt(Take<uint8_t>()); return true;
      case 'M': PushInt(Take<uint16_t>()); return true;
      case 'J': PushInt(Take<int32_t>()); return true;
      case 'I': RunIntLine(); return true;
      case 'L': PushInt(TakeNumberLine<int64_t>("L")); return true;
      case '\x8a': RunLong(Take<uint8_t>()); return true;
      case '\x8b': RunLong(Take<uint32_t>()); return true;
      case 'F': PushFloat(TakeNumberLine<double>()); return true;
      case 'G': PushFloat(std::bit_cast<double>(__builtin_bswap64(Take<uint64_t>()))); return true;
      default: return false;
    }
  }
  // clang-format on

  /// An int of protocol 0, where "00" and "01" are the bools.
  void RunIntLine() {
    const std::string line = TakeLine();
    int64_t integer = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), integer);
    if (error != std::errc() || end != line.data() + line.size())
      Refuse("expected an int, got \"{}\"", Printable(line));
    if (line == "00" || line == "01")
      Push(integer != 0 ? true_ : false_);
    else
      PushInt(integer);
  }

  void RunLong(uint32_t bytes) {
    if (bytes > sizeof(uint64_t)) Refuse("expected an int of at most 8 bytes, got {}", bytes);
    uint64_t bits = 0;
    for (uint32_t i = 0; i < bytes; ++i) bits |= static_cast<uint64_t>(Take<uint8_t>()) << (8 * i);
    const uint32_t unused = 64 - 8 * bytes;
    if (bytes > 0 && unused > 0) bits = static_cast<uint64_t>(static_cast<int64_t>(bits << unused) >> unused);
    PushInt(static_cast<int64_t>(bits));
  }

  // clang-format off
  bool RunString(char opcode) {
    switch (opcode) {
      case 'X': PushString(PickleKind::kString, Take<uint32_t>()); return true;
      case '\x8c': PushString(PickleKind::kString, Take<uint8_t>()); return true;
      case '\x8d': PushString(PickleKind::kString, Take<uint64_t>()); return true;
      case 'T': PushString(PickleKind::kString, Take<uint32_t>()); return true;
      case 'U': PushString(PickleKind::kString, Take<uint8_t>()); return true;
      case 'B': PushString(PickleKind::kBytes, Take<uint32_t>()); return true;
      case 'C': PushString(PickleKind::kBytes, Take<uint8_t>()); return true;
      case '\x8e':
      case '\x96': PushString(PickleKind::kBytes, Take<uint64_t>()); return true;
      default: return false;
    }
  }

  bool RunCollection(char opcode) {
    switch (opcode) {
      case ')': PushCollection(PickleKind::kTuple, {}); return true;
      case '\x85': PushCollection(PickleKind::kTuple, PopCount(1)); return true;
      case '\x86': PushCollection(PickleKind::kTuple, PopCount(2)); return true;
      case '\x87': PushCollection(PickleKind::kTuple, PopCount(3)); return true;
      case 't': PushCollection(PickleKind::kTuple, PopToMark()); return true;
      case ']': PushCollection(PickleKind::kList, {}); return true;
      case 'l': PushCollection(PickleKind::kList, PopToMark()); return true;
      case '}': PushCollection(PickleKind::kDict, {}); return true;
      case 'd': PushCollection(PickleKind::kDict, PopToMark()); return true;
      case 'a': Extend(PickleKind::kList, PopCount(1)); return true;
      case 'e': Extend(PickleKind::kList, PopToMark()); return true;
      case 's': Extend(PickleKind::kDict, PopCount(2)); return true;
      case 'u': Extend(PickleKind::kDict, PopToMark()); return true;
      default: return false;
    }
  }
  // clang-format on

  void Extend(PickleKind kind, const std::vector<PickleId>& items) {
    PickleValue& target = tree_.values[Top()];
    if (target.kind != kind && (target.kind != PickleKind::kObject || kind == PickleKind::kList))
      Refuse("expected a {} to extend, got {}", Name(kind), Name(target.kind));
    if (kind == PickleKind::kDict && items.size() % 2 != 0) Refuse("expected a value for every key");
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  // clang-format off
  bool RunStack(char opcode) {
    switch (opcode) {
      case '(':
        if (marks_.size() >= kMaxStack) Refuse("expected at most {} marks, got more", kMaxStack);
        marks_.push_back(stack_.size());
        return true;
      case '0': Pop(); return true;
      case '1': PopToMark(); return true;
      case '2': Push(Top()); return true;
      case 'q': Memoize(Take<uint8_t>()); return true;
      case 'r': Memoize(Take<uint32_t>()); return true;
      case 'p': Memoize(TakeNumberLine<uint32_t>()); return true;
      case '\x94': Memoize(static_cast<uint32_t>(memo_.size())); return true;
      case 'h': Recall(Take<uint8_t>()); return true;
      case 'j': Recall(Take<uint32_t>()); return true;
      case 'g': Recall(TakeNumberLine<uint32_t>()); return true;
      case '\x80': {
        const int protocol = Take<uint8_t>();
        if (protocol > kMaxProtocol) Refuse("expected protocol 0 to {}, got {}", kMaxProtocol, protocol);
        return true;
      }
      case '\x95': Take<uint64_t>(); return true;  // the length of a frame, which a stream does not need
      default: return false;
    }
  }
  // clang-format on

  void Memoize(uint32_t place) {
    if (memo_.size() >= kMaxValues) Refuse("expected at most {} memoized values, got more", kMaxValues);
    memo_[place] = Top();
  }

  void Recall(uint32_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) Refuse("expected a memoized value {}, there is none", place);
    Push(found->second);
  }

  bool RunObject(char opcode) {
    switch (opcode) {
      case 'c': {
        const std::string module = TakeLine();
        PushGlobal(module, TakeLine());
        return true;
      }
      case 'i': {  // INST: the class is named like a global, so it is refused or allowed like one
        const std::string module = TakeLine();
        PushGlobal(module, TakeLine());
        Refuse("expected objects of protocol 2 or later, got INST");
      }
      case '\x93': RunStackGlobal(); return true;
      case '\x82':
      case '\x83':
      case '\x84': Refuse("pickle wants code of the extension registry, which no checkpoint needs");
      case 'R':
      case '\x81': RunCall(); return true;
      case 'b': RunBuild(); return true;
      case 'Q': PushCollection(PickleKind::kPersistentId, PopCount(1)); return true;
      default: return false;
    }
  }

  void PushGlobal(std::string_view module, std::string_view name) {
    const std::string full = fmt::format("{}.{}", module, name);
    if (std::ranges::find(options_.allowed_globals, full) == options_.allowed_globals.end())
      Refuse("pickle wants {}, which no checkpoint needs", Printable(full));
    const PickleId id = Add(PickleKind::kGlobal);
    tree_.values[id].text = full;
    Push(id);
  }

  void RunStackGlobal() {
    const std::vector<PickleId> names = PopCount(2);
    const auto module = tree_.String(names[0]);
    const auto name = tree_.String(names[1]);
    if (!module || !name) Refuse("expected two strings for a global");
    // Copies, because adding a value moves the others.
    PushGlobal(std::string(*module), std::string(*name));
  }

  void RunCall() {
    const PickleId arguments = Pop();
    const PickleId callable = Pop();
    if (tree_[callable].kind != PickleKind::kGlobal)
      Refuse("expected a global to call, got {}", Name(tree_[callable].kind));
    if (tree_[arguments].kind != PickleKind::kTuple)
      Refuse("expected a tuple of arguments, got {}", Name(tree_[arguments].kind));
    const PickleId id = Add(PickleKind::kObject);
    tree_.values[id].callable = callable;
    tree_.values[id].arguments = arguments;
    Push(id);
  }

  void RunBuild() {
    const PickleId state = Pop();
    const PickleId object = Top();
    PickleValue& value = tree_.values[object];
    if (value.kind != PickleKind::kObject) Refuse("expected an object to build, got {}", Name(value.kind));
    if (value.state != kNoPickleValue) Refuse("expected to build an object once");
    value.state = state;
    if (options_.after_build) options_.after_build(tree_, object);
  }

  ByteReader& reader_;
  const PickleOptions& options_;
  PickleTree tree_;
  PickleId none_, false_, true_;
  std::vector<PickleId> stack_;
  std::vector<size_t> marks_;  // sizes of the stack
  std::unordered_map<uint32_t, PickleId> memo_;
  uint64_t opcode_offset_ = 0;
  uint64_t kept_bytes_ = 0;
};

}  // namespace

PickleTree ReadPickle(ByteReader& reader, const PickleOptions& options) { return Machine(reader, options).Run(); }

}  // namespace agront::formats
