// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/folder_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "formats/printable.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;

using Predicate = bool (*)(const fs::path& folder);

bool Exists(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

bool IsModel(const fs::path& folder) {
  if (Exists(folder / "hyperparams.json") || Exists(folder / "jax_model" / "hyperparams.json")) return true;
  if (!Exists(folder / "config.json")) return false;
  return std::ranges::any_of(
      std::vector{"model.safetensors", "packed.safetensors", "model.safetensors.index.json", "pytorch_model.bin"},
      [&](const char* weights) { return Exists(folder / weights); });
}

bool IsAdapter(const fs::path& folder) { return Exists(folder / "adapter_config.json"); }

bool IsFinetuned(const fs::path& folder) { return Exists(folder / "finetune.json"); }

std::string Shown(const fs::path& path) { return formats::Printable(path.string()); }

/// The folders in it, by name; not all where there are very many.
std::vector<fs::path> FoldersIn(const fs::path& folder) {
  constexpr size_t kMost = 1000;
  std::vector<fs::path> folders;
  std::error_code unreadable;
  for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end; entry.increment(unreadable))
    if (std::error_code unknown; folders.size() < kMost && entry->is_directory(unknown))
      folders.push_back(entry->path());
  std::ranges::sort(folders);
  return folders;
}

/// The last of step-N, of our runs, or of checkpoint-N, of Hugging Face's.
std::optional<fs::path> LastCheckpoint(const fs::path& folder, Predicate is_wanted) {
  std::optional<fs::path> last;
  int64_t last_step = -1;
  for (const fs::path& inner : FoldersIn(folder)) {
    const std::string name = inner.filename().string();
    for (const std::string_view before : {"step-", "checkpoint-"}) {
      int64_t step = 0;
      if (!name.starts_with(before)) continue;
      const auto [end, error] = std::from_chars(name.data() + before.size(), name.data() + name.size(), step);
      const bool is_number = error == std::errc() && end == name.data() + name.size();
      if (!is_number || step <= last_step || !is_wanted(inner)) continue;
      last_step = step;
      last = inner;
    }
  }
  return last;
}

/// Those in it that are wanted, one or two folders down.
std::vector<fs::path> Search(const fs::path& folder, Predicate is_wanted) {
  constexpr size_t kMostFolders = 50;
  std::vector<fs::path> found;
  size_t looked_at = 0;
  for (const fs::path& inner : FoldersIn(folder)) {
    if (++looked_at > kMostFolders) break;
    if (is_wanted(inner)) {
      found.push_back(inner);
      continue;
    }
    for (const fs::path& innermost : FoldersIn(inner))
      if (is_wanted(innermost)) found.push_back(innermost);
  }
  return found;
}

std::string Several(const std::vector<fs::path>& found, std::string_view what) {
  if (found.size() == 1) return fmt::format("; {} is {}", Shown(found[0]), what);
  return fmt::format("; {} is {}, as are {} more folders there", Shown(found[0]), what, found.size() - 1);
}

std::string AdapterOfModel(const fs::path& adapter) {
  return fmt::format("; {0} is an adapter: give its base model, and --adapter {0}", Shown(adapter));
}

/// The folder of a fine-tuning that this one is a part of.
std::optional<fs::path> FinetunedAbove(const fs::path& folder) {
  constexpr int kMostAbove = 2;
  std::error_code unknown;
  fs::path above = fs::absolute(folder, unknown).lexically_normal();
  if (!above.has_filename()) above = above.parent_path();  // "DIR/run/"
  for (int i = 0; i < kMostAbove && above.has_relative_path(); ++i) {
    above = above.parent_path();
    if (IsFinetuned(above)) return folder.is_absolute() ? above : fs::proximate(above, unknown);
  }
  return std::nullopt;
}

/// Looks at a folder itself, not at those above it or far below.
std::string HintAtModelWithin(const fs::path& path) {
  if (const auto last = LastCheckpoint(path, IsModel))
    return fmt::format("; it is the folder of a run, and {} its last checkpoint", Shown(*last));
  if (const fs::path inner = path / "model"; IsModel(inner)) return fmt::format("; {} is one", Shown(inner));
  for (const fs::path& adapter : {path, path / "adapter"})
    if (IsAdapter(adapter)) return AdapterOfModel(adapter);
  if (Exists(path / "head" / "head.json"))
    return "; it has the head of a probe, which leaves its base model as it is: give that model";
  return "";
}

std::string HintAtAdapterWithin(const fs::path& path) {
  if (const fs::path inner = path / "adapter"; IsAdapter(inner)) return fmt::format("; {} is one", Shown(inner));
  if (const auto last = LastCheckpoint(path, IsAdapter))
    return fmt::format("; it is the folder of a run, and {} its last adapter", Shown(*last));
  for (const fs::path& model : {path, path / "model"})
    if (IsModel(model)) return fmt::format("; {0} is a whole model: give --model {0} and no adapter", Shown(model));
  if (const auto last = LastCheckpoint(path, IsModel))
    return fmt::format("; it is the folder of a run, and {} a whole model: give that to --model", Shown(*last));
  if (Exists(path / "head" / "head.json")) return "; it has the head of a probe, which needs no adapter";
  return "";
}

/// `within` describes the contents of a folder, `is_wanted` and `what` what may be deeper in it.
std::string Hint(const fs::path& path, std::string (*within)(const fs::path&), Predicate is_wanted,
                 std::string_view what) {
  std::error_code unknown;
  if (fs::is_regular_file(path, unknown)) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    return is_wanted(folder) ? fmt::format("; {} is its folder", Shown(folder)) : "";
  }
  if (std::string hint = within(path); !hint.empty()) return hint;
  if (const auto above = FinetunedAbove(path))
    return fmt::format("; it is a part of the fine-tuned model {}{}", Shown(*above), within(*above));
  if (const auto found = Search(path, is_wanted); !found.empty()) return Several(found, what);
  if (const auto found = Search(path, IsFinetuned); !found.empty()) return Several(found, "a fine-tuned model");
  return "";
}

}  // namespace

std::string HintAtModel(const std::string& folder) { return Hint(folder, HintAtModelWithin, IsModel, "one"); }

std::string HintAtAdapter(const std::string& folder) { return Hint(folder, HintAtAdapterWithin, IsAdapter, "one"); }

}  // namespace agront::model
