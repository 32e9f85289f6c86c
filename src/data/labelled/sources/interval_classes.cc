// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/sources/interval_classes.h"

#include <algorithm>

#include "base/error.h"
#include "data/labelled/sources/record_words.h"
#include "formats/printable.h"
#include "formats/sequences/region_file.h"

namespace agront::data {

IntervalClasses::IntervalClasses(const std::string& path, std::string background) : background_(std::move(background)) {
  constexpr size_t kMostClasses = 255;
  const auto file = formats::OpenRegionFile(path, "");
  std::map<std::string, int> indices;
  for (genome::Region region; file->Next(region);) {
    const auto word = file->Value("name");
    if (!word || IsMissing(*word))
      Fail("{}: expected a class in the column of names, got {:?}", file->Place(), word ? *word : "");
    const auto [found, is_new] = indices.try_emplace(*word, static_cast<int>(words_.size()));
    if (is_new) words_.push_back(*word);
    if (words_.size() > kMostClasses)
      Fail("{}: expected at most {} classes in the column of names, got \"{}\" as one more", file->Place(),
           kMostClasses, formats::Printable(*word));
    Sequence& sequence = sequences_[region.sequence];
    sequence.intervals.push_back({region.start, region.end, found->second});
    if (region.end > sequence.furthest_end) {
      sequence.furthest_end = region.end;
      sequence.place = file->Place();
    }
  }
  notes_ = file->Notes();
  for (auto& [name, sequence] : sequences_) MakeDisjoint(sequence.intervals);
}

/// Sweeps over the ends of the intervals; between two of them the classes that are open are the same.
void IntervalClasses::MakeDisjoint(std::vector<Interval>& intervals) {
  struct Event {
    int64_t at;
    int word;
    int change;
  };
  std::vector<Event> events;
  for (const Interval& interval : intervals) {
    events.push_back({interval.start, interval.word, 1});
    events.push_back({interval.end, interval.word, -1});
  }
  std::ranges::sort(events, {}, &Event::at);
  intervals.clear();
  std::map<int, int64_t> open;  // intervals of each class
  for (size_t i = 0; i < events.size();) {
    const int64_t at = events[i].at;
    for (; i < events.size() && events[i].at == at; ++i)
      if ((open[events[i].word] += events[i].change) == 0) open.erase(events[i].word);
    if (open.empty()) continue;
    const int word = open.size() == 1 ? open.begin()->first : kDisputed;
    const int64_t end = events[i].at;  // what is open closes later
    if (word == kDisputed) disputed_bases_ += end - at;
    if (!intervals.empty() && intervals.back().end == at && intervals.back().word == word)
      intervals.back().end = end;
    else
      intervals.push_back({at, end, word});
  }
}

std::vector<std::string> IntervalClasses::Words() const {
  std::vector<std::string> words = words_;
  if (!background_.empty() && std::ranges::count(words, background_) == 0) words.push_back(background_);
  return words;
}

std::vector<ClassRun> IntervalClasses::Runs(const std::string& sequence, int64_t start, int64_t end) const {
  std::vector<ClassRun> runs;
  const auto add = [&](int64_t to, const std::string& word) {
    if (to == (runs.empty() ? 0 : runs.back().end)) return;
    if (!runs.empty() && runs.back().word == word)
      runs.back().end = to;
    else
      runs.push_back({to, word});
  };
  if (const auto found = sequences_.find(sequence); found != sequences_.end()) {
    const std::vector<Interval>& intervals = found->second.intervals;
    auto at = std::ranges::upper_bound(intervals, start, {}, &Interval::end);
    for (; at != intervals.end() && at->start < end; ++at) {
      add(std::max(at->start, start) - start, background_);
      add(std::min(at->end, end) - start, at->word == kDisputed ? "" : words_[static_cast<size_t>(at->word)]);
    }
  }
  add(end - start, background_);
  return runs;
}

void IntervalClasses::CheckFits(const std::string& genome, const std::map<std::string, int64_t>& lengths) const {
  for (const auto& [name, sequence] : sequences_) {
    const auto found = lengths.find(name);
    if (found == lengths.end()) Fail("{}: {} has no sequence {}", sequence.place, genome, formats::Printable(name));
    if (sequence.furthest_end > found->second)
      Fail("{}: ends at {}, outside its sequence of {} bases", sequence.place, sequence.furthest_end, found->second);
  }
}

}  // namespace agront::data
