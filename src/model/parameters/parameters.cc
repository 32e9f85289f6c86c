// SPDX-License-Identifier: Apache-2.0
#include "model/parameters/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace agront::model {
namespace {

enum class Size { kNone, kVocabulary, kPositions, kHidden, kFfn };

/// One row a parameter; {} stands for the number of the block. Haiku keeps linear weights as [in, out].
struct Row {
  const char* name;
  const char* hugging_face;
  const char* jax;
  Size rows;
  Size cols;
};

constexpr std::array kBeforeBlocks = {
    Row{"embedding.tokens", "esm.embeddings.word_embeddings.weight", "embed/embeddings", Size::kVocabulary,
        Size::kHidden},
    Row{"embedding.positions", "esm.embeddings.position_embeddings.weight",
        "esm_learned_positional_embeddings/embed/embeddings", Size::kPositions, Size::kHidden},
};

constexpr std::array kBlock = {
    Row{"encoder.block.{}.attention.norm.scale", "esm.encoder.layer.{}.attention.LayerNorm.weight",
        "attention_layer_{}/self_attention_layer_norm/scale", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.attention.norm.offset", "esm.encoder.layer.{}.attention.LayerNorm.bias",
        "attention_layer_{}/self_attention_layer_norm/offset", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.attention.query.weight", "esm.encoder.layer.{}.attention.self.query.weight",
        "attention_layer_{}/self_attention/query/w", Size::kHidden, Size::kHidden},
    Row{"encoder.block.{}.attention.query.bias", "esm.encoder.layer.{}.attention.self.query.bias",
        "attention_layer_{}/self_attention/query/b", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.attention.key.weight", "esm.encoder.layer.{}.attention.self.key.weight",
        "attention_layer_{}/self_attention/key/w", Size::kHidden, Size::kHidden},
    Row{"encoder.block.{}.attention.key.bias", "esm.encoder.layer.{}.attention.self.key.bias",
        "attention_layer_{}/self_attention/key/b", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.attention.value.weight", "esm.encoder.layer.{}.attention.self.value.weight",
        "attention_layer_{}/self_attention/value/w", Size::kHidden, Size::kHidden},
    Row{"encoder.block.{}.attention.value.bias", "esm.encoder.layer.{}.attention.self.value.bias",
        "attention_layer_{}/self_attention/value/b", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.attention.output.weight", "esm.encoder.layer.{}.attention.output.dense.weight",
        "attention_layer_{}/self_attention/mha_output/w", Size::kHidden, Size::kHidden},
    Row{"encoder.block.{}.attention.output.bias", "esm.encoder.layer.{}.attention.output.dense.bias",
        "attention_layer_{}/self_attention/mha_output/b", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.ffn.norm.scale", "esm.encoder.layer.{}.LayerNorm.weight",
        "attention_layer_{}/final_layer_norm/scale", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.ffn.norm.offset", "esm.encoder.layer.{}.LayerNorm.bias",
        "attention_layer_{}/final_layer_norm/offset", Size::kHidden, Size::kNone},
    Row{"encoder.block.{}.ffn.expand.weight", "esm.encoder.layer.{}.intermediate.dense.weight",
        "attention_layer_{}/fc1/w", Size::kFfn, Size::kHidden},
    Row{"encoder.block.{}.ffn.expand.bias", "esm.encoder.layer.{}.intermediate.dense.bias", "attention_layer_{}/fc1/b",
        Size::kFfn, Size::kNone},
    Row{"encoder.block.{}.ffn.contract.weight", "esm.encoder.layer.{}.output.dense.weight", "attention_layer_{}/fc2/w",
        Size::kHidden, Size::kFfn},
    Row{"encoder.block.{}.ffn.contract.bias", "esm.encoder.layer.{}.output.dense.bias", "attention_layer_{}/fc2/b",
        Size::kHidden, Size::kNone},
};

constexpr std::array kAfterBlocks = {
    Row{"encoder.norm.scale", "esm.encoder.emb_layer_norm_after.weight", "roberta_lm_head/emb_layer_norm_after/scale",
        Size::kHidden, Size::kNone},
    Row{"encoder.norm.offset", "esm.encoder.emb_layer_norm_after.bias", "roberta_lm_head/emb_layer_norm_after/offset",
        Size::kHidden, Size::kNone},
    Row{"head.dense.weight", "lm_head.dense.weight", "roberta_lm_head/lm_head_fc_1/w", Size::kHidden, Size::kHidden},
    Row{"head.dense.bias", "lm_head.dense.bias", "roberta_lm_head/lm_head_fc_1/b", Size::kHidden, Size::kNone},
    Row{"head.norm.scale", "lm_head.layer_norm.weight", "roberta_lm_head/lm_head_layer_norm/scale", Size::kHidden,
        Size::kNone},
    Row{"head.norm.offset", "lm_head.layer_norm.bias", "roberta_lm_head/lm_head_layer_norm/offset", Size::kHidden,
        Size::kNone},
    Row{"head.decoder.weight", "lm_head.decoder.weight", "roberta_lm_head/lm_final_fc/w", Size::kVocabulary,
        Size::kHidden},
    Row{"head.decoder.bias", "lm_head.bias", "roberta_lm_head/lm_final_fc/b", Size::kVocabulary, Size::kNone},
};

int64_t ValueOf(Size size, const ModelShape& shape) {
  switch (size) {
    case Size::kNone: return 0;
    case Size::kVocabulary: return shape.vocabulary;
    case Size::kPositions: return shape.positions;
    case Size::kHidden: return shape.hidden;
    case Size::kFfn: return shape.ffn;
  }
  return 0;
}

template <class Rows>
void Append(const Rows& rows, int64_t block, const ModelShape& shape, std::vector<Parameter>& parameters) {
  const auto with_block = [block](const char* pattern) { return fmt::format(fmt::runtime(pattern), block); };
  for (const Row& row : rows)
    parameters.push_back({with_block(row.name), ValueOf(row.rows, shape), ValueOf(row.cols, shape),
                          with_block(row.hugging_face), with_block(row.jax),
                          std::string_view(row.jax).ends_with("/w")});
}

}  // namespace

