// SPDX-License-Identifier: Apache-2.0
// Reports: HTML pages that need no other file.
#pragma once

#include <string>
#include <vector>

namespace agront::plot {

/// A page with a heading, a line below it, and what is in `body`. `title` and `about` are text, `body` is HTML.
std::string Page(const std::string& title, const std::string& about, const std::string& body);

/// A box in which a table that is wider than the page scrolls by itself.
std::string ScrollBox(const std::string& table);

/// Pictures side by side, as many as fit and as fill their rows: four are two and two. `contents` are HTML.
std::string SideBySide(const std::vector<std::string>& contents);

/// A sentence that stands out, from text without its full stop; it begins with a capital letter.
std::string Warning(std::string sentence);

/// A box with a heading. `title` is text, `content` is HTML.
std::string Section(const std::string& title, const std::string& content);

}  // namespace agront::plot
