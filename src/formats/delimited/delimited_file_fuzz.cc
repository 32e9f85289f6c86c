// SPDX-License-Identifier: Apache-2.0
// CSV and TSV, plain or compressed.
#include "formats/delimited/delimited_file.h"

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string path = folder.Write("table.csv", TextOf(data, size));
  Parse([&] {
    DelimitedFile table(path);
    Expect(!table.columns().empty(), "a table has columns");
    for (const std::string& column : table.columns()) Parse([&] { table.Column(column); });
    for (std::vector<std::string> fields; table.Next(fields);) {
      Expect(fields.size() == table.columns().size(), "a record has a field for each column");
      CheckMessage(table.Place());
    }
    CheckMessages(table.Notes());
  });
  return 0;
}
