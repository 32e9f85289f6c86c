// SPDX-License-Identifier: Apache-2.0
// Names of modules in the settings of Hugging Face's PEFT: a list of names and endings, or a regular expression.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agront::model {

/// A regular expression of Python that whole names are compared with. Files may hold one that is meant to take forever,
/// so only those are compiled that this program understands as Python does, and they run in time that grows with
/// the lengths of expression and name alone.
class ModuleExpression {
 public:
  /// Nothing for text that is no regular expression, longer than 500 characters, or has look-behind, named groups,
  /// back-references, flags or other parts that implementations read differently.
  static std::optional<ModuleExpression> Compile(const std::string& text);

  bool Fits(const std::string& name) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// As target_modules and exclude_modules name modules.
class ModuleNames {
 public:
  /// No module.
  ModuleNames() = default;
  explicit ModuleNames(std::vector<std::string> names) : names_(std::move(names)) {}
  explicit ModuleNames(ModuleExpression expression) : expression_(std::move(expression)) {}

  bool is_expression() const { return expression_.has_value(); }

  /// Whether it is in the list, whole or by the parts at its end, or fits the expression.
  bool Name(const std::string& module) const;
  /// Whether the list has the whole name.
  bool NameWhole(const std::string& module) const;
  /// Whether the name ends with one of the list, be it in the middle of a part, or fits the expression: as
  /// feedforward_modules are compared.
  bool NameEnding(const std::string& module) const;

 private:
  std::vector<std::string> names_;
  std::optional<ModuleExpression> expression_;
};

}  // namespace agront::model
