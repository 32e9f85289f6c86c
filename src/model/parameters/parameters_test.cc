// SPDX-License-Identifier: Apache-2.0
#include "model/parameters/parameters.h"

#include <gtest/gtest.h>

#include <set>

namespace agront::model {
namespace {

constexpr ModelShape kPublished{.vocabulary = 4105,
                                .hidden = 1500,
                                .heads = 20,
                                .layers = 40,
                                .ffn = 5120,
                                .positions = 1026,
                                .layer_norm_epsilon = 1e-12f};

TEST(Parameters, AddUpToThePublishedNumber) { EXPECT_EQ(CountValues(kPublished), 991'260'405); }

TEST(Parameters, HaveDistinctNamesEverywhere) {
  const auto parameters = Parameters(kPublished);
  std::set<std::string> ours, hugging_face, jax;
  for (const Parameter& parameter : parameters) {
    ours.insert(parameter.name);
    hugging_face.insert(parameter.hugging_face);
    jax.insert(parameter.jax);
    EXPECT_EQ(CanonicalHuggingFaceName(parameter.hugging_face), parameter.hugging_face);
    EXPECT_EQ(CanonicalJaxName("root/" + parameter.jax), parameter.jax);
  }
  EXPECT_EQ(ours.size(), parameters.size());
  EXPECT_EQ(hugging_face.size(), parameters.size());
  EXPECT_EQ(jax.size(), parameters.size());
}

TEST(Parameters, ReadsOlderAndNewerNames) {
  EXPECT_EQ(CanonicalHuggingFaceName("encoder.layer.0.LayerNorm.gamma"), "esm.encoder.layer.0.LayerNorm.weight");
  EXPECT_EQ(CanonicalHuggingFaceName("embeddings.word_embeddings.weight"), "esm.embeddings.word_embeddings.weight");
  EXPECT_EQ(CanonicalHuggingFaceName("esm.encoder.layer.0.LayerNorm.gamma"), "esm.encoder.layer.0.LayerNorm.weight");
  EXPECT_EQ(CanonicalHuggingFaceName("esm.encoder.layer.0.LayerNorm.beta"), "esm.encoder.layer.0.LayerNorm.bias");
  EXPECT_EQ(CanonicalJaxName("esm_transformer/attention_layer_0/~/mha/query/w"),
            "attention_layer_0/self_attention/query/w");
  EXPECT_EQ(CanonicalJaxName("esm_transformer/attention_layer_3/~/mha_layer_norm/scale"),
            "attention_layer_3/self_attention_layer_norm/scale");
  EXPECT_EQ(CanonicalJaxName("esm_transformer/~/esm_roberta_lm_head/~/lm_final_fc/b"), "roberta_lm_head/lm_final_fc/b");
  EXPECT_EQ(CanonicalJaxName("esm_transformer/~/embed/embeddings"), "embed/embeddings");
}

}  // namespace
}  // namespace agront::model
