// SPDX-License-Identifier: Apache-2.0
#include "inference/finetuned_model.h"

#include <nlohmann/json.hpp>

#include "base/test_folder.h"

namespace agront::inference {
namespace {

TEST(FinetunedModel, SaysOfALongTextHowItBegins) {
  constexpr size_t kMost = 500;
  const TestFolder folder;
  WriteFinetunedModel(folder.path(), {.method = "lora", .base = "", .base_hash = "", .precision = "fp32", .layer = {}},
                      JobOptions{});
  const nlohmann::json sound = nlohmann::json::parse(folder.Read("finetune.json"));
  EXPECT_EQ(ReadFinetunedModel(folder.path()).method, "lora");
  for (const char* key : {"method", "long"}) {
    nlohmann::json json = sound;
    json[key] = std::string(5000, 'x');
    folder.Write("finetune.json", json.dump());
    try {
      ReadFinetunedModel(folder.path());
      ADD_FAILURE() << "expected an error";
    } catch (const Error& error) {
      EXPECT_LT(std::string(error.what()).size(), kMost);
      EXPECT_NE(std::string(error.what()).find(std::string(key) + ": expected"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace agront::inference
