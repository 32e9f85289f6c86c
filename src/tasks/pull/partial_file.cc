// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "agront/printable.h"
#include "base/error.h"
#include "base/sync_folder.h"
#include "tasks/pull/partial_owner.h"

namespace agront::pull {
namespace {

namespace fs = std::filesystem;

struct Candidate {
  fs::path partial;
  std::string owner;
  int64_t size = 0;
  std::pair<int64_t, int64_t> written;  // seconds and nanoseconds
};

fs::path PartialOf(const fs::path& path, const std::string& owner) {
  return path.string() + "." + owner + kPartialSuffix;
}

/// What processes are fetching of `path`, or have left of it; not that of this process.
std::vector<Candidate> FindPartials(const fs::path& path) {
  const std::string begin = path.filename().string() + ".";
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<Candidate> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(begin) || !name.ends_with(kPartialSuffix)) continue;
    const size_t length = name.size() - begin.size() - std::string_view(kPartialSuffix).size();
    struct stat status {};
    if (lstat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    found.push_back({.partial = entry->path(),
                     .owner = name.substr(begin.size(), length),
                     .size = status.st_size,
                     .written = {status.st_mtim.tv_sec, status.st_mtim.tv_nsec}});
  }
  std::ranges::sort(found, std::greater(), &Candidate::size);
  return found;
}

/// Watches files whose owners cannot be asked whether they live.
class Watch {
 public:
  /// Whether nothing was written to the file for a minute of ours, or for an hour by clocks, which differ between
  /// machines.
  bool IsStill(const Candidate& candidate) {
    constexpr std::chrono::seconds kStill(60), kStillByClocks(3600);
    const auto now = Clock::now();
    const std::chrono::seconds written(candidate.written.first);
    if (std::chrono::system_clock::now().time_since_epoch() - written > kStillByClocks) return true;
    const auto seen = std::ranges::find(seen_, candidate.partial, &Seen::partial);
    if (seen == seen_.end()) {
      seen_.push_back({candidate.partial, candidate.written, now});
      return false;
    }
    if (seen->written != candidate.written) {
      seen->written = candidate.written;
      seen->since = now;
    }
    return now - seen->since >= kStill;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Seen {
    fs::path partial;
    std::pair<int64_t, int64_t> written;
    Clock::time_point since;
  };
  std::vector<Seen> seen_;
};

/// The partial files that threads of this process work on.
class Active {
 public:
  static bool Has(const fs::path& partial) {
    const std::lock_guard lock(mutex());
    return paths().contains(partial);
  }
  static void Add(const fs::path& partial) {
    const std::lock_guard lock(mutex());
    paths().insert(partial);
  }
  static void Drop(const fs::path& partial) {
    const std::lock_guard lock(mutex());
    paths().erase(partial);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex mutex;
    return mutex;
  }
  static std::set<fs::path>& paths() {
    static std::set<fs::path> paths;
    return paths;
  }
};

bool IsDead(const Candidate& candidate, Watch& watch) {
  if (candidate.owner == OwnerOfThisProcess()) return !Active::Has(candidate.partial);
  switch (LifeOf(candidate.owner)) {
    case OwnerLife::kDead: return true;
    case OwnerLife::kAlive: return false;
    case OwnerLife::kUnknown: return watch.IsStill(candidate);
  }
  return false;
}

/// The one who fetches `path`, if anybody does; `except` is nobody.
std::optional<Candidate> FindLiving(const std::vector<Candidate>& candidates, const fs::path& except, Watch& watch) {
  for (const Candidate& candidate : candidates)
    if (candidate.partial != except && !IsDead(candidate, watch)) return candidate;
  return std::nullopt;
}

/// Renames what the dead left, the largest first: of several processes that want it, all but one find it gone.
bool TakeOver(const std::vector<Candidate>& candidates, const fs::path& ours) {
  return std::ranges::any_of(
      candidates, [&](const Candidate& candidate) { return rename(candidate.partial.c_str(), ours.c_str()) == 0; });
}

/// Which file has this name: another one has another number or time.
std::tuple<ino_t, int64_t, int64_t> IdentityOf(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace

std::unique_ptr<PartialFile> PartialFile::Claim(const fs::path& path, Reporter& reporter,
                                                const std::function<void()>& wait) {
  constexpr std::chrono::milliseconds kPause(200);
  const std::string self = OwnerOfThisProcess();
  const fs::path ours = PartialOf(path, self);
  const auto before = IdentityOf(path);
  Watch watch;
  for (bool has_waited = false;; has_waited = true) {
    const std::vector<Candidate> candidates = FindPartials(path);
    const auto living = FindLiving(candidates, "", watch);
    if (std::error_code unknown; has_waited && fs::exists(path, unknown) && IdentityOf(path) != before) return nullptr;
    if (!living) {
      TakeOver(candidates, ours);
      auto claimed = std::unique_ptr<PartialFile>(new PartialFile(path, ours));
      // When two begin at once, one gives way. If both went on, the work would only be done twice.
      const auto rival = FindLiving(FindPartials(path), ours, watch);
      if (!rival || (rival->size == 0 && self < rival->owner)) return claimed;
      if (claimed->size() == 0) claimed->Remove();
    } else if (!has_waited) {
      reporter.Note(fmt::format("{}: waiting for {}, which fetches it", Printable(path.filename().string()),
                                OwnerInWords(living->owner)));
    }
    wait();
    std::this_thread::sleep_for(kPause);
  }
}

PartialFile::PartialFile(fs::path path, fs::path partial) : path_(std::move(path)), partial_(std::move(partial)) {
  constexpr int kMode = 0666;  // less the umask
  descriptor_ = open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (descriptor_ < 0) Fail("{}: cannot write: {}", Printable(partial_.string()), SystemError());
  struct stat status {};
  if (fstat(descriptor_, &status) == 0) size_ = static_cast<uint64_t>(status.st_size);
  Active::Add(partial_);
}

PartialFile::~PartialFile() {
  Active::Drop(partial_);
  close(descriptor_);
}

void PartialFile::ReadAll(const std::function<void(std::span<const std::byte>)>& sink) {
  std::vector<std::byte> buffer(1 << 20);
  for (uint64_t offset = 0; offset < size_;) {
    const size_t wanted = std::min<uint64_t>(buffer.size(), size_ - offset);
    const ssize_t count = pread(descriptor_, buffer.data(), wanted, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      Fail("{}: cannot read: {}", Printable(partial_.string()), count < 0 ? SystemError() : "it became shorter");
    sink(std::span(buffer).first(static_cast<size_t>(count)));
    offset += static_cast<uint64_t>(count);
  }
}

void PartialFile::CheckStillOurs() const {
  struct stat open_file {
  }, named{};
  if (fstat(descriptor_, &open_file) == 0 && lstat(partial_.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
      open_file.st_dev == named.st_dev)
    return;
  Fail("{}: another process took the file over or removed it; start again", Printable(partial_.string()));
}

void PartialFile::Append(std::span<const std::byte> bytes) {
  CheckStillOurs();
  while (!bytes.empty()) {
    const ssize_t count = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      Fail("{}: cannot write: {}; what is there is kept, and the next pull goes on with it",
           Printable(partial_.string()), SystemError());
    bytes = bytes.subspan(static_cast<size_t>(count));
    size_ += static_cast<uint64_t>(count);
  }
}

void PartialFile::Clear() {
  CheckStillOurs();
  if (ftruncate(descriptor_, 0) != 0) Fail("{}: cannot write: {}", Printable(partial_.string()), SystemError());
  size_ = 0;
}

void PartialFile::Touch() {
  constexpr std::chrono::seconds kOften(5);  // on a file system of a network each one is a message
  const auto now = std::chrono::steady_clock::now();
  if (now - touched_ < kOften) return;
  touched_ = now;
  futimens(descriptor_, nullptr);
}

void PartialFile::Publish() {
  CheckStillOurs();
  if (fsync(descriptor_) != 0) Fail("{}: cannot write: {}", Printable(partial_.string()), SystemError());
  if (rename(partial_.c_str(), path_.c_str()) != 0)
    Fail("{}: cannot rename the finished file: {}", Printable(path_.string()), SystemError());
  SyncFolder(path_.parent_path());
  for (const Candidate& candidate : FindPartials(path_))
    if (LifeOf(candidate.owner) == OwnerLife::kDead) unlink(candidate.partial.c_str());
}

void PartialFile::Remove() { unlink(partial_.c_str()); }

}  // namespace agront::pull
