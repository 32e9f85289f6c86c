// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/pickle.h"

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

using namespace std::string_literals;

constexpr std::string_view kAllowed[] = {"shop.Basket", "collections.OrderedDict"};

PickleTree Parse(const std::string& text) {
  ByteReader source(std::as_bytes(std::span(text)), "test");
  return ReadPickle(source, {.allowed_globals = kAllowed});
}

void ExpectRefused(const std::string& text, const std::string& part) {
  ExpectError([&] { Parse(text); }, part);
}

TEST(Pickle, ReadsScalars) {
  const PickleTree tree =
      Parse("\x80\x04(N\x88\x89K\x07M\x01\x02J\xFE\xFF\xFF\xFF\x8a\x02\x00\xFFI-5\nI01\nL12L\nF2.5\n"s +
            "G\x3F\xF8\x00\x00\x00\x00\x00\x00t."s);
  const std::vector<PickleId>& items = tree[tree.root].items;
  ASSERT_EQ(items.size(), 12u);
  EXPECT_EQ(tree[items[0]].kind, PickleKind::kNone);
  EXPECT_EQ(tree[items[1]].integer, 1);
  EXPECT_EQ(tree[items[2]].kind, PickleKind::kBool);
  EXPECT_EQ(tree[items[3]].integer, 7);
  EXPECT_EQ(tree[items[4]].integer, 0x201);
  EXPECT_EQ(tree[items[5]].integer, -2);
  EXPECT_EQ(tree[items[6]].integer, -256);
  EXPECT_EQ(tree[items[7]].integer, -5);
  EXPECT_EQ(tree[items[8]].kind, PickleKind::kBool);
  EXPECT_EQ(tree[items[9]].integer, 12);
  EXPECT_EQ(tree[items[10]].real, 2.5);
  EXPECT_EQ(tree[items[11]].real, 1.5);
}

TEST(Pickle, ReadsCollectionsAndTheMemo) {
  const PickleTree tree = Parse(
      "\x80\x04}\x94(\x8c\x01k]\x94(K\x01K\x02"
      "e\x8c\x01lh\x01u."s);
  const auto list = tree.Find(tree.root, "k");
  ASSERT_TRUE(list);
  EXPECT_EQ(tree.Integers(*list), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(tree.Find(tree.root, "l"), list);
  EXPECT_FALSE(tree.Find(tree.root, "m"));
}

TEST(Pickle, KeepsObjectsAsData) {
  const PickleTree tree = Parse(
      "cshop\nBasket\n(K\x01tR}(\x8c\x01"
      "aK\x02ub."s);
  EXPECT_TRUE(tree.IsCallOf(tree.root, "shop.Basket"));
  EXPECT_EQ(tree.Integers(tree[tree.root].arguments), std::vector<int64_t>{1});
  EXPECT_TRUE(tree.Find(tree[tree.root].state, "a"));
}

TEST(Pickle, KeepsOnlyThePlaceOfLargeStrings) {
  const std::string large(100000, 'x');
  const PickleTree tree = Parse("B\xA0\x86\x01\x00"s + large + ".");
  EXPECT_EQ(tree[tree.root].offset, 5u);
  EXPECT_EQ(tree[tree.root].length, 100000u);
  EXPECT_TRUE(tree[tree.root].text.empty());
}

TEST(Pickle, LetsTheHookReadOn) {
  const std::string text = "cshop\nBasket\n)\x81}b<raw>.";
  ByteReader source(std::as_bytes(std::span(text)), "test");
  uint64_t seen = 0;
  ReadPickle(source, {.allowed_globals = kAllowed, .after_build = [&](const PickleTree& tree, PickleId object) {
                        EXPECT_TRUE(tree.IsCallOf(object, "shop.Basket"));
                        seen = source.position();
                        source.Skip(5);
                      }});
  EXPECT_EQ(text.substr(seen, 5), "<raw>");
}

TEST(Pickle, RefusesForeignCodeByName) {
  ExpectRefused("cos\nsystem\n(\x8c\x04truetR."s, "byte 0: pickle wants os.system, which no checkpoint needs");
  ExpectRefused("\x8c\x02os\x8c\x06system\x93."s, "byte 12: pickle wants os.system");
  ExpectRefused("(ios\nsystem\n."s, "pickle wants os.system");
  ExpectRefused("(ishop\nBasket\n."s, "got INST");
  ExpectRefused("\x82\x01."s, "extension registry");
  ExpectRefused("\x8c\x04o\ns\x1B\x8c\x01x\x93."s, "pickle wants o\\ns\\x1b.x");
}

TEST(Pickle, RefusesTruncatedInput) {
  const std::string whole =
      "\x80\x04}\x94(\x8c\x01k]\x94(K\x01K\x02"
      "e\x8c\x01lh\x01u."s;
  for (size_t size = 0; size < whole.size(); ++size) ExpectRefused(whole.substr(0, size), "the data end after");
  ExpectRefused("B\xFF\xFF\xFF\xFFxy"s, "expected 4294967295 more bytes");
  ExpectRefused("\x8d\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFxy"s, "the data end after 2");
}

TEST(Pickle, RefusesMalformedPrograms) {
  ExpectRefused(".", "a value on the stack");
  ExpectRefused("(0.", "a value on the stack");
  ExpectRefused("t.", "expected a mark");
  ExpectRefused(
      "K\x01K\x02"
      "a.",
      "expected a list to extend, got int");
  ExpectRefused("}(K\x01u.", "a value for every key");
  ExpectRefused(
      "(K\x01"
      "d.",
      "a value for every key");
  ExpectRefused("K\x01)R.", "expected a global to call, got int");
  ExpectRefused("cshop\nBasket\nK\x01R.", "expected a tuple of arguments, got int");
  ExpectRefused("}}b.", "expected an object to build, got dict");
  ExpectRefused("h\x05.", "memoized value 5");
  ExpectRefused("K\x01K\x02\x93.", "two strings");
  ExpectRefused("\x80\x06N.", "protocol 0 to 5, got 6");
  ExpectRefused("\x8a\x09", "at most 8 bytes");
  ExpectRefused("\x7f", "got 0x7f");
  ExpectRefused("Ixyz\n.", "expected an int");
}

TEST(Pickle, BoundsWhatItHolds) {
  ExpectRefused(std::string(1 << 20, '}'), "expected at most 524288 values");
  ExpectRefused(std::string(1 << 20, 'N'), "a stack of at most");
  ExpectRefused(std::string(1 << 20, '('), "at most 524288 marks");
  std::string nested = "]";  // a list in a list in a list ...: neither built nor destroyed by recursion
  for (int i = 0; i < 200000; ++i) nested += "]";
  for (int i = 0; i < 200000; ++i) nested += "a";
  EXPECT_EQ(Parse(nested + ".").values.size(), 200004u);
  EXPECT_EQ(Parse("]\x94h\x00"s + "a.").values.size(), 4u);  // a list that contains itself
}

}  // namespace
}  // namespace agront::formats
