// SPDX-License-Identifier: Apache-2.0
#include "plot/heat_map.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plot/attention_picture.h"
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

TEST(HeatMap, HasAScaleUpToTheLargestValue) {
  tensor::Matrix values(2, 2);
  values.view().row(1)[0] = 0.5f;
  const std::string svg = HeatMap(values.view(), 0, 0, {.scale_label = "share"});
  for (const char* label : {">0<", ">0.031<", ">0.12<", ">0.28<", ">0.5<", ">share<"})
    EXPECT_NE(svg.find(label), std::string::npos) << label;
}

TEST(AttentionPicture, HasBasesWhereTokensBegin) {
  // <cls>, 100 6-mers, 50 single bases.
  const tensor::Matrix values(151, 151);
  std::vector<int64_t> begins = {0};
  for (int64_t i = 0; i < 100; ++i) begins.push_back(6 * i);
  for (int64_t i = 600; i < 650; ++i) begins.push_back(i);
  const std::string svg = AttentionPicture({{"a", values.view(), begins}, {"b", values.view(), {}}}, {});
  const auto place_of = [&](const std::string& label, size_t from) {
    const size_t at = svg.rfind("<text x=\"", svg.find(">" + label + "<", from));
    return std::stod(svg.substr(at + 9));
  };
  EXPECT_NEAR(place_of("300", 0) - place_of("0", 0), (51 - 1) * 380.0 / 151, 0.01);
  EXPECT_NEAR(place_of("600", 0) - place_of("300", 0), (101 - 51) * 380.0 / 151, 0.01);
  const size_t second = svg.rfind("<g ");
  EXPECT_NEAR(place_of("100", second) - place_of("0", second), 100 * 380.0 / 151, 0.01);
  EXPECT_NE(svg.find("key (bp)"), std::string::npos);
  EXPECT_NE(svg.find("key token", second), std::string::npos);
}

}  // namespace
}  // namespace agront::plot
