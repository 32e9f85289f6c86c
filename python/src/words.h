// SPDX-License-Identifier: Apache-2.0
// Words of Python for choices of C++.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "agront/error.h"
#include "agront/precision.h"
#include "agront/printable.h"

namespace agront::python {

/// Throws UsageError "pooling: expected mean, max, cls or none, got 'x'".
template <class T>
T ChoiceOf(const char* what, const std::string& word, std::initializer_list<std::pair<const char*, T>> choices) {
  std::string expected;
  size_t left = choices.size();
  for (const auto& [name, value] : choices) {
    if (word == name) return value;
    expected += name;
    if (--left > 0) expected += left == 1 ? " or " : ", ";
  }
  throw UsageError(std::string(what) + ": expected " + expected + ", got '" + Printable(word) + "'");
}

inline std::optional<Precision> PrecisionOf(const std::string& word) {
  return ChoiceOf<std::optional<Precision>>("precision", word,
                                            {{"fp32", Precision::kFp32},
                                             {"bf16", Precision::kBf16},
                                             {"int8", Precision::kInt8},
                                             {"tf32", Precision::kTf32},
                                             {"auto", kAutoPrecision}});
}

}  // namespace agront::python
