// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/tokenizer_files.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "tokenizer/vocabulary.h"

namespace agront::model {
namespace {

class TokenizerFiles : public testing::Test {
 protected:
  void Takes(const std::string& name, const std::string& content) {
    folder_.Write(name, content);
    EXPECT_NO_THROW(CheckTokenizerFiles(folder_.path())) << content.substr(0, 100);
  }

  void Refuses(const std::string& name, const std::string& content, const std::string& part) {
    folder_.Write(name, content);
    ExpectError([&] { CheckTokenizerFiles(folder_.path()); }, folder_.path(name) + part);
    std::filesystem::remove(folder_.path(name));
  }

  /// With every `from` as `to`.
  static std::string Replaced(std::string text, const std::string& from, const std::string& to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
    return text;
  }

  TestFolder folder_;
  const std::string ours_ = tokenizer::VocabularyFile();
};

TEST_F(TokenizerFiles, NeedNotBeThere) { EXPECT_NO_THROW(CheckTokenizerFiles(folder_.path())); }

TEST_F(TokenizerFiles, TakeTheVocabularyHoweverItIsWritten) {
  Takes("vocab.txt", ours_);
  Takes("vocab.txt", ours_ + "\n\n");
  Takes("vocab.txt", Replaced(ours_, "\n", "\r\n"));
  Takes("vocab.txt", Replaced(ours_, "\n", "\r"));
  Takes("vocab.txt", Replaced(ours_, "\n", " \n\t"));
  Takes("vocab.txt", "\xEF\xBB\xBF" + ours_);
  Takes("vocab.txt", ours_.substr(0, ours_.find("<eos>")));
}

TEST_F(TokenizerFiles, RefuseAnotherVocabulary) {
  std::string swapped = ours_;
  swapped.replace(swapped.find("AAAAAT"), 13, "AAAAAC\nAAAAAT");
  Refuses("vocab.txt", swapped, ":6: expected the token AAAAAT, as in AgroNT's vocabulary, got \"AAAAAC\"");
  Refuses("vocab.txt", "<cls>\n<pad>\n<eos>\n<unk>\nL\n", ":1: expected the token <unk>");
  Refuses("vocab.txt", Replaced(ours_, "AAAAAA", "aaaaaa"), ":5: expected the token AAAAAA");
  Refuses("vocab.txt", Replaced(ours_, "\nAAAAAA\n", "\n\nAAAAAA\n"),
          ":5: expected the token AAAAAA, as in AgroNT's "
          "vocabulary, got \"\"");
  Refuses("vocab.txt", ours_.substr(0, ours_.find("GGGGGG")), ": expected 4107 tokens, got 4099");
  Refuses("vocab.txt", ours_ + "\n<sep>", ":4108: expected the end after 4107 tokens, got \"<sep>\"");
  Refuses("vocab.txt", std::string(10'000, '\x1b') + ours_, ":1: expected the token <unk>");
  Refuses("vocab.txt", "version https://git-lfs.github.com/spec/v1\n",
          ": expected a vocabulary, got a pointer of Git LFS");
  Refuses("vocab.txt", "", ": expected a vocabulary, got an empty file");
}

TEST_F(TokenizerFiles, RefuseOtherSpecialTokens) {
  for (const char* file : {"tokenizer_config.json", "special_tokens_map.json"}) {
    Takes(file, R"({"cls_token": "<cls>", "mask_token": {"content": "<mask>", "lstrip": false}, "eos_token": null,
                    "bos_token": "<bos>", "model_max_length": 64})");
    Takes(file, "{}");
    Refuses(file, R"({"cls_token": "<bos>"})", ": cls_token: expected <cls>, got \"<bos>\"");
    Refuses(file, R"({"mask_token": {"content": "N"}})", ": mask_token: expected <mask>, got {\"content\":\"N\"}");
    Refuses(file, R"({"pad_token": null})", ": pad_token: expected <pad>, got null");
    Refuses(file, R"({"unk_token": "N"})", ": unk_token: expected <unk>, got \"N\"");
    Refuses(file, R"({"eos_token": "<eos>"})", ": eos_token: expected null, got \"<eos>\"");
    Refuses(file, "[]", ": expected a JSON object, got array");
  }
  Takes("tokenizer_config.json", R"({"tokenizer_class": "EsmTokenizer"})");
  Refuses("tokenizer_config.json", R"({"tokenizer_class": "BertTokenizer"})",
          ": tokenizer_class: expected \"EsmTokenizer\"");
}

TEST_F(TokenizerFiles, RefuseTokensWithOtherIds) {
  Takes("added_tokens.json", R"({"<eos>": 4105, "<cls>": 3, "<extra>": 4107})");
  Refuses("added_tokens.json", R"({"<mask>": 17})", ": expected the id 2 of token <mask>, got 17");
  Refuses("added_tokens.json", R"({"<eos>": 4106})", ": expected the id 4105 of token <eos>, got 4106");
  Refuses("added_tokens.json", R"({"<extra>": 12})",
          ": expected tokens of AgroNT's vocabulary, got \"<extra>\" with the id 12");
  Refuses("added_tokens.json", R"({"ACG": 4107})", ": expected tokens of AgroNT's vocabulary, got \"ACG\"");
  Refuses("added_tokens.json", R"({"<cls>": "3"})", ": \"<cls>\": expected an id, got string");
  Takes("tokenizer_config.json",
        R"({"added_tokens_decoder": {"0": {"content": "<unk>"}, "4": {"content": "AAAAAA"}}})");
  Refuses("tokenizer_config.json", R"({"added_tokens_decoder": {"0": {"content": "<cls>"}}})",
          ": added_tokens_decoder: expected the id 3 of token <cls>, got 0");
  Refuses("tokenizer_config.json", R"({"added_tokens_decoder": {"first": {"content": "<unk>"}}})",
          ": added_tokens_decoder: expected an object of tokens by their ids");
}

}  // namespace
}  // namespace agront::model
