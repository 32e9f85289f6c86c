// SPDX-License-Identifier: Apache-2.0
#include "nn/training/adapted_linear.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "base/error.h"
#include "nn/training/gradient_check.h"
#include "nn/training/random_buffers.h"

namespace agront::nn::training {
namespace {

constexpr int64_t kRows = 7, kIn = 5, kOut = 75;

RandomBuffers::Adapters AdaptersOf(std::optional<AdapterKind> kind) {
  if (!kind) return {};
  return {{"product", *kind}};
}

std::vector<float> Copy(tensor::ConstMatrixView view) { return {view.values().begin(), view.values().end()}; }

class AdaptedLinearSweep : public testing::TestWithParam<std::optional<AdapterKind>> {
 protected:
  AdaptedLinearSweep() : buffers_({}, AdaptersOf(GetParam())), product_(buffers_, "product", kOut, kIn) {
    values_ = buffers_.Doubles();
    values_["x"] = ops::Doubles(x_);
  }

  Values Reference(const NamedValues& at) const { return LinearReference(at, "product", at.at("x"), kRows); }

  const std::vector<float> x_ = ops::RandomValues(kRows * kIn, 1);
  const std::vector<float> grad_y_ = ops::RandomValues(kRows * kOut, 2);
  const std::vector<float> before_ = ops::RandomValues(kRows * kOut, 3);
  RandomBuffers buffers_;
  AdaptedLinear product_;
  NamedValues values_;
  ProductScratch scratch_{Precision::kFp32};
  ProductSaved saved_;
};

TEST_P(AdaptedLinearSweep, ForwardReplacesOrAdds) {
  const tensor::Matrix x = ops::MatrixOf(x_, kRows);
  for (const auto accumulate : {ops::Accumulate::kReplace, ops::Accumulate::kAdd}) {
    tensor::Matrix y = ops::MatrixOf(before_, kRows);
    product_.Forward(x.view(), accumulate, scratch_, saved_, y.view());
    Values want = Reference(values_);
    if (accumulate == ops::Accumulate::kAdd) want = Sum(want, ops::Doubles(before_));
    EXPECT_LT(ops::RelativeError<double>(Copy(y.view()), want), 8 * ops::kEpsilon);
  }
}

TEST_P(AdaptedLinearSweep, GradientsEqualFloat64) {
  const tensor::Matrix x = ops::MatrixOf(x_, kRows), grad_y = ops::MatrixOf(grad_y_, kRows);
  tensor::Matrix y(kRows, kOut), grad_x(kRows, kIn);
  product_.Forward(x.view(), ops::Accumulate::kReplace, scratch_, saved_, y.view());
  product_.Backward(x.view(), saved_, grad_y.view(), ops::Accumulate::kReplace, scratch_, grad_x.view());
  NamedGradients gradients = buffers_.Gradients();
  EXPECT_EQ(gradients.contains("product.weight"), !GetParam().has_value());
  gradients["x"] = Copy(grad_x.view());
  ExpectGradients(
      values_, [&](const NamedValues& at) { return WeightedSum(Reference(at), grad_y_); }, gradients);

  // Added to what is there: the same and a constant.
  tensor::Matrix added(kRows, kIn);
  std::ranges::fill(added.view().values(), 1.0f);
  product_.Backward(x.view(), saved_, grad_y.view(), ops::Accumulate::kAdd, scratch_, added.view());
  Values want = ops::Doubles(gradients["x"]);
  for (double& value : want) value += 1;
  EXPECT_LT(ops::RelativeError<double>(Copy(added.view()), want), 8 * ops::kEpsilon);
}

TEST_P(AdaptedLinearSweep, WithoutAGradientOfTheInputTheOthersAreTheSame) {
  const tensor::Matrix x = ops::MatrixOf(x_, kRows), grad_y = ops::MatrixOf(grad_y_, kRows);
  tensor::Matrix y(kRows, kOut), grad_x(kRows, kIn);
  product_.Forward(x.view(), ops::Accumulate::kReplace, scratch_, saved_, y.view());
  RandomBuffers others({}, AdaptersOf(GetParam()));
  const AdaptedLinear other(others, "product", kOut, kIn);
  product_.Backward(x.view(), saved_, grad_y.view(), ops::Accumulate::kReplace, scratch_, grad_x.view());
  other.Backward(x.view(), saved_, grad_y.view(), ops::Accumulate::kReplace, scratch_, {});
  EXPECT_EQ(others.Gradients(), buffers_.Gradients());
}

/// The backward pass of a layer makes the input again only where it is needed.
TEST_P(AdaptedLinearSweep, ReadsItsInputOnlyIfItSaysSo) {
  const tensor::Matrix x = ops::MatrixOf(x_, kRows), grad_y = ops::MatrixOf(grad_y_, kRows);
  tensor::Matrix y(kRows, kOut), grad_x(kRows, kIn);
  product_.Forward(x.view(), ops::Accumulate::kReplace, scratch_, saved_, y.view());
  const tensor::Matrix another = ops::MatrixOf(ops::RandomValues(kRows * kIn, 9), kRows);
  RandomBuffers others({}, AdaptersOf(GetParam()));
  const AdaptedLinear other(others, "product", kOut, kIn);
  product_.Backward(x.view(), saved_, grad_y.view(), ops::Accumulate::kReplace, scratch_, grad_x.view());
  other.Backward(another.view(), saved_, grad_y.view(), ops::Accumulate::kReplace, scratch_, grad_x.view());
  EXPECT_EQ(others.Gradients() != buffers_.Gradients(), product_.needs_input());
}

INSTANTIATE_TEST_SUITE_P(Adapters, AdaptedLinearSweep,
                         testing::Values(std::nullopt, AdapterKind::kLora, AdapterKind::kInputScales,
                                         AdapterKind::kOutputScales),
                         [](const auto& of) {
                           return !of.param                                ? "none"
                                  : *of.param == AdapterKind::kLora        ? "lora"
                                  : *of.param == AdapterKind::kInputScales ? "input_scales"
                                                                           : "output_scales";
                         });

TEST(AdaptedLinear, LeavesABiasThatNothingSees) {
  RandomBuffers buffers;
  const AdaptedLinear product(buffers, "product", kOut, kIn, AdaptedLinear::BiasGradient::kZero);
  ProductScratch scratch(Precision::kFp32);
  const tensor::Matrix x = ops::MatrixOf(ops::RandomValues(kRows * kIn, 1), kRows);
  const tensor::Matrix grad_y = ops::MatrixOf(ops::RandomValues(kRows * kOut, 2), kRows);
  product.Backward(x.view(), {}, grad_y.view(), ops::Accumulate::kReplace, scratch, {});
  EXPECT_EQ(buffers.Gradients().at("product.bias"), std::vector<float>(kOut));
  EXPECT_GT(Norm(buffers.Gradients().at("product.weight")), 0);
}

/// Weights that train beside their adapter.
class Unfrozen final : public ParameterBuffers {
 public:
  TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) override {
    return plain_.Find(name, rows, cols);
  }
  ProductAdapter FindAdapter(const std::string& prefix, int64_t out, int64_t in) override {
    return adapted_.FindAdapter(prefix, out, in);
  }

 private:
  RandomBuffers plain_, adapted_{{}, {{"product", AdapterKind::kLora}}};
};

TEST(AdaptedLinear, RefusesAnAdapterOfWeightsThatTrain) {
  Unfrozen buffers;
  EXPECT_THROW(AdaptedLinear(buffers, "product", kOut, kIn), Error);
}

}  // namespace
}  // namespace agront::nn::training
