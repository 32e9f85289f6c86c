// SPDX-License-Identifier: Apache-2.0
#include "plot/heat_map.h"

#include <gtest/gtest.h>

#include <vector>

#include "plot/png.h"

namespace agront::plot {
namespace {

TEST(Png, IsAPng) {
  const std::vector<uint8_t> pixels(2 * 3 * 3, 200);
  EXPECT_TRUE(EncodePngBase64(pixels, 2, 3).starts_with("iVBORw0KGgo"));  // base64 of the PNG signature
}

TEST(HeatMap, EscapesItsLabelsAndKeepsPeaks) {
  tensor::Matrix large(1100, 1100);
  const std::string flat = HeatMap(large.view(), 0, 0, {});
  large.view().row(1099)[1] = 1.0f;
  const std::string peak = HeatMap(large.view(), 0, 0, {.title = "a<b> & \"c\""});
  EXPECT_NE(peak.find("a&lt;b&gt; &amp; &quot;c&quot;"), std::string::npos);
  EXPECT_EQ(peak.find("a<b>"), std::string::npos);
  EXPECT_NE(peak.substr(peak.find("base64")), flat.substr(flat.find("base64")));
}

}  // namespace
}  // namespace agront::plot
