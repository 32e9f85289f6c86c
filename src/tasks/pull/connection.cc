// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/connection.h"

#include <algorithm>
#include <charconv>
#include <thread>
#include <utility>

#include "agront/printable.h"
#include "base/duration.h"
#include "hub/variables.h"

namespace agront::pull {
namespace {

constexpr int kOk = 200, kPartialContent = 206, kUnauthorized = 401, kForbidden = 403, kNotFound = 404, kTimeout = 408,
              kBadRange = 416, kTooManyRequests = 429, kServerError = 500;

bool IsGood(int status) { return status == kOk || status == kPartialContent; }

bool IsRedirect(const net::Response& response) {
  return response.status >= 300 && response.status < 400 && !response.Header("location").empty();
}

bool MayPass(int status) { return status == kTimeout || status == kTooManyRequests || status >= kServerError; }

std::string WithoutMarks(std::string etag) {
  if (etag.starts_with("W/")) etag.erase(0, 2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

std::optional<int64_t> Number(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// What was said of the file itself stays; what is said of an answer is known of the last one.
void Collect(const net::Response& response, Metadata& metadata) {
  if (const std::string commit = response.Header("x-repo-commit"); !commit.empty()) metadata.commit = commit;
  if (const auto size = Number(response.Header("x-linked-size"))) metadata.size = size;
  if (const std::string etag = WithoutMarks(response.Header("x-linked-etag")); !etag.empty()) {
    metadata.etag = etag;
    metadata.is_linked = true;
  }
  if (metadata.is_linked || !IsGood(response.status)) return;
  metadata.etag = WithoutMarks(response.Header("etag"));
  if (response.status == kOk && !metadata.size) metadata.size = Number(response.Header("content-length"));
}

}  // namespace

void ThrowIfStopped(Reporter& reporter) {
  if (reporter.ShouldStop()) throw Stopped();
}

Connection::Connection(ConnectionSettings settings, Reporter& reporter)
    : settings_(std::move(settings)), reporter_(reporter), client_(settings_.client) {}

std::optional<Connection::Text> Connection::GetText(const net::Url& url, size_t most, bool may_be_missing) {
  const net::Tick tick = [this] { ThrowIfStopped(reporter_); };
  Retries retries(*this, tick);
  while (true) {
    Text answer;
    const net::Sink sink = [&](const net::Response& /*response*/, std::span<const std::byte> bytes) {
      answer.text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      if (answer.text.size() > most) Fail("{}: expected at most {} bytes, got more", url.Shown(), most);
    };
    try {
      answer.response = Walk(url, false, 0, sink, tick, nullptr);
      if (answer.response.status == kNotFound && may_be_missing) return std::nullopt;
      if (!IsGood(answer.response.status)) FailStatus(url, answer.response);
      return answer;
    } catch (const net::TransferError& error) {
      retries.Wait(error);
    }
  }
}

Metadata Connection::GetMetadata(const net::Url& url) {
  const net::Tick tick = [this] { ThrowIfStopped(reporter_); };
  Retries retries(*this, tick);
  while (true) {
    Metadata metadata;
    try {
      const net::Response response = Walk(
          url, true, 0, [](const net::Response&, std::span<const std::byte>) {}, tick, &metadata);
      if (!IsGood(response.status) && !IsRedirect(response)) FailStatus(url, response);
      return metadata;
    } catch (const net::TransferError& error) {
      retries.Wait(error);
    }
  }
}

net::Response Connection::Get(const net::Url& url, uint64_t from, const net::Sink& sink, const net::Tick& tick,
                              Metadata* metadata) {
  net::Response response = Walk(url, false, from, sink, tick, metadata);
  if (!IsGood(response.status) && response.status != kBadRange) FailStatus(url, response);
  return response;
}

net::Response Connection::Walk(const net::Url& start, bool head, uint64_t from, const net::Sink& sink,
                               const net::Tick& tick, Metadata* metadata) {
  constexpr int kMostRedirects = 10;
  net::Url url = start;
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    CheckEncrypted(url);
    const net::Sink of_good = [&](const net::Response& response, std::span<const std::byte> bytes) {
      if (IsGood(response.status)) sink(response, bytes);
    };
    net::Response response =
        client_.Perform({.url = url, .head = head, .headers = HeadersFor(url), .from = from}, of_good, tick);
    const bool is_ours = url.HasOriginOf(settings_.endpoint);
    if (metadata != nullptr && is_ours) Collect(response, *metadata);
    // Signed addresses of a store run out: ask the hub for a new one.
    if (!is_ours && response.status >= 400 && response.status != kBadRange)
      throw TryAgain(fmt::format("{}: it answers {}", url.Shown(), response.status), response.retry_after_s);
    if (!IsRedirect(response)) return response;
    const net::Url next = Redirected(url, response.Header("location"));
    if (url.is_https() && !next.is_https())
      Fail("{}: expected a redirect to https, got one to {}", url.Shown(), next.Shown());
    if (head && !next.HasOriginOf(settings_.endpoint)) return response;
    url = next;
  }
  Fail("{}: expected a file after at most {} redirects, got one more", start.Shown(), kMostRedirects);
}

net::Url Connection::Redirected(const net::Url& from, const std::string& location) const {
  const net::Url next = from.Resolve(location);
  static const net::Url hub(hub::kDefaultEndpoint);
  if (!next.HasOriginOf(hub) || settings_.endpoint.HasOriginOf(hub)) return next;
  std::string endpoint = settings_.endpoint.text();
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const size_t path = next.text().find('/', std::string("https://").size());
  return net::Url(endpoint + (path == std::string::npos ? "/" : next.text().substr(path)));
}

void Connection::CheckEncrypted(const net::Url& url) const {
  if (url.is_https() || url.IsLoopback() || settings_.allow_http) return;
  Fail("{}: expected https; --allow-http allows http, where others on the way can read and change what is sent",
       url.Shown());
}

std::vector<std::string> Connection::HeadersFor(const net::Url& url) const {
  // Compressed, a file could not be continued in its middle.
  std::vector<std::string> headers = {"Accept-Encoding: identity"};
  const bool is_safe = url.is_https() || url.IsLoopback();
  if (!settings_.token.empty() && is_safe && url.HasOriginOf(settings_.endpoint))
    headers.push_back("Authorization: Bearer " + settings_.token);
  return headers;
}

void Connection::FailStatus(const net::Url& url, const net::Response& response) const {
  const std::string code = response.Header("x-error-code");
  const std::string message = response.Header("x-error-message");
  const std::string answer =
      fmt::format("{}: {} answers {}{}{}", Printable(settings_.model), url.Shown(), response.status,
                  code.empty() ? "" : " " + Printable(code, 40), message.empty() ? "" : ", " + Printable(message));
  if (MayPass(response.status)) throw TryAgain(answer, response.retry_after_s);
  if (settings_.page.empty()) Fail("{}; expected a file", answer);
  if (response.status == kForbidden || code == "GatedRepo")
    Fail("{}; accept the licence at {}, and set HF_TOKEN to a token of that account", answer, settings_.page);
  if (response.status == kUnauthorized)
    Fail(
        "{}; there is no such model, or it is private or gated: see {}, and set HF_TOKEN to a token that may read it{}",
        answer, settings_.page, settings_.token.empty() ? "" : " (the one that is set may not)");
  if (response.status == kNotFound)
    Fail("{}; expected a model {}", answer, code == "RevisionNotFound" ? "with this revision" : "of this name");
  Fail("{}; expected a file", answer);
}

Retries::Retries(Connection& connection, net::Tick tick) : connection_(connection), tick_(std::move(tick)) {}

void Retries::Wait(const net::TransferError& error) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t kLongestByItself = 30, kLongest = 300;
  constexpr std::chrono::milliseconds kSlice(100);
  const int most = connection_.settings().retries;
  if (most == 0) Fail("{}", error.what());
  if (done_ >= most) Fail("{}; gave up, having asked {} times", error.what(), most + 1);
  int64_t wait = std::min<int64_t>(int64_t{1} << std::min(done_, 10), kLongestByItself);
  if (const auto* again = dynamic_cast<const TryAgain*>(&error); again != nullptr && again->wait_s())
    wait = *again->wait_s();
  if (wait > kLongest)
    Fail("{}; it wants to be asked again in {}: start again then", error.what(),
         DurationInWords(static_cast<double>(wait)));
  ++done_;
  connection_.reporter().Note(fmt::format("{}; asking again in {} s ({} of {})", error.what(), wait, done_, most));
  for (const auto end = Clock::now() + std::chrono::seconds(wait); Clock::now() < end;) {
    tick_();
    std::this_thread::sleep_for(kSlice);
  }
}

}  // namespace agront::pull
