// SPDX-License-Identifier: Apache-2.0
// Adapters that PEFT wrote, against what PEFT and transformers compute with them (tools/make_golden_peft.py), the
// way there and back, and files that are not what they should be.
#include "model/adapters/adapter_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <random>

#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "formats/testing/format_test_files.h"
#include "model/adapters/peft_config.h"
#include "model/agront.h"
#include "model/checkpoints/model_hash.h"
#include "model/checkpoints/settings.h"
#include "model/golden_file.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;
using formats::ExpectError;
using formats::TestFolder;

const std::string kBase = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/gradients";
const std::string kGolden = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/peft/";

std::unique_ptr<Checkpoint> WithAdapter(const std::string& folder) {
  auto checkpoint = Checkpoint::Open(kBase);
  checkpoint->SetAdapter(ReadAdapter(folder, *checkpoint).adapter);
  return checkpoint;
}

/// Hidden states of all tokens, and logits of the rows that the golden file has.
ForwardOutput Compute(Checkpoint& checkpoint, const GoldenFile& golden, Precision precision = Precision::kFp32) {
  AgroNT model(checkpoint.shape(), checkpoint, precision);
  Batch batch;
  batch.tokens = golden.Integers<int32_t>("tokens");
  batch.offsets = golden.Integers<int64_t>("offsets");
  ForwardOutput output;
  model.Forward(batch, {.hidden = {{model.shape().layers}}, .logit_rows = golden.Integers<int64_t>("logit_rows")},
                output);
  return output;
}

TEST(AdapterFiles, ComputeWhatPeftComputes) {
  const GoldenFile golden(kGolden + "expected.safetensors");
  const auto plain = Checkpoint::Open(kBase);
  const ForwardOutput without = Compute(*plain, golden);
  for (const std::string name : {"lora", "rslora", "ia3", "ia3_outputs", "lora_classifier"}) {
    const auto checkpoint = WithAdapter(kGolden + name);
    const ForwardOutput output = Compute(*checkpoint, golden);
    const std::vector<double> hidden = golden.Floats(name + ".hidden");
    const double bound = 2e-6 * static_cast<double>(checkpoint->shape().layers + 2);
    EXPECT_LT(RelativeError(output.hidden[0].view().values(), hidden), bound) << name;
    EXPECT_GT(RelativeError(without.hidden[0].view().values(), hidden), 1e-2) << name << " must matter";
    if (name == "lora" || name.starts_with("ia3")) {
      EXPECT_LT(RelativeError(output.logits.view().values(), golden.Floats(name + ".logits")), bound) << name;
    }
  }
}

TEST(AdapterFiles, RunInEveryPrecision) {
  const GoldenFile golden(kGolden + "expected.safetensors");
  const auto checkpoint = WithAdapter(kGolden + "lora");
  const std::vector<double> hidden = golden.Floats("lora.hidden");
  // Roundings to 8 bits, and to 7 with a scale a row.
  EXPECT_LT(RelativeError(Compute(*checkpoint, golden, Precision::kBf16).hidden[0].view().values(), hidden), 2e-2);
  EXPECT_LT(RelativeError(Compute(*checkpoint, golden, Precision::kInt8).hidden[0].view().values(), hidden), 1e-1);
}

TEST(AdapterFiles, TakeWhatTheTensorsSay) {
  const auto base = Checkpoint::Open(kBase);
  const AdapterFile lora = ReadAdapter(kGolden + "lora", *base);
  const std::vector<AdapterTarget> with_both = {AdapterTarget::kQuery, AdapterTarget::kValue, AdapterTarget::kOutput,
                                                AdapterTarget::kContract};
  EXPECT_EQ(lora.adapter.config.targets, with_both);
  EXPECT_EQ(lora.adapter.config.rank, 3);
  EXPECT_EQ(lora.adapter.config.scaling(), 5.0 / 3);
  EXPECT_TRUE(lora.classifier.empty());
  const AdapterFile by_root = ReadAdapter(kGolden + "rslora", *base);
  EXPECT_DOUBLE_EQ(by_root.adapter.config.scaling(), 8 / std::sqrt(2.0));
  EXPECT_EQ(by_root.adapter.values.size(), 4) << "two products of one block, each with two matrices";
  const AdapterFile ia3 = ReadAdapter(kGolden + "ia3", *base);
  const std::vector<AdapterTarget> inputs = {AdapterTarget::kOutput, AdapterTarget::kContract};
  EXPECT_EQ(ia3.adapter.config.scaled_inputs, inputs);
  const AdapterFile classifier = ReadAdapter(kGolden + "lora_classifier", *base);
  EXPECT_EQ(classifier.task_type, "SEQ_CLS");
  EXPECT_EQ(classifier.classifier.at("classifier.out_proj.weight").shape, (std::vector<int64_t>{2, 18}));
  EXPECT_EQ(classifier.classifier.size(), 4);
}

