// SPDX-License-Identifier: Apache-2.0
// The model on XLA's CPU plugins against golden files and against our engine on this processor.
#include "xla/xla_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "base/error.h"
#include "device/xla/test_plugins.h"
#include "model/agront.h"
#include "model/checkpoints/checkpoint.h"
#include "model/golden_file.h"
#include "ops/matmul/fastest_float.h"

namespace agront::xla {
namespace {

const std::string kGolden = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/";
constexpr Padding kPadded{.channels = 16, .head = 8};

double Bound(const ModelShape& shape) { return 2e-6 * static_cast<double>(shape.layers + 2); }

std::vector<double> Doubles(const tensor::Matrix& matrix) {
  const auto values = matrix.view().values();
  return {values.begin(), values.end()};
}

/// A batch, and its outputs in the golden files.
struct GoldenPass {
  model::GoldenFile golden{kGolden + "forward.safetensors"};
  std::unique_ptr<model::Checkpoint> checkpoint = model::Checkpoint::Open(kGolden + "model");
  Batch batch;
  ForwardRequest request;

  GoldenPass() {
    batch.tokens = golden.Integers<int32_t>("tokens");
    batch.offsets = golden.Integers<int64_t>("offsets");
    request = {.hidden = {{0}, {1}, {2}, {3}, {3, true}}, .logit_rows = golden.Integers<int64_t>("logit_rows")};
    for (int64_t sequence = 0; sequence < batch.sequences(); ++sequence) request.attention.push_back({1, 0, sequence});
    for (int64_t sequence = 0; sequence < 3; ++sequence) request.attention.push_back({3, 5, sequence});
  }

