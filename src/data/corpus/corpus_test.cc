// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/corpus.h"

#include "data/corpus/corpus_test_files.h"

namespace agront::data {
namespace {

TEST(Corpus, SelectsPartsAndFolds) {
  const TestCorpus files({{"A", 40}, {"B", 3}}, 3);
  const Corpus training(files.path());
  EXPECT_EQ(training.num_species(), 2);
  EXPECT_EQ(training.species_name(1), "B");
  EXPECT_EQ(training.window_tokens(), 3);
  EXPECT_EQ(training.window_bases(), 12);
  EXPECT_EQ(training.num_windows(0), 36);
  EXPECT_EQ(training.num_windows(), 38);
  EXPECT_EQ(training.Place(0, 0).start, 12u);  // window 0 is for validation
  EXPECT_EQ(training.sequence_name(0, 0), "chr1");
  const Corpus validation(files.path(), {.part = Part::kValidation});
  EXPECT_EQ(validation.num_windows(), 5);
  const Corpus one(files.path(), {.fold = 1});
  const Corpus others(files.path(), {.without_fold = 1});
  EXPECT_EQ(one.num_windows() + others.num_windows(), 38);
  for (int64_t i = 0; i < one.num_windows(0); ++i) EXPECT_EQ(one.Place(0, i).fold, 1);
  for (int64_t i = 0; i < others.num_windows(0); ++i) EXPECT_NE(others.Place(0, i).fold, 1);
}

TEST(Corpus, KnowsItself) {
  const TestCorpus files({{"A", 5}}, 3);
  const TestCorpus same({{"A", 5}}, 3);
  const TestCorpus other({{"A", 6}}, 3);
  EXPECT_EQ(Corpus(files.path()).hash(), Corpus(same.path()).hash());
  EXPECT_NE(Corpus(files.path()).hash(), Corpus(other.path()).hash());
}

TEST(Corpus, RefusesWhatItCannotUse) {
  const TestCorpus files({{"A", 10, 1.0}, {"B", 10, 2.0}}, 3);
  const std::string json = files.Read("corpus.json");
  const auto refuses = [&](const std::string& from, const std::string& to, const std::string& part) {
    files.Replace("corpus.json", from, to);
    ExpectError([&] { Corpus corpus(files.path()); }, part);
    files.Write("corpus.json", json);
  };
  Corpus whole(files.path());
  EXPECT_EQ(whole.species_weight(1), 2.0);
  refuses("f1b544e2", "f1b544e3",
          "expected a corpus for the tokenizer with vocabulary f1b544e27897, got one for f1b544e3");
  refuses("agront-corpus", "agront-corpse", "expected the description of a corpus");
  refuses("\"version\": 1", "\"version\": 2", "expected version 1 of the format, got 2");
  refuses("\"window_tokens\": 3", "\"window_tokens\": 4", "A.shard: expected windows of 4 tokens");
  refuses("\"folds\": 4", "\"folds\": \"4\"", "folds: expected a whole number");
  refuses("\"training_windows\": 9", "\"training_windows\": 8", "A.shard: expected 9 windows");
  refuses("A.shard", "../A.shard", "expected the name of a file in the same folder");
  refuses("A.shard", "C.shard", "C.shard: no such file");
  refuses("A.shard", "B.shard", "B.shard: expected 10 windows");
  refuses("\"weight\": 1.0", "\"weight\": -1.0", "weight: expected a number above 0");
  refuses("\"name\": \"B\"", "\"name\": \"A\"", "species A is there twice");
  refuses("{", "[", "corpus.json: expected JSON");
  ExpectError([&] { Corpus corpus(files.path(), {.fold = 4}); }, "fold: expected 0 to 3, got 4");
  ExpectError([&] { Corpus corpus(files.path(), {.part = Part::kValidation, .fold = 3}); }, "no window for validation");
  ExpectError([&] { Corpus corpus(files.path() + "/no"); }, "no such file");
  std::filesystem::remove(files.path() + "/corpus.json");
  ExpectError([&] { Corpus corpus(files.path()); }, "a folder without corpus.json");
}

TEST(Corpus, FindsDamage) {
  const TestCorpus files({{"A", 10}, {"B", 10}}, 3);
  const std::string shard = files.Read("B.shard");
  VerifyShards(files.path(), [](int64_t, int64_t all) { EXPECT_EQ(all, 20); });
  std::string damaged = shard;
  damaged[8] ^= 1;
  files.Write("B.shard", damaged);
  ExpectError([&] { VerifyShards(files.path(), [](int64_t, int64_t) {}); }, "B.shard: window 0 (chr1:0-12): damaged");
  files.Write("B.shard", shard.substr(0, shard.size() - 1));
  ExpectError([&] { Corpus corpus(files.path()); }, "B.shard: truncated");
  files.Write("B.shard", "");
  ExpectError([&] { Corpus corpus(files.path()); }, "B.shard: expected a shard");
}

}  // namespace
}  // namespace agront::data
