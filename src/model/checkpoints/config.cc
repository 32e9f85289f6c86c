// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/config.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/checkpoints/settings.h"
#include "tokenizer/vocabulary.h"

namespace agront::model {
namespace {

ModelShape Checked(const ModelShape& shape, const std::string& path) {
  if (shape.hidden % shape.heads != 0) Fail("{}: {} heads do not divide {} channels", path, shape.heads, shape.hidden);
  if (shape.vocabulary != tokenizer::kVocabularySize)
    Fail("{}: expected a vocabulary of {} tokens, got {}", path, tokenizer::kVocabularySize, shape.vocabulary);
  if (shape.max_tokens() < 2) Fail("{}: expected at least 4 positions, got {}", path, shape.positions);
  if (!(shape.layer_norm_epsilon >= 0 && shape.layer_norm_epsilon < 1))
    Fail("{}: layer_norm_eps: expected 0 to 1, got {}", path, shape.layer_norm_epsilon);
  return shape;
}

/// The shortest decimal number that is this float, so that 1e-12f is written as 1e-12.
Json ShortestNumber(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return Json::parse(text, end);
}

/// Settings that would give EsmModel another forward pass.
void RefuseOtherEsmModels(const Settings& settings) {
  settings.Expect("model_type", "esm", "esm");
  settings.ExpectIfThere("position_embedding_type", "absolute");  // rotary is another one; null: no positions at all
  settings.Expect("token_dropout", false, false);
  settings.Expect("emb_layer_norm_before", false, false);
  settings.Expect("tie_word_embeddings", false, true);
  settings.Expect("is_folding_model", false, false);
  settings.Expect("is_decoder", false, false);  // a causal mask
  settings.Expect("add_cross_attention", false, false);
  settings.Expect("is_encoder_decoder", false, false);
  settings.ExpectNothing("pruned_heads");
  settings.ExpectNothing("quantization_config");
  settings.Expect("add_bias_fnn", true, true);    // in configurations of InstaDeep's later, gated models
  settings.Expect("hidden_act", "gelu", "gelu");  // EsmForMaskedLM itself has no other
  settings.Expect("pad_token_id", tokenizer::kPadId, tokenizer::kPadId);
  settings.Expect("mask_token_id", tokenizer::kMaskId, tokenizer::kMaskId);
  settings.Expect("cls_token_id", tokenizer::kClassId, tokenizer::kClassId);
}

/// Settings that would give the JAX code another forward pass or other tokens. It takes null for false.
void RefuseOtherJaxModels(const Settings& settings) {
  settings.ExpectIfThere("positional_embedding", "learned");
  settings.ExpectIfThere("learned_positional_embedding", true);
  settings.ExpectIfThere("add_bias_ffn", true);
  settings.ExpectIfThere("ffn_activation_name", "gelu-no-approx");
  settings.ExpectIfThere("embed_scale", 1.0);
  settings.ExpectIfThere("pre_layer_norm", true);
  settings.ExpectIfThere("layer_norm_eps", 1e-5);
  settings.ExpectIfThere("roberta_lm_head", true);
  for (const char* part : {"use_glu_in_ffn", "token_dropout", "emb_layer_norm_before", "add_bias_kv",
                           "bias_word_embedding", "mask_before_attention", "append_eos_token", "prepend_bos_token"})
    settings.Expect(part, false, false);
  for (const auto& [key, value] : settings.json().items())
    if (key.starts_with("use_rotary")) settings.Expect(key.c_str(), false, false);
  settings.ExpectIfThere("prepend_cls_token", true);
  settings.Expect("k_for_kmers", tokenizer::kKmerLength, tokenizer::kKmerLength);
  settings.Expect("unk_token_id", tokenizer::kUnknownId, tokenizer::kUnknownId);
  settings.Expect("pad_token_id", tokenizer::kPadId, tokenizer::kPadId);
  settings.Expect("mask_token_id", tokenizer::kMaskId, tokenizer::kMaskId);
  for (const char* name : {"class_token_id", "cls_token_id"})
    settings.Expect(name, tokenizer::kClassId, tokenizer::kClassId);
}

}  // namespace

ModelShape ReadHuggingFaceConfig(const std::string& path, std::string_view text) {
  const Settings settings(path, text);
  RefuseOtherEsmModels(settings);
  const Json epsilon = settings.Get("layer_norm_eps", 1e-12);
  if (!epsilon.is_number()) settings.Refuse("layer_norm_eps", "a number");
  return Checked({.vocabulary = settings.Size("vocab_size"),
                  .hidden = settings.Size("hidden_size", 768),
                  .heads = settings.Size("num_attention_heads", 12),
                  .layers = settings.Size("num_hidden_layers", 12),
                  .ffn = settings.Size("intermediate_size", 3072),
                  .positions = settings.Size("max_position_embeddings", 1026),
                  .layer_norm_epsilon = epsilon.get<float>()},
                 path);
}

ModelShape ReadJaxConfig(const std::string& path, std::string_view text) {
  const Settings settings(path, text);
  RefuseOtherJaxModels(settings);
  const int64_t hidden = settings.Size("embed_dim");
  const int64_t heads = settings.Size("attention_heads");
  for (const char* name : {"key_dim", "key_size"})
    if (hidden % heads == 0) settings.Expect(name, hidden / heads, hidden / heads);
  return Checked({.vocabulary = settings.Size("alphabet_size"),
                  .hidden = hidden,
                  .heads = heads,
                  .layers = settings.Size("num_layers"),
                  .ffn = settings.Size("ffn_embed_dim"),
                  .positions = settings.Size("max_positions") + 2,
                  .layer_norm_epsilon = 1e-5f},
                 path);
}

std::string WriteHuggingFaceConfig(const ModelShape& shape, std::string_view torch_dtype) {
  Json json;
  json["architectures"] = {"EsmForMaskedLM"};
  json["model_type"] = "esm";
  json["vocab_size"] = shape.vocabulary;
  json["hidden_size"] = shape.hidden;
  json["num_hidden_layers"] = shape.layers;
  json["num_attention_heads"] = shape.heads;
  json["intermediate_size"] = shape.ffn;
  json["max_position_embeddings"] = shape.positions;
  json["position_embedding_type"] = "absolute";
  json["layer_norm_eps"] = ShortestNumber(shape.layer_norm_epsilon);
  json["emb_layer_norm_before"] = false;
  json["token_dropout"] = false;
  json["tie_word_embeddings"] = false;
  json["hidden_dropout_prob"] = 0.0;
  json["attention_probs_dropout_prob"] = 0.0;
  json["initializer_range"] = 0.02;
  json["is_folding_model"] = false;
  json["pad_token_id"] = tokenizer::kPadId;
  json["mask_token_id"] = tokenizer::kMaskId;
  json["torch_dtype"] = torch_dtype;
  json["use_cache"] = false;
  return json.dump(2) + "\n";
}

}  // namespace agront::model
