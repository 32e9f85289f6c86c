// SPDX-License-Identifier: Apache-2.0
#include "device/xla/program_cache.h"

#include <filesystem>
#include <fstream>
#include <optional>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/output_file.h"
#include "base/sha256.h"

namespace agront::device::xla {
namespace {

constexpr std::string_view kMagic = "agront program 1\n";

std::string HashOf(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Hex();
}

std::string HeaderOf(const std::string& key, std::string_view bytes) {
  return fmt::format("{}{}\n{}\n", kMagic, key, HashOf(bytes));
}

/// The name and the features of this processor, on which programs for it depend.
std::string ProcessorFeatures() {
  std::string features;
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line) && !line.empty();)
    if (line.starts_with("model name") || line.starts_with("flags")) features += line + '\n';
  return features;
}

/// The bytes that were kept for the key; nothing for what is not there, or damaged.
std::optional<std::string> ReadKept(const std::string& path, const std::string& key) try {
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) return std::nullopt;
  const MappedFile file(path);
  const std::string_view all(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  const size_t header = HeaderOf(key, "").size();
  if (all.size() <= header) return std::nullopt;
  const std::string_view bytes = all.substr(header);
  if (all.substr(0, header) != HeaderOf(key, bytes)) return std::nullopt;
  return std::string(bytes);
} catch (const Error& /*of a file that cannot be read*/) {
  return std::nullopt;
}

/// Removes what processes that were killed while they wrote the file left beside it. Should one be at work yet, its
/// program is not kept, and this one is.
void ClearPartial(const std::filesystem::path& path) {
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(path.filename().string()) && name.ends_with(".partial")) std::filesystem::remove(entry.path());
  }
}

void Keep(const std::string& path, const std::string& key, const std::string& bytes) try {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  ClearPartial(path);
  OutputFile file(path, true);
  file.Write(HeaderOf(key, bytes));
  file.Write(bytes);
  file.Commit();
} catch (const std::exception& /*of a folder that cannot be written, or a full disk: the program is there*/) {
}

}  // namespace

std::string ProgramCacheFolder(const Environment& environment) {
  const std::string own = environment("AGRONT_PROGRAM_CACHE");
  if (own == "off") return "";
  if (!own.empty()) return own;
  if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) return cache + "/agront/programs";
  if (const std::string home = environment("HOME"); !home.empty()) return home + "/.cache/agront/programs";
  return "";
}

std::string ProgramCache::KeyOf(std::string_view module_text, const CompileOptions& options) {
  if (plugin_hash_.empty()) plugin_hash_ = xla::HashOf(client_.plugin());
  Sha256 key;
  for (const std::string& part : {plugin_hash_, client_.platform(), client_.DeviceKind(0),
                                  client_.platform() == "cpu" ? ProcessorFeatures() : "", Serialize(options)})
    key.Update(fmt::format("{} {}\n", part.size(), part));
  key.Update(module_text);
  return key.Hex();
}

Executable ProgramCache::Get(std::string_view module_text, const CompileOptions& options) {
  if (folder_.empty()) return Executable::Compile(client_, module_text, options);
  const std::string key = KeyOf(module_text, options);
  const std::string path = folder_ + "/" + key;
  if (const std::optional<std::string> kept = ReadKept(path, key)) try {
      Executable program = Executable::Load(client_, *kept);
      ++num_loaded_;
      return program;
    } catch (const DeviceFull&) {
      throw;
    } catch (const Error& /*of a plugin that does not take back what it wrote*/) {
    }
  Executable program = Executable::Compile(client_, module_text, options);
  try {
    Keep(path, key, program.Serialize());
  } catch (const Error& /*of a plugin that cannot save programs*/) {
  }
  return program;
}

}  // namespace agront::device::xla
