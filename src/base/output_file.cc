// SPDX-License-Identifier: Apache-2.0
#include "base/output_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "base/error.h"
#include "base/open_failure.h"
#include "base/sync_folder.h"

namespace agront {
namespace {

bool IsStandardOutput(const std::string& path) { return path == "-"; }

/// A device or a pipe: renaming a file over it would replace it, so it is written directly. Open files by their path,
/// too: /dev/stdout is a link that may lead to a regular file, and the rename would replace the link.
bool IsSpecial(const std::string& path) {
  for (const char* open_files : {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"})
    if (path.starts_with(open_files)) return true;
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

/// While it lives, signals that would end the process wait.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&ending, number);
    pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

void WriteTextFile(const std::string& path, std::string_view text) {
  OutputFile file(path, true);
  file.Write(text);
  file.Commit();
}

void CheckWritable(const std::string& path, bool overwrite) {
  if (IsStandardOutput(path)) return;
  if (std::filesystem::is_directory(path)) Fail("{}: cannot write: is a directory", path);
  if (IsSpecial(path)) return;
  if (!overwrite && std::filesystem::exists(std::filesystem::symlink_status(path)))
    Fail("{}: exists already; --force overwrites it", path);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder))
    Fail("{}: cannot write: no folder {}", path, folder.string());
}

OutputFile::OutputFile(const std::string& path, bool overwrite) : path_(path) {
  CheckWritable(path, overwrite);
  if (IsStandardOutput(path)) {
    const int copy = dup(STDOUT_FILENO);
    file_ = copy < 0 ? nullptr : fdopen(copy, "wb");
  } else if (IsSpecial(path)) {
    file_ = std::fopen(path.c_str(), "wb");
  } else {
    path_ = std::filesystem::weakly_canonical(path).string();  // through a link to what it leads to
    temporary_ = fmt::format("{}.{}.partial", path_, getpid());
    unfinished_ = UnfinishedPath(temporary_);
    file_ = std::fopen(temporary_.c_str(), "wb");
  }
  if (file_ == nullptr) Fail("{}: cannot write: {}", path, SystemError());
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::Write(std::string_view text) { Write(std::as_bytes(std::span(text.data(), text.size()))); }

void OutputFile::Write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size())
    Fail("{}: cannot write: {}", path_, SystemError());
}

void OutputFile::AppendFile(const std::string& path) {
  std::FILE* source = std::fopen(path.c_str(), "rb");
  if (source == nullptr) FailToOpen(path);
  std::array<std::byte, 1 << 16> buffer;
  size_t got = 0;
  try {
    while ((got = std::fread(buffer.data(), 1, buffer.size(), source)) > 0) Write({buffer.data(), got});
  } catch (...) {
    std::fclose(source);
    throw;
  }
  const bool failed = std::ferror(source) != 0;
  std::fclose(source);
  if (failed) Fail("{}: cannot read: {}", path, SystemError());
}

void OutputFile::Commit() {
  Finish();
  Publish();
}

void OutputFile::CommitWith(OutputFile& companion) {
  Finish();
  companion.Finish();
  const SignalsHeld held;
  companion.Publish();
  try {
    Publish();
  } catch (...) {
    unlink(companion.path_.c_str());
    throw;
  }
}

void OutputFile::Finish() {
  if (std::fflush(file_) != 0) Fail("{}: cannot write: {}", path_, SystemError());
  if (!temporary_.empty() && fsync(fileno(file_)) != 0) Fail("{}: cannot write: {}", path_, SystemError());
  std::FILE* file = file_;
  file_ = nullptr;
  if (std::fclose(file) != 0) Fail("{}: cannot write: {}", path_, SystemError());
}

void OutputFile::Publish() {
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
    Fail("{}: cannot rename the finished file: {}", path_, SystemError());
  temporary_.clear();
  unfinished_ = {};
  SyncFolder(std::filesystem::path(path_).parent_path());
}

}  // namespace agront
