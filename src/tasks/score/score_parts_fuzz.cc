// SPDX-License-Identifier: Apache-2.0
// The manifest beside a part of scored variants, and the part.
#include "formats/fuzz_files.h"
#include "tasks/score/part_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::vector<std::string_view> files = FilesOf(TextOf(data, size), 2);
  folder.Write("part.vcf.manifest", files[0]);
  const std::string path = folder.Write("part.vcf", files[1]);
  Parse([&] {
    std::vector<tasks::PartFile> parts;
    parts.push_back(tasks::ReadPart(path));
    tasks::JoinParts(parts);
  });
  return 0;
}
