// SPDX-License-Identifier: Apache-2.0
// Lists of types of GFF3 lines, such as "gene,pseudogene".
#pragma once

#include <string>
#include <vector>

namespace agront::formats {

/// The types between commas, without blanks around them; none of an empty list. Throws UsageError, beginning with
/// `option`, for a comma without a type.
std::vector<std::string> ParseFeatureTypes(const std::string& list, const std::string& option = "feature");

/// Throws Error, naming the type, when none of the files has lines of a type of the list. Each GFF3 file is read until
/// all types were met; BED files have none and do not count, and what is no regular file cannot be read twice.
void CheckFeatureTypes(const std::vector<std::string>& paths, const std::string& list);

}  // namespace agront::formats
