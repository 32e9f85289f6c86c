// SPDX-License-Identifier: Apache-2.0
// The page that holds it all, in one file.
#pragma once

#include <array>
#include <string>

#include "summary.h"

namespace agront::demo {

struct PageContent {
  std::string genome;  ///< "NC_000932.1"
  int64_t length = 0;  ///< bases
  std::string model;   ///< one line on the model
  std::array<KindSummary, kNumKinds + 1> summary{};
  std::string track;      ///< SVG
  std::string scatter;    ///< SVG
  std::string attention;  ///< SVG
  std::string attention_about;
  std::string variants;  ///< SVG
  std::string variants_gene;
  double seconds = 0;
};

std::string WritePage(const PageContent& content);

}  // namespace agront::demo