Adapter RandomAdapter(const AdapterConfig& config, const ModelShape& shape) {
  std::mt19937 generator(5);
  std::normal_distribution<float> normal(0.5f, 0.5f);
  Adapter adapter{config, {}};
  for (const Parameter& parameter : AdapterParameters(shape, config))
    for (int64_t i = 0; i < parameter.size(); ++i) adapter.values[parameter.name].push_back(normal(generator));
  return adapter;
}

std::string WriteTo(const TestFolder& scratch, const std::string& name, const Adapter& adapter,
                    const Checkpoint& base) {
  OutputFolder folder(scratch.path(name), true, "test", IsAdapterFile);
  WriteAdapter(adapter, base.shape(), IdentityOf(base), {{"agront.note", "a test"}}, folder);
  folder.Commit();
  return scratch.path(name);
}

TEST(AdapterFiles, ReadWhatTheyWrote) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  AdapterConfig lora = DefaultLora();
  lora.alpha = 2.5;
  AdapterConfig mixed = DefaultIa3();
  mixed.scaled_inputs = {AdapterTarget::kKey, AdapterTarget::kContract};
  AdapterConfig outputs = DefaultIa3();
  outputs.scaled_inputs = {};
  for (const AdapterConfig& config : {lora, DefaultIa3(), mixed, outputs}) {
    const Adapter adapter = RandomAdapter(config, base->shape());
    const AdapterFile read = ReadAdapter(WriteTo(scratch, "adapter", adapter, *base), *base);
    EXPECT_EQ(read.adapter.config, adapter.config);
    EXPECT_EQ(read.adapter.values, adapter.values);
    EXPECT_EQ(HashOf(read.adapter), HashOf(adapter));
  }
}

TEST(AdapterFiles, NameTheProductsExactly) {
  const std::string text = WritePeftConfig(DefaultIa3());
  EXPECT_NE(text.find(R"(esm\\.encoder\\.layer\\.\\d+\\.(?:attention\\.self\\.key|)"
                      R"(attention\\.self\\.value|output\\.dense))"),
            std::string::npos)
      << text;
}

TEST(AdapterFiles, MergeLikeTheFormulas) {
  const auto base = Checkpoint::Open(kBase);
  const Parameter& matrix = base->parameters()[4];
  ASSERT_EQ(matrix.name, "encoder.block.0.attention.query.weight");
  const ops::WeightView before = base->Read(matrix);
  const Adapter adapter = RandomAdapter(DefaultLora(), base->shape());
  const ops::WeightView after = Adapted(adapter, matrix.name, before);
  const auto& a = adapter.values.at("encoder.block.0.attention.query.lora_a");
  const auto& b = adapter.values.at("encoder.block.0.attention.query.lora_b");
  double difference = 0, norm = 0;
  for (int64_t i = 0; i < matrix.rows; ++i)
    for (int64_t j = 0; j < matrix.cols; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < 8; ++k) sum += double{b[i * 8 + k]} * a[k * matrix.cols + j];
      const double want = before.data[i * before.out_stride + j * before.in_stride] + 16.0 / 8 * sum;
      difference += std::pow(after.data[i * after.out_stride + j * after.in_stride] - want, 2);
      norm += want * want;
    }
  EXPECT_LT(std::sqrt(difference / norm), 1e-6);
  const Parameter& key = base->parameters()[6];
  const ops::WeightView untouched = base->Read(key);
  EXPECT_EQ(Adapted(adapter, key.name, untouched).data, untouched.data) << "not copied";
}

/// A copy of a golden adapter with one thing changed.
struct Damage {
  std::function<void(Json& config)> config;
  std::function<void(std::vector<formats::TensorEntry>& entries, std::map<std::string, std::vector<float>>& values)>
      tensors;
};

