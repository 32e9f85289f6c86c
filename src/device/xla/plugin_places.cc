// SPDX-License-Identifier: Apache-2.0
#include "device/xla/plugin_places.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>

namespace agront::device::xla {
namespace {

namespace fs = std::filesystem;

struct NamedFolders {
  std::mutex mutex;
  std::vector<std::string> folders;
};

NamedFolders& Named() {
  static auto* const named = new NamedFolders;
  return *named;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The entries of a folder, sorted; none where it cannot be read.
std::vector<fs::path> Entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code failed;
  for (auto entry = fs::directory_iterator(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed))
    entries.push_back(entry->path());
  std::ranges::sort(entries);
  return entries;
}

void AddFolder(const fs::path& folder, std::vector<std::string>& folders) {
  std::error_code missing;
  if (!fs::is_directory(folder, missing) || std::ranges::find(folders, folder.string()) != folders.end()) return;
  folders.push_back(folder.string());
}

/// Those of the Pythons of a prefix: PREFIX/lib/python3.*/site-packages, and Debian's dist-packages.
void AddPrefix(const fs::path& prefix, std::vector<std::string>& folders) {
  for (const char* lib : {"lib", "lib64"})
    for (const fs::path& python : Entries(prefix / lib))
      if (python.filename().string().starts_with("python3"))
        for (const char* packages : {"site-packages", "dist-packages"}) AddFolder(python / packages, folders);
}

/// The prefix of the first python3 in PATH.
fs::path PrefixOfPython(const Environment& environment) {
  std::error_code missing;
  for (const std::string& folder : Split(environment("PATH"), ':'))
    if (fs::exists(fs::path(folder) / "python3", missing)) return fs::path(folder).parent_path();
  return {};
}

bool HasWord(const std::string& text, const DeviceKind& kind) {
  return std::ranges::any_of(kind.words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

/// The modules of plugins of the kind, as paths: of lines "NAME = MODULE" in the groups of plugins.
std::vector<std::string> EntryPoints(const fs::path& file, const DeviceKind& kind) {
  std::vector<std::string> modules;
  std::ifstream stream(file);
  bool is_group = false;
  for (std::string line; std::getline(stream, line);) {
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    if (line.starts_with('[')) is_group = line == "[jax_plugins]" || line == "[xla_plugins]";
    const size_t equals = line.find('=');
    if (!is_group || equals == std::string::npos || !HasWord(line, kind)) continue;
    std::string module = line.substr(equals + 1);
    module = module.substr(0, module.find(':'));
    std::ranges::replace(module, '.', '/');
    modules.push_back(module);
  }
  return modules;
}

/// The plugin in a module's folder: a library with such a name.
void AddFromModule(const fs::path& module, const std::string& found_by, std::vector<PluginPlace>& places) {
  for (const fs::path& entry : Entries(module)) {
    const std::string file = entry.filename().string();
    const bool is_plugin = file.find("plugin") != std::string::npos || file.find("pjrt") != std::string::npos;
    if (is_plugin && file.ends_with(".so")) places.push_back({entry.string(), found_by});
  }
}

void AddFromVariables(const DeviceKind& kind, const Environment& environment, std::vector<PluginPlace>& places) {
  constexpr char kNamed[] = "PJRT_NAMES_AND_LIBRARY_PATHS", kTpu[] = "TPU_LIBRARY_PATH";
  for (const std::string& pair : Split(environment(kNamed), ',')) {
    const size_t colon = pair.find(':');
    if (colon != std::string::npos && pair.substr(0, colon) == kind.name)
      places.push_back({pair.substr(colon + 1), kNamed});
  }
  if (const std::string path = environment(kTpu); kind.name == "tpu" && !path.empty()) places.push_back({path, kTpu});
}

}  // namespace

void LookFirstIn(std::vector<std::string> folders) {
  const std::scoped_lock lock(Named().mutex);
  Named().folders = std::move(folders);
}

std::vector<std::string> PackageFolders(const Environment& environment) {
  std::vector<std::string> folders;
  {
    const std::scoped_lock lock(Named().mutex);
    for (const std::string& folder : Named().folders) AddFolder(folder, folders);
  }
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const std::string prefix = environment(variable); !prefix.empty()) AddPrefix(prefix, folders);
  for (const std::string& folder : Split(environment("PYTHONPATH"), ':')) AddFolder(folder, folders);
  const fs::path prefix = PrefixOfPython(environment);
  if (prefix == "/usr") AddPrefix("/usr/local", folders);
  if (!prefix.empty()) AddPrefix(prefix, folders);
  if (const std::string home = environment("HOME"); !home.empty()) AddPrefix(fs::path(home) / ".local", folders);
  return folders;
}

std::vector<PluginPlace> FindPlugins(const DeviceKind& kind, const Environment& environment) {
  std::vector<PluginPlace> places;
  AddFromVariables(kind, environment, places);
  for (const std::string& folder : PackageFolders(environment)) {
    std::error_code missing;
    for (const std::string_view file : kind.files)
      if (const fs::path path = fs::path(folder) / file; fs::exists(path, missing))
        places.push_back({path.string(), folder});
    for (const fs::path& entry : Entries(folder))
      if (entry.extension() == ".dist-info")
        for (const std::string& module : EntryPoints(entry / "entry_points.txt", kind))
          AddFromModule(fs::path(folder) / module, folder, places);
  }
  std::vector<PluginPlace> unique;
  for (const PluginPlace& place : places)
    if (std::ranges::find(unique, place.path, &PluginPlace::path) == unique.end()) unique.push_back(place);
  return unique;
}

}  // namespace agront::device::xla
