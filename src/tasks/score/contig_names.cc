// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/contig_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"
#include "formats/variants/table_cells.h"
#include "formats/variants/whole_lines.h"

namespace agront::tasks {
namespace {

std::string Plain(const std::string& name) {
  std::string plain = AsciiLower(name);
  if (plain.starts_with("chr") && plain.size() > 3) plain.erase(0, 3);
  const size_t zeros = std::min(plain.find_first_not_of('0'), plain.size() - 1);
  const bool is_number = !plain.empty() && plain.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? plain.substr(zeros) : plain;
}

/// The first names of a list, and how many more there are.
class ShortList {
 public:
  void Add(const std::string& text) {
    if (++count_ <= kShown) text_ += (text_.empty() ? "" : ", ") + text;
  }
  bool is_empty() const { return count_ == 0; }
  std::string text() const { return count_ > kShown ? fmt::format("{} and {} more", text_, count_ - kShown) : text_; }

 private:
  static constexpr int kShown = 3;
  std::string text_;
  int count_ = 0;
};

}  // namespace

ContigNames::ContigNames(const std::vector<std::string>& genome) : genome_(genome) {
  for (const std::string& name : genome) {
    const auto [at, is_new] = of_plain_.try_emplace(Plain(name), name);
    if (!is_new) at->second.clear();
    found_[name] = name;
  }
}

void ContigNames::ReadTable(const std::string& path) {
  const std::set<std::string, std::less<>> sequences(genome_.begin(), genome_.end());
  std::set<std::string, std::less<>> contigs;
  formats::WholeLines lines(path);
  for (std::string line; lines.Next(line);) {
    const std::vector<std::string_view> names = formats::CellsOf(formats::WithoutLineEnd(line));
    if (names.size() != 2 || names[0].empty())
      Fail("{}: expected two columns between tabs, a contig's name in the variants and in the genome, got \"{}\"",
           lines.Place(), Printable(formats::WithoutLineEnd(line), 40));
    if (!sequences.contains(names[1]))
      Fail("{}: expected the name of a sequence of the genome, got \"{}\"", lines.Place(), Printable(names[1], 40));
    if (!contigs.emplace(names[0]).second)
      Fail("{}: has contig \"{}\" once more", lines.Place(), Printable(names[0], 40));
    found_.erase(std::string(names[0]));
    of_table_.emplace(names[0], names[1]);
  }
}

const std::string* ContigNames::Find(const std::string& contig) {
  const auto [at, is_new] = found_.try_emplace(contig);
  if (!is_new) return at->second.empty() ? nullptr : &at->second;
  if (const auto of_table = of_table_.find(contig); of_table != of_table_.end())
    at->second = of_table->second;
  else if (const auto plain = of_plain_.find(Plain(contig)); plain != of_plain_.end())
    at->second = plain->second;
  return at->second.empty() ? nullptr : &at->second;
}

std::string ContigNames::Note() const {
  ShortList names;
  for (const auto& [contig, sequence] : found_)
    if (!sequence.empty() && sequence != contig)
      names.Add(fmt::format("{} is {}", Printable(contig, 40), Printable(sequence, 40)));
  return names.is_empty() ? "" : "contigs have other names in the genome: " + names.text();
}

std::string ContigNames::NotFound() const {
  ShortList contigs, sequences;
  for (const auto& [contig, sequence] : found_)
    if (sequence.empty()) contigs.Add(Printable(contig, 40));
  for (const std::string& name : genome_) sequences.Add(Printable(name, 40));
  if (contigs.is_empty()) return {};
  return fmt::format("the genome has no contig {}; it has {}", contigs.text(), sequences.text());
}

}  // namespace agront::tasks
