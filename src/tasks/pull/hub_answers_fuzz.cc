// SPDX-License-Identifier: Apache-2.0
// Answers of a hub: descriptions, listings, sums, headers. Each text is read as all.
#include "tasks/pull/hub_answers.h"

#include "formats/fuzz_files.h"
#include "hub/model_name.h"

namespace agront::pull {
namespace {

void CheckFiles(const std::vector<ListedFile>& files) {
  for (const ListedFile& file : files) {
    formats::Expect(IsSafePath(file.path), "a path inside of the folder");
    formats::Expect(file.sum.size >= -1, "a size, or none");
    formats::Expect(file.sum.sha256.empty() || file.sum.sha256.size() == 64, "a SHA-256, or none");
    formats::Expect(file.sum.git_sha1.empty() || file.sum.git_sha1.size() == 40, "a SHA-1, or none");
  }
}

}  // namespace
}  // namespace agront::pull

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  const std::string text(formats::TextOf(data, size));
  formats::Parse([&] {
    const pull::ModelDescription description = pull::ParseDescription(text, "answer");
    formats::Expect(hub::IsCommit(description.commit), "a commit");
    if (!description.licence.empty()) formats::CheckMessage(description.licence);
    pull::CheckFiles(description.files);
  });
  formats::Parse([&] { pull::CheckFiles(pull::ParseListing(text, "answer")); });
  formats::Parse([&] { pull::CheckFiles(pull::ParseSums(text, "SHA256SUMS")); });
  formats::Parse([&] {
    if (const auto name = hub::ParseModelName(text))
      formats::Expect(hub::ParseModelName(name->text())->repository == name->repository, "a name that is read again");
  });
  pull::NextPage(text);
  if (const auto range = pull::ParseContentRange(text)) formats::Expect(range->size.value_or(0) >= 0, "a size");
  return 0;
}