std::string Damaged(const TestFolder& scratch, const std::string& name, const Damage& damage) {
  const std::string source = kGolden + name;
  fs::create_directories(scratch.path(name));
  Json config = Json::parse(ReadTextFile(source + "/adapter_config.json"));
  if (damage.config) damage.config(config);
  scratch.Write(name + "/adapter_config.json", config.dump());
  const auto archive = formats::OpenSafetensors(source + "/adapter_model.safetensors");
  std::vector<formats::TensorEntry> entries = archive->entries();
  std::map<std::string, std::vector<float>> values;
  for (const auto& entry : entries) values[entry.name] = formats::ReadFlat(*archive, entry.name);
  if (damage.tensors) damage.tensors(entries, values);
  formats::SafetensorsWriter writer(scratch.path(name) + "/adapter_model.safetensors", entries,
                                    {.overwrite = true, .metadata = {}});
  for (const auto& entry : entries) writer.Write(std::as_bytes(std::span(values.at(entry.name))));
  writer.Commit();
  return scratch.path(name);
}

TEST(AdapterFiles, RefuseSettingsThatTheyDoNotCompute) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  const auto refuses = [&](const std::string& key, const Json& value, const std::string& says) {
    const Damage damage{.config = [&](Json& config) { config[key] = value; }, .tensors = {}};
    const std::string folder = Damaged(scratch, "lora", damage);
    ExpectError([&] { ReadAdapter(folder, *base); }, "adapter_config.json: " + key + ": " + says);
  };
  refuses("peft_type", "PREFIX_TUNING", "expected LORA or IA3, got \"PREFIX_TUNING\"");
  refuses("peft_type", nullptr, "expected LORA or IA3, got null");
  refuses("use_dora", true, "expected none");
  refuses("bias", "all", "expected none");
  refuses("rank_pattern", {{"query", 2}}, "expected none");
  refuses("alpha_pattern", {{"query", 2}}, "expected none");
  refuses("fan_in_fan_out", true, "expected none");
  refuses("lora_bias", true, "expected none");
  refuses("from_the_future", 3, "expected none");
  refuses("init_lora_weights", "pissa", "expected true, false, gaussian");
  refuses("modules_to_save", {"lm_head"}, "expected null or the classifier");
  refuses("r", 0, "expected a whole number from 1");
  refuses("lora_alpha", "much", "expected a number");
  refuses("target_modules", 7, "expected a list of names or a regular expression");
  refuses("layers_to_transform", {"first"}, "expected whole numbers");
  refuses("target_modules", nullptr, "expected a list of names or a regular expression, got null");
  refuses("target_modules", "all-linear", "expected the names that PEFT writes");
  refuses("target_modules", "(?i).*QUERY", "expected a list of names, or a regular expression of at most 500");
  refuses("exclude_modules", 7, "expected a list of names or a regular expression");
  refuses("exclude_modules", "(?<!self.)value", "expected a list of names, or a regular expression of at most 500");
  refuses("layers_pattern", "layer", "expected null without layers_to_transform");
  refuses("target_parameters", {"query.weight"}, "expected none");
  refuses("trainable_token_indices", {1}, "expected none");
  refuses("layer_replication", {{0, 2}}, "expected none");
  for (const char* init : {"pissa_niter_4", "corda", "olora", "loftq", "lora_ga", "mica"})
    refuses("init_lora_weights", init, "expected true, false, gaussian, eva or orthogonal");
  const Damage both{.config =
                        [](Json& config) {
                          config["target_modules"] = ".*query";
                          config["layers_to_transform"] = {1};
                        },
                    .tensors = {}};
  ExpectError([&] { ReadAdapter(Damaged(scratch, "lora", both), *base); }, "layers_to_transform: expected null");
}

/// Leaves the tensors whose names have none of these parts.
Damage Left(const std::function<void(Json& config)>& config, const std::vector<std::string>& parts) {
  return {.config = config, .tensors = [parts](auto& entries, auto&) {
            std::erase_if(entries, [&](const auto& entry) {
              return std::ranges::any_of(
                  parts, [&](const std::string& part) { return entry.name.find(part) != std::string::npos; });
            });
          }};
}

