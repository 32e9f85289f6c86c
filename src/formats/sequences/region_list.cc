// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_list.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

/// "5,001" as 5001; nothing for other text than a number from 1.
std::optional<int64_t> ParsePosition(std::string_view text) {
  std::string digits(text);
  if (digits.starts_with(',') || digits.ends_with(',')) return std::nullopt;
  std::erase(digits, ',');
  int64_t position_1based = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), position_1based);
  if (error != std::errc() || end != digits.data() + digits.size() || position_1based < 1) return std::nullopt;
  return position_1based;
}

/// The text that may follow the name of a sequence: from, from-to, from-to:strand.
struct Range {
  int64_t from_1based = 1;
  std::optional<int64_t> to_1based;
  bool reverse = false;
};

std::optional<Range> ParseRange(std::string_view text) {
  Range range;
  const size_t dash = text.find('-');
  const auto from = ParsePosition(text.substr(0, dash));
  if (!from) return std::nullopt;
  range.from_1based = *from;
  if (dash == std::string_view::npos) return range;
  std::string_view to = text.substr(dash + 1);
  if (to.ends_with(":+") || to.ends_with(":-")) {
    range.reverse = to.ends_with('-');
    to.remove_suffix(2);
  }
  range.to_1based = ParsePosition(to);
  if (!range.to_1based) return std::nullopt;
  return range;
}

/// The last colon that a range follows ends the name: names may have colons, and a strand has one, too.
genome::Region ParseRegion(const std::string& text, const IndexedFasta& genome) {
  if (const int64_t length = genome.Length(text); length >= 0) return {text, text, 0, length, false};
  std::string unknown = text;
  for (size_t colon = text.rfind(':'); colon != std::string::npos && colon > 0; colon = text.rfind(':', colon - 1)) {
    const auto range = ParseRange(std::string_view(text).substr(colon + 1));
    if (!range) continue;
    const std::string sequence = text.substr(0, colon);
    const int64_t length = genome.Length(sequence);
    unknown = sequence;
    if (length < 0) break;
    const int64_t start = range->from_1based - 1;
    const int64_t end = range->to_1based.value_or(std::max(length, start + 1));
    if (start >= end)
      FailUsage("--region \"{}\": expected a start that is not behind the end, got {} and {}", Printable(text),
                range->from_1based, end);
    return {text, sequence, start, end, range->reverse};
  }
  if (unknown == text && text.find(':') != std::string::npos)
    FailUsage("--region \"{}\": expected chr, chr:from or chr:from-to with :+ or :- (from 1, both ends included)",
              Printable(text));
  Fail("--region \"{}\": {} has no sequence {}; its first are {}", Printable(text), genome.path(), Printable(unknown),
       Printable(fmt::format("{}", fmt::join(genome.SomeNames(), ", "))));
}

class RegionList : public RegionFile {
 public:
  RegionList(const std::vector<std::string>& texts, const IndexedFasta& genome) {
    for (const std::string& text : texts) regions_.push_back(ParseRegion(text, genome));
  }

  bool Next(genome::Region& region) override {
    if (next_ == regions_.size()) return false;
    region = regions_[next_++];
    return true;
  }

  std::optional<std::string> Value(const std::string& /*key*/) const override { return std::nullopt; }
  std::string Place() const override { return fmt::format("--region {}", Printable(regions_[next_ - 1].name)); }
  std::vector<std::string> Notes() const override { return {}; }
  double Progress() const override { return static_cast<double>(next_) / static_cast<double>(regions_.size()); }

 private:
  std::vector<genome::Region> regions_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<RegionFile> OpenRegionList(const std::vector<std::string>& regions, const IndexedFasta& genome) {
  return std::make_unique<RegionList>(regions, genome);
}

}  // namespace agront::formats
