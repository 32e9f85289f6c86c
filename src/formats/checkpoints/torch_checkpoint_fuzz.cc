// SPDX-License-Identifier: Apache-2.0
// pytorch_model.bin: the whole archive, and its pickle alone in an archive that is sound.
#include "formats/checkpoints/torch_checkpoint.h"

#include "base/output_file.h"
#include "formats/arrays/stored_zip_writer.h"
#include "formats/checkpoints/archive_fuzz.h"
#include "formats/checkpoints/zip_reader.h"

namespace agront::formats {
namespace {

struct Entry {
  std::string name;
  std::string content;
};

std::vector<Entry> EntriesOf(const std::string& path) {
  const ZipReader zip(path);
  std::vector<Entry> entries;
  for (size_t i = 0; i < zip.entries().size(); ++i) {
    entries.push_back({zip.entries()[i].name, std::string(zip.entries()[i].size, '\0')});
    zip.ReadInto(i, std::as_writable_bytes(std::span(entries.back().content)));
  }
  return entries;
}

void WriteWithPickle(const std::vector<Entry>& entries, std::string_view pickle, const std::string& path) {
  OutputFile file(path, /*overwrite=*/true);
  StoredZipWriter zip(file);
  for (const Entry& entry : entries)
    zip.Add(entry.name, entry.name.ends_with("data.pkl") ? pickle : std::string_view(entry.content), nullptr);
  zip.Finish();
  file.Commit();
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  static const std::vector<Entry> sound = EntriesOf(folder.Write("sound.bin", ReadFixture("pytorch_model.bin")));
  const std::string_view bytes = TextOf(data, size);
  const std::string path = folder.path("pytorch_model.bin");
  if (bytes.starts_with("PK"))
    folder.Write("pytorch_model.bin", bytes);
  else
    WriteWithPickle(sound, bytes, path);
  Parse([&] { ReadTensors(*OpenTorchCheckpoint(path)); });
  return 0;
}