TEST(AdapterFiles, LeaveOutWhatPeftLeavesOut) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  const auto read = [&](const std::function<void(Json & config)>& config, const std::vector<std::string>& without) {
    return ReadAdapter(Damaged(scratch, "lora", Left(config, without)), *base).adapter.values;
  };
  const auto set = [](const char* key, const Json& value) { return [=](Json& config) { config[key] = value; }; };
  const auto whole = read({}, {});
  ASSERT_EQ(whole.size(), 16u) << "four products in two blocks, each with two matrices";
  // With lists, and with expressions.
  for (const Json& exclude : {Json({"value", "esm.encoder.layer.0.output.dense"}),
                              Json(R"(.*\.value|esm\.encoder\.layer\.0\.output\.dense)")}) {
    const auto config = set("exclude_modules", exclude);
    const auto left = read(config, {"self.value", "layer.0.output.dense"});
    EXPECT_EQ(left.size(), 10u);
    for (const auto& [name, values] : left) EXPECT_EQ(values, whole.at(name)) << name;
    ExpectError([&] { read(config, {"self.value"}); },
                "layer.0.output.dense.lora_A.weight: expected none that exclude_modules of");
    ExpectError([&] { read(config, {"self.value", "output.dense", "query"}); }, "query.lora_A.weight is missing");
  }
  // An expression says as much as a list.
  ExpectError([&] { read(set("target_modules", R"(.*\.(query|output\.dense))"), {}); },
              "value.lora_A.weight: expected only what target_modules");
  EXPECT_EQ(read(set("target_modules", R"(.*\.(query|output\.dense))"), {"self.value"}).size(), 12u);
  // Layers are those of a list's endings, if the pattern fits.
  const auto of_layer = [](const Json& layers, const Json& pattern) {
    return [=](Json& config) {
      config["layers_to_transform"] = layers;
      config["layers_pattern"] = pattern;
    };
  };
  EXPECT_EQ(read(of_layer({1}, nullptr), {"layer.0."}).size(), 8u);
  EXPECT_EQ(read(of_layer(1, "layer"), {"layer.0."}).size(), 8u);
  EXPECT_EQ(read(of_layer({1}, {"blocks", "encoder.layer"}), {"layer.0."}).size(), 8u);
  EXPECT_EQ(read(of_layer(Json::array(), nullptr), {}).size(), 16u);
  ExpectError([&] { read(of_layer({1}, "layer"), {}); }, "layer.0.attention.self.query.lora_A.weight: expected only");
  ExpectError([&] { read(of_layer({1}, "layers"), {"layer.0."}); },
              "layer.1.attention.self.query.lora_A.weight: expected");
  const auto whole_name = [&](Json& config) {
    of_layer({1}, nullptr)(config);
    config["target_modules"].push_back("esm.encoder.layer.0.attention.self.query");
  };
  EXPECT_EQ(read(whole_name, {"0.attention.self.value", "0.output", "0.attention.output"}).size(), 10u);
}

