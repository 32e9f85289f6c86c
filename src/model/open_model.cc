// SPDX-License-Identifier: Apache-2.0
#include "model/open_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "model/adapters/adapter_files.h"
#include "model/checkpoints/model_identity.h"
#include "model/checkpoints/pulled_model.h"

// The assembler copies the files into the read-only data of the program: a string literal of megabytes would take the
// compiler minutes.
asm(R"(
  .section .rodata
  .balign 64
agront_mini_weights_begin:
  .incbin ")" AGRONT_MINI_FOLDER R"(/model.safetensors"
agront_mini_weights_end:
  .balign 64
agront_mini_config_begin:
  .incbin ")" AGRONT_MINI_FOLDER R"(/config.json"
agront_mini_config_end:
  .previous
)");

// NOLINTBEGIN(readability-identifier-naming): the assembler's labels, which have no namespace
extern "C" {
[[gnu::visibility("hidden")]] extern const char agront_mini_weights_begin[];
[[gnu::visibility("hidden")]] extern const char agront_mini_weights_end[];
[[gnu::visibility("hidden")]] extern const char agront_mini_config_begin[];
[[gnu::visibility("hidden")]] extern const char agront_mini_config_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace agront::model {

bool IsEmbedded(const std::string& name) {
  return name.empty() || (name == kEmbeddedModelName && !std::filesystem::is_directory(name));
}

std::unique_ptr<Checkpoint> OpenEmbedded() {
  return Checkpoint::OpenMemory(
      kEmbeddedModelName, {agront_mini_config_begin, agront_mini_config_end},
      std::as_bytes(std::span<const char>(agront_mini_weights_begin, agront_mini_weights_end)));
}

bool IsExample(const Checkpoint& checkpoint) {
  const std::vector<std::string> lineage = LineageOf(checkpoint);
  return std::ranges::find(lineage, OpenEmbedded()->RecordedHash().hex) != lineage.end();
}

void AddDescent(const Checkpoint& base, std::map<std::string, std::string>& metadata) {
  AddAncestors(base, metadata);
  if (IsExample(base))
    metadata[kNoteKey] =
        fmt::format("made from {}, a small example of the architecture, not AgroNT", kEmbeddedModelName);
}

std::unique_ptr<Checkpoint> OpenModel(const std::string& name) {
  if (IsEmbedded(name)) return OpenEmbedded();
  const std::string folder = FolderOfModel(name);
  if (!std::filesystem::exists(folder)) FailWithoutModel(name);
  return Checkpoint::Open(folder);
}

std::unique_ptr<Checkpoint> OpenModel(const std::string& name, const std::string& adapter) {
  auto checkpoint = OpenModel(name);
  if (!adapter.empty()) checkpoint->SetAdapter(ReadAdapter(adapter, *checkpoint).adapter);
  return checkpoint;
}

}  // namespace agront::model
