// SPDX-License-Identifier: Apache-2.0
// Which of the two words of a binary task is 1.
#pragma once

#include <array>
#include <optional>
#include <string>

namespace agront::data {

/// The two words, that for 0 first, by the first row of this table that they fit, whatever their case:
///   0, 1: 1                    1, 2: 2                        -, +: +
///   false, true: true          no, yes: yes                   negative, positive: positive
///   control, case: case        un-X, non-X, not X, in-X beside X: X (with a blank, "-", "_" or nothing between)
/// Nothing for other words: which one is meant is for the user to say.
std::optional<std::array<std::string, 2>> OrderedByMeaning(const std::string& one, const std::string& other);

}  // namespace agront::data