TEST(AdapterFiles, RefuseOtherTensors) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  const auto refuses = [&](const std::string& name, const Damage& damage, const std::string& says) {
    const std::string folder = Damaged(scratch, name, damage);
    ExpectError([&] { ReadAdapter(folder, *base); }, says);
  };
  const auto find = [](auto& entries, const std::string& part) {
    return std::ranges::find_if(entries, [&](const auto& entry) { return entry.name.find(part) != std::string::npos; });
  };
  const auto without = [&](const std::string& part) {
    return Damage{.config = {}, .tensors = [&find, part](auto& entries, auto&) { entries.erase(find(entries, part)); }};
  };
  refuses("lora", without("1.attention.self.query.lora_B"), "1.attention.self.query.lora_B.weight is missing");
  refuses("lora", without("1.attention.self.query.lora_A"), "1.attention.self.query.lora_A.weight is missing");
  refuses("rslora", without("1.intermediate.dense.lora_B"), "1.intermediate.dense.lora_B.weight is missing");
  refuses("ia3", without("0.attention.self.key"), "key.ia3_l is missing, which target_modules");
  refuses("lora", {.config = [](Json& config) { config["r"] = 4; }, .tensors = {}},
          "expected shape [4, 18], got [3, 18]");
  refuses("lora", {.config = [](Json& config) { config["target_modules"] = {"query"}; }, .tensors = {}},
          "expected only what target_modules");
  refuses("ia3", {.config = [](Json& config) { config["feedforward_modules"] = Json::array(); }, .tensors = {}},
          "expected shape [18, 1], got [1, 18]");
  const auto renamed = [&](const std::string& part, const std::string& name) {
    const auto all_but_the_first = [](Json& config) {
      config["target_modules"] = R"(.*\.(value|output\.dense)|esm\.encoder\.layer\.1\.attention\.self\.key)";
    };
    return Damage{.config = all_but_the_first, .tensors = [&find, part, name](auto& entries, auto& values) {
                    const auto entry = find(entries, part);
                    values[name] = values[entry->name];
                    entry->name = name;
                  }};
  };
  refuses("ia3", renamed("0.attention.self.key", "base_model.model.lm_head.dense.ia3_l"),
          "base_model.model.lm_head.dense.ia3_l: expected adapters of the six products of blocks 0 to 1");
  refuses("ia3", renamed("0.attention.self.key", "base_model.model.esm.encoder.layer.2.attention.self.key.ia3_l"),
          "layer.2.attention.self.key.ia3_l: expected adapters");
  const auto not_finite = [&](auto& entries, auto& values) { values[find(entries, "value.lora_A")->name][7] = NAN; };
  refuses("lora", {.config = {}, .tensors = not_finite}, "value.lora_A.weight: expected finite numbers, got nan");
  const auto integers = [&](auto& entries, auto&) { find(entries, "value.lora_A")->dtype = tensor::DType::kInt32; };
  refuses("lora", {.config = {}, .tensors = integers}, "floating-point numbers, got int32");
  refuses("lora", {.config = {}, .tensors = [](auto& entries, auto&) { entries.clear(); }}, "missing");
  refuses("rslora", {.config = {}, .tensors = [](auto& entries, auto&) { entries.clear(); }}, "got none");
}

TEST(AdapterFiles, RefuseOtherFolders) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  ExpectError([&] { ReadAdapter(scratch.path("nothing"), *base); }, "nothing: expected a folder");
  ExpectError([&] { ReadAdapter(kBase, *base); }, "expected an adapter: adapter_config.json");
  fs::create_directory(scratch.path("half"));
  scratch.Write("half/adapter_config.json", R"({"peft_type": "LORA", "r": 8, "target_modules": ["query"]})");
  ExpectError([&] { ReadAdapter(scratch.path("half"), *base); }, "expected adapter_model.safetensors");
  scratch.Write("half/adapter_config.json", "[]");
  ExpectError([&] { ReadAdapter(scratch.path("half"), *base); }, "expected a JSON object");
}

TEST(AdapterFiles, KnowTheirModel) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  const std::string folder = WriteTo(scratch, "adapter", RandomAdapter(DefaultLora(), base->shape()), *base);
  fs::create_directory(scratch.path("other"));
  scratch.Write("other/config.json", ReadTextFile(kBase + "/config.json"));
  std::string bytes = formats::ReadWhole(kBase + "/model.safetensors");
  bytes[bytes.size() - 2] ^= 1;  // the last digit of the last number
  scratch.Write("other/model.safetensors", bytes);
  const auto other = Checkpoint::Open(scratch.path("other"));
  ExpectError([&] { ReadAdapter(folder, *other); }, "an adapter of another base model: expected the model with hash " +
                                                        ComputeModelHash(*base) + ", got " + ComputeModelHash(*other));
  EXPECT_NO_THROW(ReadAdapter(kGolden + "lora", *other)) << "PEFT's own do not record it";

  base->SetAdapter(ReadAdapter(kGolden + "ia3", *base).adapter);
  EXPECT_NE(ComputeModelHash(*base), ComputeModelHash(*Checkpoint::Open(kBase))) << "an adapter makes another model";

  EXPECT_TRUE(IsSameModel({"a", ""}, {"a", ""}));
  EXPECT_TRUE(IsSameModel({"a", ""}, {"b", "a"})) << "converted";
  EXPECT_TRUE(IsSameModel({"b", "a"}, {"c", "a"})) << "both converted";
  EXPECT_FALSE(IsSameModel({"a", ""}, {"b", ""}));
  EXPECT_FALSE(IsSameModel({"a", "x"}, {"b", "y"}));
}

}  // namespace
}  // namespace agront::model
