// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/contig_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "agront/printable.h"
#include "base/ascii.h"

namespace agront::tasks {
namespace {

std::string Plain(const std::string& name) {
  std::string plain = AsciiLower(name);
  if (plain.starts_with("chr") && plain.size() > 3) plain.erase(0, 3);
  const size_t zeros = std::min(plain.find_first_not_of('0'), plain.size() - 1);
  const bool is_number = !plain.empty() && plain.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? plain.substr(zeros) : plain;
}

}  // namespace

ContigNames::ContigNames(const std::vector<std::string>& genome) {
  for (const std::string& name : genome) {
    const auto [at, is_new] = of_plain_.try_emplace(Plain(name), name);
    if (!is_new) at->second.clear();
    found_[name] = name;
  }
}

const std::string* ContigNames::Find(const std::string& contig) {
  const auto [at, is_new] = found_.try_emplace(contig);
  if (is_new)
    if (const auto plain = of_plain_.find(Plain(contig)); plain != of_plain_.end()) at->second = plain->second;
  return at->second.empty() ? nullptr : &at->second;
}

std::string ContigNames::Note() const {
  constexpr int kShown = 3;
  std::string names;
  int count = 0;
  for (const auto& [contig, sequence] : found_)
    if (!sequence.empty() && sequence != contig && ++count <= kShown)
      names += fmt::format("{}{} is {}", names.empty() ? "" : ", ", Printable(contig, 40), Printable(sequence, 40));
  if (count == 0) return {};
  return fmt::format("contigs have other names in the genome: {}{}", names,
                     count > kShown ? fmt::format(" and {} more", count - kShown) : "");
}

}  // namespace agront::tasks
