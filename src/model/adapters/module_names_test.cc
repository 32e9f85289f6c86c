// SPDX-License-Identifier: Apache-2.0
#include "model/adapters/module_names.h"

#include <gtest/gtest.h>

#include <chrono>

namespace agront::model {
namespace {

const std::string kQuery = "esm.encoder.layer.3.attention.self.query";
const std::string kContract = "esm.encoder.layer.11.output.dense";

struct Case {
  std::string expression;
  bool fits_query;
  bool fits_contract;
};

TEST(ModuleExpression, FitsWholeNamesAsInPython) {
  // The values are those of re.fullmatch of Python 3.11.
  const Case cases[] = {
      {".*query", true, false},
      {"query", false, false},
      {R"(esm\.encoder\.layer\.\d+\.(?:attention\.self\.query|output\.dense))", true, true},
      {R"(.*\.(query|key)|.*layer\.1[0-2]\..*)", true, true},
      {R"(.*layer\.(?!3\.).*)", false, true},
      {R"((?=.*self).*\.query$)", true, false},
      {R"(^esm[.]encoder[.]layer[.]\d{2}[.].*)", false, true},
      {R"(.*\.\d{1,2}\.(\w+\.)*\w+)", true, true},
      {R"(.*\.[^.]*\.[0-9]\..*?query)", true, false},
      {R"(\S+\D{4}y)", true, false},
      {R"(([a-z]+\.)+\d\.[\w.]+)", true, false},
      {R"(esm\..+?dense)", false, true},
      {"(|.*)", true, true},
      {"", false, false},
  };
  for (const Case& one : cases) {
    const auto expression = ModuleExpression::Compile(one.expression);
    ASSERT_TRUE(expression) << one.expression;
    EXPECT_EQ(expression->Fits(kQuery), one.fits_query) << one.expression;
    EXPECT_EQ(expression->Fits(kContract), one.fits_contract) << one.expression;
  }
}

TEST(ModuleExpression, LeavesOutWhatIsReadDifferently) {
  for (const std::string expression :
       {"(",        "a)",     "[a",     "a**",    "a*+",   "a++",     "*a",          "(?i)a", "(?P<n>a)", "(?<!a)b",
        R"((a)\1)", R"(a\Z)", R"(\Aa)", R"(\bq)", R"(\h)", R"(\x41)", "[[:alpha:]]", "[]a]",  "[^]a]",    "a{2",
        "a{x}",     "a{12}",  "(a){2}", "a}",     "a]",    "a\\",     "(?#a)",       "a\nb",  "\xC3\xA4"})
    EXPECT_FALSE(ModuleExpression::Compile(expression)) << expression;
  EXPECT_TRUE(ModuleExpression::Compile(std::string(500, '.')));
  EXPECT_FALSE(ModuleExpression::Compile(std::string(501, '.')));
}

TEST(ModuleExpression, TakesNoTimeForWhatIsMeantToTakeForever) {
  const auto start = std::chrono::steady_clock::now();
  std::string nested = "a";
  for (int i = 0; i < 100; ++i) nested = "(" + nested + "*)";
  for (const std::string& expression :
       {std::string("(a*)*b"), std::string("(a|a)*b"), std::string("(.*)*(.*)*(.*)*x"), std::string("(?=(a+)+b)a*"),
        nested + "b", std::string(240, '(') + std::string(240, ')')}) {
    const auto compiled = ModuleExpression::Compile(expression);
    ASSERT_TRUE(compiled) << expression;
    EXPECT_FALSE(compiled->Fits(std::string(60, 'a'))) << expression;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(ModuleNames, ComparesLists) {
  const ModuleNames names({"query", "esm.encoder.layer.11.output.dense", "se"});
  EXPECT_FALSE(names.is_expression());
  EXPECT_TRUE(names.Name(kQuery));
  EXPECT_FALSE(names.NameWhole(kQuery));
  EXPECT_TRUE(names.NameWhole(kContract));
  EXPECT_TRUE(names.Name(kContract));
  EXPECT_FALSE(names.Name("esm.encoder.layer.1.output.dense"));
  EXPECT_TRUE(names.NameEnding("esm.encoder.layer.1.output.dense")) << "\"se\", as feedforward_modules have it";
  EXPECT_FALSE(ModuleNames().Name(kQuery));
}

}  // namespace
}  // namespace agront::model
