// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/folder_hint.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace agront::model {
namespace {

class FolderHint : public testing::Test {
 protected:
  void Model(const std::string& name, const std::string& weights = "model.safetensors") {
    folder_.Write(name + "/config.json", "{}");
    folder_.Write(name + "/" + weights, "");
  }

  void Adapter(const std::string& name) { folder_.Write(name + "/adapter_config.json", "{}"); }

  /// With $ for the folder of the test.
  void Expect(const std::string& got, std::string expected) {
    for (size_t at = 0; (at = expected.find('$', at)) != std::string::npos; at += folder_.path().size())
      expected.replace(at, 1, folder_.path());
    EXPECT_EQ(got, expected);
  }

  TestFolder folder_;
};

TEST_F(FolderHint, NamesTheLastCheckpointOfARun) {
  Model("run/step-200");
  Model("run/step-1000");
  folder_.Write("run/step-2000/optimizer.safetensors", "");
  folder_.Write("run/config.json", "{}");
  Expect(HintAtModel(folder_.path("run")), "; it is the folder of a run, and $/run/step-1000 its last checkpoint");
  Expect(HintAtAdapter(folder_.path("run")),
         "; it is the folder of a run, and $/run/step-1000 a whole model: give that to --model");
  Model("trainer/checkpoint-9", "pytorch_model.bin");
  Adapter("trainer/checkpoint-12");
  Expect(HintAtModel(folder_.path("trainer/")),
         "; it is the folder of a run, and $/trainer/checkpoint-9 its last checkpoint");
  Expect(HintAtAdapter(folder_.path("trainer")),
         "; it is the folder of a run, and $/trainer/checkpoint-12 its last adapter");
}

TEST_F(FolderHint, NamesWhatAFineTuningLeaves) {
  for (const char* name : {"lora", "full", "probe"}) {
    folder_.Write(std::string(name) + "/finetune.json", "{}");
    folder_.Write(std::string(name) + "/head/head.json", "{}");
    folder_.Write(std::string(name) + "/run/config.json", "{}");
    folder_.Write(std::string(name) + "/run/step-3/training.json", "{}");
  }
  Adapter("lora/adapter");
  Model("full/model");
  const std::string adapter = "; $/lora/adapter is an adapter: give its base model, and --adapter $/lora/adapter";
  Expect(HintAtModel(folder_.path("lora")), adapter);
  Expect(HintAtModel(folder_.path("lora/adapter")), adapter);
  Expect(HintAtModel(folder_.path("lora/run")), "; it is a part of the fine-tuned model $/lora" + adapter);
  Expect(HintAtModel(folder_.path("lora/run/step-3")), "; it is a part of the fine-tuned model $/lora" + adapter);
  Expect(HintAtModel(folder_.path("full")), "; $/full/model is one");
  Expect(HintAtModel(folder_.path("full/head")), "; it is a part of the fine-tuned model $/full; $/full/model is one");
  const std::string probe = "; it has the head of a probe, which leaves its base model as it is: give that model";
  Expect(HintAtModel(folder_.path("probe")), probe);
  Expect(HintAtModel(folder_.path("probe/run/")), "; it is a part of the fine-tuned model $/probe" + probe);

  Expect(HintAtAdapter(folder_.path("lora")), "; $/lora/adapter is one");
  Expect(HintAtAdapter(folder_.path("lora/run")),
         "; it is a part of the fine-tuned model $/lora; $/lora/adapter is one");
  Expect(HintAtAdapter(folder_.path("full")),
         "; $/full/model is a whole model: give --model $/full/model and no adapter");
  Expect(HintAtAdapter(folder_.path("full/model")),
         "; $/full/model is a whole model: give --model $/full/model and no adapter");
  Expect(HintAtAdapter(folder_.path("probe")), "; it has the head of a probe, which needs no adapter");
}

TEST_F(FolderHint, NamesModelsBelowAndFilesFolders) {
  Model("hub/snapshots/abc", "model.safetensors.index.json");
  Expect(HintAtModel(folder_.path("hub")), "; $/hub/snapshots/abc is one");
  Model("many/b");
  Model("many/a", "packed.safetensors");
  folder_.Write("many/jax/jax_model/hyperparams.json", "{}");
  Expect(HintAtModel(folder_.path("many")), "; $/many/a is one, as are 2 more folders there");
  folder_.Write("folds/fold-0/finetune.json", "{}");
  Expect(HintAtModel(folder_.path("folds")), "; $/folds/fold-0 is a fine-tuned model");
  Expect(HintAtModel(folder_.path("many/a/config.json")), "; $/many/a is its folder");
  Expect(HintAtAdapter(folder_.path("many/a/config.json")), "");
  EXPECT_EQ(HintAtModel(folder_.path("nowhere")), "");
  EXPECT_EQ(HintAtAdapter(folder_.path("nowhere")), "");
  folder_.Write("empty/notes.txt", "");
  EXPECT_EQ(HintAtModel(folder_.path("empty")), "");
}

}  // namespace
}  // namespace agront::model
