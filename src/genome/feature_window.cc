// SPDX-License-Identifier: Apache-2.0
#include "genome/feature_window.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/shortened.h"

namespace agront::genome {
namespace {

using Anchor = FeatureWindow::Anchor;

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kRecipes = {
    {{"promoter", "start-165+5"}, {"terminator", "end-150+20"}, {"expression", "start-5000+1000"}}};
constexpr std::array<std::pair<std::string_view, Anchor>, 4> kAnchors = {
    {{"feature", Anchor::kFeature}, {"start", Anchor::kStart}, {"end", Anchor::kEnd}, {"centre", Anchor::kCentre}}};
constexpr int64_t kMostBases = 100'000'000;

/// Takes "-165" or "+5" from the front.
bool TakeBases(std::string_view& text, char sign, int64_t& bases) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bases);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return error == std::errc() && bases >= 0 && bases <= kMostBases;
}

}  // namespace

FeatureWindow ParseFeatureWindow(const std::string& text) {
  std::string_view rest = text;
  for (const auto& [name, window] : kRecipes)
    if (rest == name) rest = window;
  FeatureWindow window;
  bool good = false;
  for (const auto& [name, anchor] : kAnchors) {
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    window.anchor = anchor;
    good = rest.empty() ? anchor == Anchor::kFeature
                        : TakeBases(rest, '-', window.before) && TakeBases(rest, '+', window.after) && rest.empty();
    break;
  }
  constexpr size_t kMostShown = 100;
  const std::string shown = Shortened(text, kMostShown);
  if (!good)
    FailUsage(
        "window {:?}: expected promoter, terminator, expression, feature, or an anchor (feature, start, end, "
        "centre) with bases before and after it, such as start-165+5",
        shown);
  if (window.anchor != Anchor::kFeature && window.before + window.after == 0)
    FailUsage("window {:?}: expected at least one base", shown);
  return window;
}

Region WindowOf(const Region& feature, const FeatureWindow& window) {
  // Both ends of what the window is measured from, 5' end first.
  int64_t first = feature.reverse ? feature.end : feature.start;
  int64_t last = feature.reverse ? feature.start : feature.end;
  switch (window.anchor) {
    case Anchor::kFeature: break;
    case Anchor::kStart: last = first; break;
    case Anchor::kEnd: first = last; break;
    case Anchor::kCentre: first = last = feature.start + (feature.end - feature.start) / 2; break;
  }
  Region region = feature;
  region.start = feature.reverse ? last - window.after : first - window.before;
  region.end = feature.reverse ? first + window.before : last + window.after;
  return region;
}

}  // namespace agront::genome
