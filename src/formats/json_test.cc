// SPDX-License-Identifier: Apache-2.0
#include "formats/json.h"

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

void ExpectRefused(const std::string& text, const std::string& message) {
  try {
    ParseJson(text, "c.json");
    ADD_FAILURE() << "expected an error: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), "c.json: expected " + message);
  }
}

TEST(Json, ReadsWhatIsJson) {
  const auto json =
      ParseJson(R"({"a": {"x": 1, "y": [1.5, null]}, "b": {"x": 12345678901234567890123}, "c": -1e-400})", "c.json");
  EXPECT_EQ(json["a"]["y"][0], 1.5);
  EXPECT_EQ(json["b"]["x"], 12345678901234567890123.0);
  EXPECT_EQ(json["c"], 0.0);
  EXPECT_EQ(ParseJson("\xEF\xBB\xBF{}", "c.json"), nlohmann::json::object());
}

TEST(Json, QuotesWhereTextIsNone) {
  ExpectRefused("{\n \"a\": tru }", "JSON, got \" }\" in line 2");
  ExpectRefused("{\"a\": 1", "JSON, got the end of the text in line 1");
  ExpectRefused("{\"a\": 1}\n\n garbage", "JSON, got \"garbage\" in line 3");
  ExpectRefused("{\"a\": NaN}", "JSON, got \"NaN}\" in line 1");
  ExpectRefused("{\"a\": \"\xff\xfe\"}", "JSON, got \"\\xff\\xfe\"}\" in line 1");
  ExpectRefused("{\"a\": \x1b[31m}", "JSON, got \"\\x1b[31m}\" in line 1");
  ExpectRefused("{" + std::string(100'000, 'x'), "JSON, got \"" + std::string(40, 'x') + "\" in line 1");
  ExpectRefused("", "JSON, got an empty file");
  ExpectRefused("version https://git-lfs.github.com/spec/v1\n",
                "JSON, got a pointer of Git LFS; `git lfs pull` gets the file itself");
  ExpectRefused("<!DOCTYPE html>", "JSON, got an HTML page, perhaps of a download that failed");
  ExpectRefused("Entry not found", "JSON, got text that begins \"Entry not found\"");
}

TEST(Json, RefusesNumbersThatNoDoubleHolds) {
  ExpectRefused("{\n\"foo\": 1e999}", "numbers that a double holds, got 1e999 in line 2");
  ExpectRefused("[-1" + std::string(400, '0') + "]",
                "numbers that a double holds, got -1" + std::string(38, '0') + "... in line 1");
}

TEST(Json, RefusesAKeyTwiceInOneObject) {
  ExpectRefused(R"({"a": 1, "b": {"a": 2}, "a": 3})", "every key once, got \"a\" twice");
  ExpectRefused(R"([{"a": 1}, {"b": {"x": 2, "x": 2}}])", "every key once, got \"x\" twice");
  ExpectRefused(R"({")" + std::string(1000, 'k') + R"(": 1, ")" + std::string(1000, 'k') + R"(": 2})",
                "every key once, got \"" + std::string(200, 'k') + "...\" twice");
}

TEST(Json, RefusesDeepNesting) {
  ParseJson(std::string(100, '[') + std::string(100, ']'), "c.json");
  ExpectRefused(std::string(300'000, '['), "JSON nested at most 100 deep");
}

}  // namespace
}  // namespace agront::formats
