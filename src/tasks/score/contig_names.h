// SPDX-License-Identifier: Apache-2.0
// Which sequence of a genome a contig of variants is: chr1, Chr1, 1 and Chr01 are often one.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace agront::tasks {

class ContigNames {
 public:
  explicit ContigNames(const std::vector<std::string>& genome);

  /// The sequence of the genome; null when it has none. The same name comes first, else the only one that is the same
  /// without the prefix "chr", in either case, and zeros before a number.
  const std::string* Find(const std::string& contig);

  /// What was found under another name, as a sentence; empty when there was nothing.
  std::string Note() const;

 private:
  std::map<std::string, std::string> of_plain_;  // empty where several are
  std::map<std::string, std::string> found_;     // of contigs that were asked for, empty for none
};

}  // namespace agront::tasks
