// SPDX-License-Identifier: Apache-2.0
// Settings with which transformers' EsmModel or the JAX code would compute otherwise are errors that name the setting.
#include "model/checkpoints/config.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "model/checkpoints/settings.h"

namespace agront::model {
namespace {

Json HuggingFace() { return Json::parse(WriteHuggingFaceConfig({4105, 24, 4, 2, 40, 34, 1e-12f}, "float32")); }

Json Jax() {
  return Json::parse(R"({"alphabet_size": 4105, "embed_dim": 24, "attention_heads": 4, "num_layers": 2,
    "ffn_embed_dim": 40, "max_positions": 32, "k_for_kmers": 6, "pad_token_id": 1, "mask_token_id": 2,
    "class_token_id": 3, "eos_token_id": -1, "prepend_cls_token": true, "append_eos_token": false,
    "emb_layer_norm_before": false, "learned_positional_embedding": true, "roberta_lm_head": true,
    "add_bias_kv": false, "key_dim": null, "token_dropout": false, "embed_scale": 1.0})");
}

struct Change {
  std::string key;
  Json value;
};

void ExpectShape(const ModelShape& shape, float epsilon) {
  EXPECT_EQ(shape.hidden, 24);
  EXPECT_EQ(shape.max_tokens(), 32);
  EXPECT_EQ(shape.layer_norm_epsilon, epsilon);
}

TEST(HuggingFaceConfig, TakesWhatChangesNothing) {
  for (const auto& [key, value] : std::vector<Change>{{"is_decoder", false},
                                                      {"add_cross_attention", nullptr},
                                                      {"pruned_heads", Json::object()},
                                                      {"quantization_config", nullptr},
                                                      {"eos_token_id", 2},
                                                      {"bos_token_id", 0},
                                                      {"cls_token_id", 3},
                                                      {"esmfold_config", nullptr},
                                                      {"hidden_act", "gelu"},
                                                      {"use_cache", true},
                                                      {"hidden_dropout_prob", 0.1},
                                                      {"emb_layer_norm_before", nullptr}}) {
    Json config = HuggingFace();
    config[key] = value;
    ExpectShape(ReadHuggingFaceConfig("config.json", config.dump()), 1e-12f);
  }
}

TEST(HuggingFaceConfig, RefusesOtherForwardPasses) {
  for (const auto& [key, value] : std::vector<Change>{{"is_decoder", true},
                                                      {"add_cross_attention", true},
                                                      {"is_encoder_decoder", true},
                                                      {"position_embedding_type", "rotary"},
                                                      {"position_embedding_type", nullptr},
                                                      {"position_embedding_type", "relative_key"},
                                                      {"token_dropout", true},
                                                      {"emb_layer_norm_before", true},
                                                      {"tie_word_embeddings", true},
                                                      {"is_folding_model", true},
                                                      {"hidden_act", "relu"},
                                                      {"hidden_act", "gelu_new"},
                                                      {"pruned_heads", {{"0", {1}}}},
                                                      {"quantization_config", {{"load_in_8bit", true}}},
                                                      {"pad_token_id", 0},
                                                      {"mask_token_id", 32},
                                                      {"cls_token_id", 0},
                                                      {"model_type", "bert"},
                                                      {"layer_norm_eps", "small"},
                                                      {"max_position_embeddings", 1e9},
                                                      {"hidden_size", 24.5}}) {
    Json config = HuggingFace();
    config[key] = value;
    ExpectError([&] { ReadHuggingFaceConfig("config.json", config.dump()); }, "config.json: " + key + ": expected ");
  }
  Json config = HuggingFace();
  config["num_attention_heads"] = 5;
  ExpectError([&] { ReadHuggingFaceConfig("config.json", config.dump()); }, "5 heads do not divide 24 channels");
  config = HuggingFace();
  config["pruned_heads"] = {{std::string(5000, 'x'), {1}}};
  try {
    ReadHuggingFaceConfig("config.json", config.dump());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_LT(std::string(error.what()).size(), 400u);
  }
}

TEST(JaxConfig, TakesWhatChangesNothing) {
  ExpectShape(ReadJaxConfig("hyperparams.json", Jax().dump()), 1e-5f);
  for (const auto& [key, value] : std::vector<Change>{{"pre_layer_norm", true},
                                                      {"layer_norm_eps", 1e-5},
                                                      {"eos_token_id", 4105},
                                                      {"use_rotary_embedding", nullptr},
                                                      {"key_dim", 6},
                                                      {"key_size", 6},
                                                      {"embed_scale", 1},
                                                      {"masking_ratio", 0.3},
                                                      {"use_gradient_checkpointing", true},
                                                      {"bias_word_embedding", false},
                                                      {"mask_before_attention", false}}) {
    Json config = Jax();
    config[key] = value;
    ExpectShape(ReadJaxConfig("hyperparams.json", config.dump()), 1e-5f);
  }
}

TEST(JaxConfig, RefusesOtherForwardPassesAndTokens) {
  for (const auto& [key, value] : std::vector<Change>{{"pre_layer_norm", false},
                                                      {"layer_norm_eps", 1e-3},
                                                      {"class_token_id", 7},
                                                      {"cls_token_id", 0},
                                                      {"unk_token_id", 4},
                                                      {"pad_token_id", 0},
                                                      {"mask_token_id", 3},
                                                      {"prepend_cls_token", false},
                                                      {"prepend_cls_token", nullptr},
                                                      {"append_eos_token", true},
                                                      {"prepend_bos_token", true},
                                                      {"positional_embedding", "sinusoidal"},
                                                      {"positional_embedding", nullptr},
                                                      {"learned_positional_embedding", false},
                                                      {"use_rotary_embedding", true},
                                                      {"use_rotary_positions", true},
                                                      {"add_bias_ffn", false},
                                                      {"add_bias_ffn", nullptr},
                                                      {"add_bias_kv", true},
                                                      {"bias_word_embedding", true},
                                                      {"mask_before_attention", true},
                                                      {"emb_layer_norm_before", true},
                                                      {"token_dropout", true},
                                                      {"ffn_activation_name", "swish"},
                                                      {"ffn_activation_name", nullptr},
                                                      {"use_glu_in_ffn", true},
                                                      {"roberta_lm_head", false},
                                                      {"embed_scale", 2.0},
                                                      {"key_dim", 8},
                                                      {"key_size", 8},
                                                      {"k_for_kmers", 3}}) {
    Json config = Jax();
    config[key] = value;
    ExpectError([&] { ReadJaxConfig("hyperparams.json", config.dump()); }, "hyperparams.json: " + key + ": expected ");
  }
}

}  // namespace
}  // namespace agront::model
