// SPDX-License-Identifier: Apache-2.0
// Sequences to leave out of a corpus, such as a chromosome that is kept for evaluation.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::data {

class SequenceFilter {
 public:
  /// Each name is "chr1", of every species, or "species:chr1".
  explicit SequenceFilter(const std::vector<std::string>& left_out) {
    for (const std::string& name : left_out) met_[name] = false;
  }

  bool LeavesOut(const std::string& species, const std::string& sequence) {
    bool leaves_out = false;
    std::string of_species = species;
    of_species += ':';
    of_species += sequence;
    for (const std::string& name : {sequence, of_species})
      if (const auto found = met_.find(name); found != met_.end()) {
        found->second = true;
        met_here_.insert(name);
        leaves_out = true;
      }
    return leaves_out;
  }

  /// Call after the sequences of a genome: the names that it did not have, less those of other species.
  std::vector<std::string> EndGenome(const std::string& species) {
    std::vector<std::string> missing;
    for (const auto& [name, met] : met_) {
      const bool is_of_all = name.find(':') == std::string::npos;
      if ((is_of_all || name.starts_with(species + ":")) && !met_here_.contains(name)) missing.push_back(name);
    }
    met_here_.clear();
    return missing;
  }

  /// Throws UsageError for a name that no sequence had: a typing error here would train on what was to be kept.
  void CheckAllMet() const {
    for (const auto& [name, met] : met_)
      if (!met) FailUsage("without-sequence: no genome has a sequence \"{}\"", formats::Printable(name));
  }

 private:
  std::map<std::string, bool> met_;
  std::set<std::string> met_here_;  // in the genome that is being read
};

}  // namespace agront::data
