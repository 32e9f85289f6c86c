// SPDX-License-Identifier: Apache-2.0
#include "training/run_folder.h"

#include <nlohmann/json.hpp>

#include "base/test_folder.h"

namespace agront::training {
namespace {

TEST(RunFolder, SaysOfALongOptionHowItBegins) {
  constexpr size_t kMost = 500;
  const nlohmann::ordered_json was = {{"steps", std::string(5000, 'x')}};
  const nlohmann::ordered_json now = {{"steps", 7}};
  try {
    CheckSameOptions("config.json", was, now, {});
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_LT(std::string(error.what()).size(), kMost);
    EXPECT_TRUE(std::string(error.what()).starts_with("config.json: the run has steps")) << error.what();
    EXPECT_TRUE(std::string(error.what()).ends_with("got 7")) << error.what();
  }
}

}  // namespace
}  // namespace agront::training
