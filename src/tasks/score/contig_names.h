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

  /// Takes names from a table without a header: a contig's name, a tab, the name of that sequence in the genome. They
  /// come before all others. Throws Error for other lines, for a sequence that the genome has not, and for a contig
  /// that is two. Call before Find.
  void ReadTable(const std::string& path);

  /// The sequence of the genome; null when it has none. The same name comes first, else the only one that is the same
  /// without the prefix "chr", in either case, and zeros before a number.
  const std::string* Find(const std::string& contig);

  /// What was found under another name, as a sentence; empty when there was nothing.
  std::string Note() const;

  /// Which contigs were not found, and what the genome has, as a sentence; empty when all were.
  std::string NotFound() const;

 private:
  std::vector<std::string> genome_;
  std::map<std::string, std::string> of_table_;
  std::map<std::string, std::string> of_plain_;  // empty where several are
  std::map<std::string, std::string> found_;     // of contigs that were asked for, empty for none
};

}  // namespace agront::tasks
