// SPDX-License-Identifier: Apache-2.0
#include "model/adapters/module_names.h"

#include <algorithm>
#include <locale>
#include <regex>
#include <utility>

#include "base/ascii.h"

namespace agront::model {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Walks over an expression and says whether Python and ECMAScript agree about all its parts.
class SharedSyntax {
 public:
  explicit SharedSyntax(std::string_view text) : text_(text) {}

  bool Holds() {
    while (at_ < text_.size())
      if (!Part()) return false;
    return true;
  }

 private:
  enum class Last { kNothing, kAtom, kGroup, kQuantifier, kLazy };

  char Peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool Part() {
    switch (Peek()) {
      case '\\': return Escape() && Became(Last::kAtom);
      case '[': return Class() && Became(Last::kAtom);
      case '(': return Group() && Became(Last::kNothing);
      case '*':
      case '+':
      case '?': return Quantifier(1);
      case '{': return last_ != Last::kGroup && Quantifier(LengthOfBounds());
      case ']':
      case '}': return false;
      case ')': ++at_; return Became(Last::kGroup);
      case '|':
      case '^':
      case '$': ++at_; return Became(Last::kNothing);
      default: ++at_; return Became(Last::kAtom);
    }
  }

  bool Became(Last last) {
    last_ = last;
    return true;
  }

  /// "\." and the like, or a class of letters.
  bool Escape() {
    const char c = Peek(1);
    at_ += 2;
    return std::ispunct(static_cast<unsigned char>(c)) != 0 || std::string_view("dDwWsS").find(c) != std::string::npos;
  }

  bool Class() {
    at_ += Peek(1) == '^' ? 2 : 1;
    if (Peek() == ']') return false;
    while (at_ < text_.size() && Peek() != ']') {
      if (Peek() == '[') return false;
      if (Peek() != '\\')
        ++at_;
      else if (!Escape())
        return false;
    }
    return at_++ < text_.size();
  }

  bool Group() {
    ++at_;
    if (Peek() != '?') return Peek() != '*';
    const char kind = Peek(1);
    at_ += 2;
    return kind == ':' || kind == '=' || kind == '!';
  }

  /// The length of "{2}", "{2,}" or "{2,4}"; else 0. Larger numbers would make large automata.
  size_t LengthOfBounds() const {
    if (!IsDigit(Peek(1))) return 0;
    if (Peek(2) == '}') return 3;
    if (Peek(2) != ',') return 0;
    if (Peek(3) == '}') return 4;
    return IsDigit(Peek(3)) && Peek(4) == '}' ? 5 : 0;
  }

  /// '?' behind another one makes it lazy; Python has other meanings for '+', and none for the rest.
  bool Quantifier(size_t length) {
    const bool is_lazy = last_ == Last::kQuantifier && length == 1 && Peek() == '?';
    if (length == 0 || (last_ != Last::kAtom && last_ != Last::kGroup && !is_lazy)) return false;
    at_ += length;
    return Became(is_lazy ? Last::kLazy : Last::kQuantifier);
  }

  std::string_view text_;
  size_t at_ = 0;
  Last last_ = Last::kNothing;
};

}  // namespace

struct ModuleExpression::Compiled {
  std::regex regex;
};

std::optional<ModuleExpression> ModuleExpression::Compile(const std::string& text) {
  constexpr size_t kLongest = 500;
  const bool is_plain = std::ranges::all_of(text, IsAsciiPrintable);
  if (text.size() > kLongest || !is_plain || !SharedSyntax(text).Holds()) return std::nullopt;
  ModuleExpression expression;
  try {
    // GCC's flag against exponential time: the automaton is walked with all its states at once.
    constexpr auto kFlags = std::regex::ECMAScript | std::regex_constants::__polynomial;
    std::regex regex;
    regex.imbue(std::locale::classic());  // not the one that the program has set
    regex.assign(text, kFlags);
    expression.compiled_ = std::make_shared<const Compiled>(Compiled{std::move(regex)});
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
  return expression;
}

bool ModuleExpression::Fits(const std::string& name) const { return std::regex_match(name, compiled_->regex); }

bool ModuleNames::Name(const std::string& module) const {
  if (expression_) return expression_->Fits(module);
  return NameWhole(module) ||
         std::ranges::any_of(names_, [&](const std::string& name) { return module.ends_with("." + name); });
}

bool ModuleNames::NameWhole(const std::string& module) const { return std::ranges::count(names_, module) > 0; }

bool ModuleNames::NameEnding(const std::string& module) const {
  if (expression_) return expression_->Fits(module);
  return std::ranges::any_of(names_, [&](const std::string& name) { return module.ends_with(name); });
}

}  // namespace agront::model
