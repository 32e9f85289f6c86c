// SPDX-License-Identifier: Apache-2.0
// Headers of tables behind a '#'.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agront::formats {

/// The columns that a line "#a\tb" before a table names, when it can be the header of records such as `first`, by the
/// rule in delimited_file.h; else nothing. An empty `first`: the table has no record.
std::optional<std::vector<std::string>> HeaderInComment(std::string_view comment, char separator,
                                                        const std::vector<std::string>& first);

}  // namespace agront::formats