  /// The largest relative error of any output.
  double ErrorOf(model::Encoder& encoder) const {
    model::ForwardOutput output;
    encoder.Forward(batch, request, output);
    const char* names[] = {"hidden_0", "hidden_1", "hidden_2", "hidden_3", "hidden_3_raw"};
    double error = 0;
    const auto add = [&](const tensor::Matrix& got, const std::string& name) {
      error = std::max(error, model::RelativeError(got.view().values(), golden.Floats(name)));
    };
    for (size_t i = 0; i < std::size(names); ++i) add(output.hidden[i], names[i]);
    add(output.logits, "logits");
    for (size_t i = 0; i < request.attention.size(); ++i) {
      const AttentionMap& map = request.attention[i];
      add(output.attention[i], fmt::format("attention_{}_{}_{}", map.layer, map.head, map.sequence));
    }
    return error;
  }
};

class XlaEncoderTest : public device::xla::PluginTest {
 protected:
  std::unique_ptr<model::Encoder> Make(const std::string& plugin, nn::ParameterSource& source, const ModelShape& shape,
                                       Precision precision, const Padding& padding = {}, int count = 1) const {
    return MakeXlaEncoder(Open(plugin, count), shape, source, precision, padding);
  }
};

TEST_F(XlaEncoderTest, EqualsTheReferences) {
  const GoldenPass pass;
  const ModelShape& shape = pass.checkpoint->shape();
  for (const std::string& plugin : plugins_)
    for (const Padding& padding : {Padding{}, kPadded})
      EXPECT_LT(pass.ErrorOf(*Make(plugin, *pass.checkpoint, shape, Precision::kFp32, padding)), Bound(shape))
          << plugin << ", channels " << padding.channels;
}

TEST_F(XlaEncoderTest, FourDevicesShareABatch) {
  const GoldenPass pass;
  const ModelShape& shape = pass.checkpoint->shape();
  for (const std::string& plugin : plugins_)
    EXPECT_LT(pass.ErrorOf(*Make(plugin, *pass.checkpoint, shape, Precision::kFp32, {}, 4)), Bound(shape)) << plugin;
}

TEST_F(XlaEncoderTest, Bf16IsNoWorseThanTwiceTheProcessors) {
  const GoldenPass pass;
  const ModelShape& shape = pass.checkpoint->shape();
  const double own = pass.ErrorOf(*model::MakeEncoder(shape, *pass.checkpoint, Precision::kBf16));
  // A processor without products of bf16 rounds nothing but weights, and these are bf16 already. There each of a
  // layer's eight roundings adds its own error.
  constexpr double kRounding = 0x1p-9;
  const double most =
      ops::FastestFloat() == Precision::kBf16 ? 2 * own : kRounding * std::sqrt(8 * static_cast<double>(shape.layers));
  for (const std::string& plugin : plugins_)
    for (const Padding& padding : {Padding{}, kPadded}) {
      const double error = pass.ErrorOf(*Make(plugin, *pass.checkpoint, shape, Precision::kBf16, padding));
      EXPECT_LT(error, most) << plugin;
      EXPECT_GT(error, Bound(shape)) << "it computes in fp32";
    }
}

constexpr ModelShape kTiny{
    .vocabulary = 50, .hidden = 20, .heads = 4, .layers = 3, .ffn = 24, .positions = 66, .layer_norm_epsilon = 1e-5F};

/// Each name has values of its own, which are always the same.
class DrawnParameters final : public nn::ParameterSource {
 public:
  ops::WeightView Weights(const std::string& name, int64_t out, int64_t in) override {
    const auto values = std::make_shared<std::vector<float>>(Vector(name, out * in));
    return {values->data(), out, in, in, 1, values};
  }
  std::vector<float> Vector(const std::string& name, int64_t size) override {
    std::mt19937 random(static_cast<uint32_t>(std::hash<std::string>()(name)));
    std::uniform_real_distribution<float> distribution(-0.5F, 0.5F);
    std::vector<float> values(static_cast<size_t>(size));
    std::ranges::generate(values, [&] { return distribution(random); });
    return values;
  }
};

/// Sequences of all lengths.
Batch RaggedBatch(int sequences) {
  std::mt19937 random(7);
  Batch batch;
  for (int s = 0; s < sequences; ++s) {
    std::vector<int32_t> sequence(1 + random() % static_cast<uint32_t>(kTiny.max_tokens()));
    for (int32_t& token : sequence) token = static_cast<int32_t>(random() % static_cast<uint32_t>(kTiny.vocabulary));
    batch.Add(sequence);
  }
  return batch;
}

void ExpectEqual(model::Encoder& got, model::Encoder& want, const Batch& batch, const ForwardRequest& request) {
  model::ForwardOutput one, other;
  got.Forward(batch, request, one);
  want.Forward(batch, request, other);
  for (size_t i = 0; i < request.hidden.size(); ++i)
    EXPECT_LT(model::RelativeError(one.hidden[i].view().values(), Doubles(other.hidden[i])), Bound(got.shape()));
  for (size_t i = 0; i < request.attention.size(); ++i)
    EXPECT_LT(model::RelativeError(one.attention[i].view().values(), Doubles(other.attention[i])), Bound(got.shape()));
  if (request.all_logits || !request.logit_rows.empty()) {
    EXPECT_LT(model::RelativeError(one.logits.view().values(), Doubles(other.logits)), Bound(got.shape()));
  }
}

TEST_F(XlaEncoderTest, BatchesOfAnySizeEqualTheProcessors) {
  DrawnParameters parameters;
  const auto own = model::MakeEncoder(kTiny, parameters, Precision::kFp32);
  const Batch many = RaggedBatch(150), few = RaggedBatch(3);  // more than a pass takes, and less
  for (const std::string& plugin : plugins_)
    for (const int devices : {1, 3}) {
      const auto encoder = Make(plugin, parameters, kTiny, Precision::kFp32, kPadded, devices);
      ExpectEqual(*encoder, *own, many, {.hidden = {{3}, {2}}, .all_logits = true});
      ExpectEqual(*encoder, *own, few, {.attention = {{2, 1, 2}, {1, 0, 0}, {2, 3, 1}}, .logit_rows = {50, 3, 3, 17}});
      ExpectEqual(*encoder, *own, few, {.hidden = {{0}}});
      model::ForwardOutput output;
      encoder->Forward(Batch{}, {.hidden = {{1}}}, output);
      EXPECT_EQ(output.hidden[0].rows(), 0);
    }
}

TEST_F(XlaEncoderTest, RefusesWhatIsNotThere) {
  const auto checkpoint = model::Checkpoint::Open(kGolden + "model");
  const ModelShape& shape = checkpoint->shape();
  const auto encoder = Make(plugins_.front(), *checkpoint, shape, Precision::kFp32);
  model::ForwardOutput output;
  Batch batch;
  batch.Add(std::vector<int32_t>{3, static_cast<int32_t>(shape.vocabulary)});
  EXPECT_THROW(encoder->Forward(batch, {.hidden = {{1}}}, output), Error);
  batch.tokens[1] = 4;
  EXPECT_THROW(encoder->Forward(batch, {.hidden = {{99}}}, output), UsageError);
  EXPECT_THROW(Make(plugins_.front(), *checkpoint, shape, Precision::kInt8), UsageError);
  Batch longest;
  longest.Add(std::vector<int32_t>(static_cast<size_t>(shape.max_tokens() + 1), 4));
  EXPECT_THROW(encoder->Forward(longest, {.hidden = {{1}}}, output), Error);
}

}  // namespace
}  // namespace agront::xla
