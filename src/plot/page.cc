// SPDX-License-Identifier: Apache-2.0
#include "plot/page.h"

#include <fmt/format.h>

#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr const char* kStyle = R"(<style>
:root { color-scheme: light; }
body { margin: 0; background: #f6f7f8; color: #202428; font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 28px 24px 60px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 0 0 6px; }
p { margin: 4px 0 10px; max-width: 78ch; color: #444b52; overflow-wrap: anywhere; }
section { background: white; border: 1px solid #e3e6e8; border-radius: 12px; padding: 18px 20px; margin-top: 18px; overflow-x: auto; }
.scroll { overflow-x: auto; margin-bottom: 10px; }
.scroll th:first-child, .scroll td:first-child { position: sticky; left: 0; background: white; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid #eceef0; white-space: nowrap; }
th { font-weight: 600; color: #555d64; font-size: 13px; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; display: block; font-family: inherit; font-size: 12px; }
.side { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 18px; align-items: start; }
.side.pairs { grid-template-columns: repeat(auto-fill, minmax(min(440px, 100%), 1fr)); --grow: 1.3; }
.side > div { overflow-x: auto; min-width: 0; }
.left td, .left th { text-align: left; white-space: normal; vertical-align: top; }
.left td:first-child, .left code { white-space: nowrap; }
td.words { text-align: left; white-space: normal; min-width: 14ch; }
.verdict { font-size: 17px; color: #202428; }
.warning { border-left: 4px solid #c2571a; padding: 2px 0 2px 12px; }
b.best { color: #1d5a8f; }
code { background: #eef0f2; border-radius: 4px; padding: 1px 5px; font-size: 13px; white-space: pre-wrap; }
footer { color: #6a7178; font-size: 13px; margin-top: 22px; }
@media (max-width: 640px) {
  main { padding: 16px 10px 40px; }
  section { padding: 14px 12px; }
  th, td { padding: 4px 6px; }
  td small { display: block; }
}
</style>
)";

}  // namespace

std::string Page(const std::string& title, const std::string& about, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{0}</title>\n{1}</head>\n<body><main>\n"
      "<h1>{0}</h1>\n<p>{2}</p>\n{3}"
      "<footer>This page needs no other file: it can be saved and sent as it is.</footer>\n"
      "</main></body></html>\n",
      EscapeXml(title), kStyle, EscapeXml(about), body);
}

std::string ScrollBox(const std::string& table) { return "<div class=\"scroll\">" + table + "</div>\n"; }

std::string SideBySide(const std::vector<std::string>& contents) {
  const bool are_pairs = contents.size() == 2 || contents.size() == 4;  // three would fit in a row
  std::string html = are_pairs ? "<div class=\"side pairs\">\n" : "<div class=\"side\">\n";
  for (const std::string& content : contents) html += fmt::format("<div>{}</div>\n", content);
  return html + "</div>\n";
}

std::string Warning(std::string sentence) {
  if (!sentence.empty() && sentence[0] >= 'a' && sentence[0] <= 'z') sentence[0] += 'A' - 'a';
  return fmt::format("<p class=\"warning\">{}.</p>\n", EscapeXml(sentence));
}

std::string Section(const std::string& title, const std::string& content) {
  return fmt::format("<section><h2>{}</h2>\n{}</section>\n", EscapeXml(title), content);
}

}  // namespace agront::plot