std::vector<Parameter> Parameters(const ModelShape& shape) {
  std::vector<Parameter> parameters;
  Append(kBeforeBlocks, 0, shape, parameters);
  for (int64_t block = 0; block < shape.layers; ++block) Append(kBlock, block, shape, parameters);
  Append(kAfterBlocks, 0, shape, parameters);
  return parameters;
}

int64_t CountValues(const ModelShape& shape) {
  int64_t count = 0;
  for (const Parameter& parameter : Parameters(shape)) count += parameter.size();
  return count;
}

std::string CanonicalHuggingFaceName(std::string_view name) {
  if (name.starts_with("embeddings.") || name.starts_with("encoder."))
    return CanonicalHuggingFaceName("esm." + std::string(name));
  constexpr std::string_view kGamma = "LayerNorm.gamma";
  constexpr std::string_view kBeta = "LayerNorm.beta";
  if (name.ends_with(kGamma)) return std::string(name.substr(0, name.size() - 5)) + "weight";
  if (name.ends_with(kBeta)) return std::string(name.substr(0, name.size() - 4)) + "bias";
  return std::string(name);
}

std::string CanonicalJaxName(std::string_view name) {
  std::string canonical;
  bool root = true;
  while (!name.empty()) {
    const size_t slash = std::min(name.find('/'), name.size());
    std::string_view module = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (std::exchange(root, false) || module == "~") continue;
    if (module == "mha") module = "self_attention";
    if (module == "mha_layer_norm") module = "self_attention_layer_norm";
    if (module == "esm_roberta_lm_head") module = "roberta_lm_head";
    canonical += canonical.empty() ? "" : "/";
    canonical += module;
  }
  return canonical;
}

std::optional<int64_t> LayerOfTensor(std::string_view name) {
  for (const std::string_view before : {"encoder.layer.", "attention_layer_"}) {
    const size_t at = name.find(before);
    if (at == std::string_view::npos) continue;
    int64_t layer = 0;
    const std::string_view digits = name.substr(at + before.size());
    if (std::from_chars(digits.data(), digits.data() + digits.size(), layer).ec == std::errc()) return layer;
  }
  return std::nullopt;
}

}  // namespace agront::model
