// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/download.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "agront/printable.h"
#include "base/error.h"
#include "base/open_failure.h"
#include "base/progress.h"
#include "hub/model_name.h"
#include "tasks/pull/hub_answers.h"
#include "tasks/pull/partial_file.h"

namespace agront::pull {
namespace {

constexpr int kOk = 200, kBadRange = 416;

double FractionOf(uint64_t done, uint64_t all) {
  return all == 0 ? 1 : static_cast<double>(done) / static_cast<double>(all);
}

class Downloader {
 public:
  Downloader(Connection& connection, const RemoteFile& file, PartialFile& partial)
      : connection_(connection), file_(file), partial_(partial), check_(file.sum) {}

  void Run() {
    HashWhatIsThere();
    BeginStage();
    while (true) {
      Fetch();
      std::string difference = std::exchange(check_, SumCheck(file_.sum)).Difference();
      if (difference.empty()) break;
      if (starts_over_) {
        partial_.Remove();
        Fail("{}: {}; what was fetched is deleted", file_.url.Shown(), difference);
      }
      starts_over_ = true;
      connection_.reporter().Note(fmt::format("{}: {}; starting over", file_.url.Shown(), difference));
      StartOver();
    }
    partial_.Publish();
  }

 private:
  using SumCheck = hub::SumCheck;

  void HashWhatIsThere() {
    if (partial_.size() > static_cast<uint64_t>(file_.sum.size)) partial_.Clear();
    if (partial_.size() == 0) return;
    Progress progress(connection_.reporter(), "checking " + Printable(file_.path, 60), "B");
    partial_.ReadAll([&](std::span<const std::byte> bytes) {
      check_.Update(bytes);
      progress.Update(static_cast<int64_t>(check_.size()), FractionOf(check_.size(), partial_.size()));
    });
  }

  void BeginStage() {
    progress_.reset();  // stages do not overlap
    progress_.emplace(connection_.reporter(), "fetching " + Printable(file_.path, 60), "B",
                      static_cast<int64_t>(partial_.size()), FractionOf(partial_.size(), file_.sum.size), false);
  }

  void StartOver() {
    partial_.Clear();
    check_ = SumCheck(file_.sum);
    BeginStage();
  }

  bool IsWhole() const { return partial_.size() == static_cast<uint64_t>(file_.sum.size); }

  /// Until all bytes are there.
  void Fetch() {
    const net::Tick tick = [this] {
      ThrowIfStopped(connection_.reporter());
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

  /// Checks the headers of an answer with bytes.
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

  /// The servers' facts about the file must agree with its listing.
  void CheckMetadata(const Metadata& metadata) const {
    if (!metadata.is_linked || !hub::IsBlobName(metadata.etag)) return;
    const std::string& known = metadata.etag.size() == 64 ? file_.sum.sha256 : file_.sum.git_sha1;
    if (!known.empty() && metadata.etag != known)
      Fail("{}: expected the file with checksum {}, got one with {}: it was changed", file_.url.Shown(), known,
           metadata.etag);
  }

  void ShowProgress() {
    progress_->Show(static_cast<int64_t>(partial_.size()), FractionOf(partial_.size(), file_.sum.size));
  }

  Connection& connection_;
  const RemoteFile& file_;
  PartialFile& partial_;
  SumCheck check_;
  std::optional<Progress> progress_;
  bool starts_over_ = false;
};

}  // namespace

void Download(Connection& connection, const RemoteFile& file, const std::filesystem::path& path) {
  Reporter& reporter = connection.reporter();
  while (true) {
    const auto partial = PartialFile::Claim(path, reporter, [&] { ThrowIfStopped(reporter); });
    if (partial != nullptr) return Downloader(connection, file, *partial).Run();
    // Another process fetched it meanwhile.
    if (Compare(path, file, reporter).empty()) return;
  }
}

std::string Compare(const std::filesystem::path& path, const RemoteFile& file, Reporter& reporter) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) FailToOpen(Printable(path.string()));
  const struct Closer {
    int descriptor;
    ~Closer() { close(descriptor); }
  } closer{descriptor};
  hub::SumCheck check(file.sum);
  std::vector<std::byte> buffer(1 << 20);
  Progress progress(reporter, "checking " + Printable(file.path, 60), "B");
  for (ssize_t count = 0; (count = read(descriptor, buffer.data(), buffer.size())) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Fail("{}: cannot read: {}", Printable(path.string()), SystemError());
    check.Update(std::span(buffer).first(static_cast<size_t>(count)));
    progress.Update(static_cast<int64_t>(check.size()), FractionOf(check.size(), file.sum.size));
  }
  return check.Difference();
}

}  // namespace agront::pull
