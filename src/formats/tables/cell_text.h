// SPDX-License-Identifier: Apache-2.0
// Texts in the cells of our tables.
#pragma once

#include <string>
#include <string_view>

namespace agront::formats {

/// Appends a text as it stands in a cell: a tab, a line end, a NUL and a backslash as \t, \n, \r, \0 and \\. A text
/// with a double quote stands in quotes, with those in it doubled: R takes one in the middle, too, for the start of a
/// quotation.
void AppendCellText(std::string_view text, std::string& line);

/// Undoes the backslashes of AppendCellText, not the quotes. A backslash before any other letter stays what it is.
std::string CellText(std::string_view cell);

/// Whether what wrote a table, by the text of its provenance ("agront 0.2.0"), writes cells so: version 0.1 did not.
bool WritesCellText(std::string_view program);

/// The same of the program in TABLE.json beside a table; false where there is none.
bool HasCellText(const std::string& table);

}  // namespace agront::formats
