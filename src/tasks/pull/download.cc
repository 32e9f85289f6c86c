// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/download.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "agront/printable.h"
#include "base/error.h"
#include "base/open_failure.h"
#include "hub/model_name.h"
#include "tasks/pull/partial_file.h"

namespace agront::pull {
namespace {

constexpr int kOk = 200, kBadRange = 416;

/// The first byte and the whole of "bytes 5-99/100"; the whole may be "*".
struct ContentRange {
  uint64_t from = 0;
  std::optional<int64_t> size;
};

std::optional<ContentRange> ParseContentRange(const std::string& text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  const char* const end = text.data() + text.size();
  ContentRange range;
  const auto first = std::from_chars(text.data() + kUnit.size(), end, range.from);
  const size_t slash = text.find('/');
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-' || slash == std::string::npos)
    return std::nullopt;
  if (text.substr(slash + 1) == "*") return range;
  int64_t size = 0;
  const auto last = std::from_chars(text.data() + slash + 1, end, size);
  if (last.ec != std::errc() || last.ptr != end) return std::nullopt;
  range.size = size;
  return range;
}

class Downloader {
 public:
  Downloader(Connection& connection, const RemoteFile& file, PartialFile& partial, const Progress& progress,
             const DoneBefore& before)
      : connection_(connection),
        file_(file),
        partial_(partial),
        progress_(progress),
        before_(before),
        check_(file.sum) {}

  /// How many bytes an earlier process had fetched.
  int64_t Run() {
    HashWhatIsThere();
    while (true) {
      Fetch();
      std::string difference = std::exchange(check_, SumCheck(file_.sum)).Difference();
      if (difference.empty()) break;
      if (starts_over_) {
        partial_.Remove();
        Fail("{}: {}; what was fetched is deleted", file_.url.Shown(), difference);
      }
      starts_over_ = true;
      progress_.reporter().Note(fmt::format("{}: {}; starting over", file_.url.Shown(), difference));
      StartOver();
    }
    partial_.Publish();
    return kept_;
  }

 private:
  using SumCheck = hub::SumCheck;

  void HashWhatIsThere() {
    if (partial_.size() > static_cast<uint64_t>(file_.sum.size)) partial_.Clear();
    partial_.ReadAll([&](std::span<const std::byte> bytes) {
      ThrowIfStopped(progress_.reporter());
      check_.Update(bytes);
      kept_ = static_cast<int64_t>(check_.size());
      ShowProgress();
    });
  }

  void StartOver() {
    partial_.Clear();
    check_ = SumCheck(file_.sum);
    kept_ = 0;
  }

  bool IsWhole() const { return partial_.size() == static_cast<uint64_t>(file_.sum.size); }

  /// Until all bytes are there.
  void Fetch() {
    const net::Tick tick = [this] {
      ThrowIfStopped(progress_.reporter());
      partial_.Touch();
    };
    Retries retries(connection_, tick);
    while (!IsWhole()) {
      const uint64_t from = partial_.size();
      try {
        FetchFrom(from, tick);
        if (!IsWhole())
          throw net::TransferError(
              fmt::format("{}: expected {} bytes, got {}", file_.url.Shown(), file_.sum.size, partial_.size()));
      } catch (const net::TransferError& error) {
        if (partial_.size() > from) retries.Reset();
        retries.Wait(error);
      }
    }
  }

  void FetchFrom(uint64_t from, const net::Tick& tick) {
    bool is_first = true;
    Metadata metadata;
    const net::Sink sink = [&](const net::Response& response, std::span<const std::byte> bytes) {
      if (std::exchange(is_first, false)) {
        CheckMetadata(metadata);
        CheckBegin(response, from);
      }
      if (partial_.size() + bytes.size() > static_cast<uint64_t>(file_.sum.size)) {
        partial_.Remove();
        Fail("{}: expected {} bytes, got more; what was fetched is deleted", file_.url.Shown(), file_.sum.size);
      }
      partial_.Append(bytes);
      check_.Update(bytes);
      ShowProgress();
    };
    const net::Response response = connection_.Get(file_.url, from, sink, tick, &metadata);
    CheckMetadata(metadata);
    if (response.status == kBadRange && from > 0) StartOver();
  }

  /// What an answer with bytes says of them.
  void CheckBegin(const net::Response& response, uint64_t from) {
    if (const std::string coding = response.Header("content-encoding"); !coding.empty() && coding != "identity")
      Fail("{}: expected the file as it is, got it compressed ({})", file_.url.Shown(), Printable(coding, 40));
    if (response.status == kOk) {
      if (from > 0) StartOver();  // it does not know ranges, or the file is another one
      return;
    }
    const std::string text = response.Header("content-range");
    const auto range = ParseContentRange(text);
    if (!range || range->from != from)
      Fail("{}: expected bytes from {} on, got Content-Range {}", file_.url.Shown(), from,
           text.empty() ? "none" : Printable(text, 80));
    if (range->size && *range->size != file_.sum.size)
      Fail("{}: expected a file of {} bytes, got one of {}", file_.url.Shown(), file_.sum.size, *range->size);
  }

  /// What servers say of the file must agree with its listing.
  void CheckMetadata(const Metadata& metadata) const {
    if (!metadata.is_linked || !hub::IsBlobName(metadata.etag)) return;
    const std::string& known = metadata.etag.size() == 64 ? file_.sum.sha256 : file_.sum.git_sha1;
    if (!known.empty() && metadata.etag != known)
      Fail("{}: expected the file with checksum {}, got one with {}: it was changed", file_.url.Shown(), known,
           metadata.etag);
  }

  void ShowProgress() { progress_.Show(before_.done + static_cast<int64_t>(partial_.size()), before_.before + kept_); }

  Connection& connection_;
  const RemoteFile& file_;
  PartialFile& partial_;
  const Progress& progress_;
  const DoneBefore& before_;
  SumCheck check_;
  int64_t kept_ = 0;
  bool starts_over_ = false;
};

}  // namespace

void Progress::Show(int64_t done, int64_t before) const {
  const double all = bytes_ > 0 ? static_cast<double>(bytes_) : 1;
  reporter_.Update({.label = "fetching",
                    .unit = "B",
                    .done = done,
                    .fraction = static_cast<double>(done) / all,
                    .done_before = before,
                    .fraction_before = static_cast<double>(before) / all});
}

void Download(Connection& connection, const RemoteFile& file, const std::filesystem::path& path,
              const Progress& progress, DoneBefore& count) {
  Reporter& reporter = progress.reporter();
  const auto stop = [&] { ThrowIfStopped(reporter); };
  while (true) {
    const auto partial = PartialFile::Claim(path, reporter, stop);
    if (partial != nullptr) {
      count.before += Downloader(connection, file, *partial, progress, count).Run();
      break;
    }
    // Another process fetched it meanwhile.
    if (Compare(path, file.sum, reporter).empty()) {
      count.before += file.sum.size;
      break;
    }
  }
  count.done += file.sum.size;
}

std::string Compare(const std::filesystem::path& path, const hub::FileSum& sum, Reporter& reporter) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) FailToOpen(Printable(path.string()));
  const struct Closer {
    int descriptor;
    ~Closer() { close(descriptor); }
  } closer{descriptor};
  hub::SumCheck check(sum);
  std::vector<std::byte> buffer(1 << 20);
  const double all = sum.size > 0 ? static_cast<double>(sum.size) : 1;
  for (ssize_t count = 0; (count = read(descriptor, buffer.data(), buffer.size())) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Fail("{}: cannot read: {}", Printable(path.string()), SystemError());
    check.Update(std::span(buffer).first(static_cast<size_t>(count)));
    ThrowIfStopped(reporter);
    reporter.Update({.label = "checking",
                     .unit = "B",
                     .done = static_cast<int64_t>(check.size()),
                     .fraction = static_cast<double>(check.size()) / all});
  }
  reporter.EndStage();
  return check.Difference();
}

}  // namespace agront::pull
