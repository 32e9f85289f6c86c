// SPDX-License-Identifier: Apache-2.0
// Requests to a hub, or to any web server with files: redirects, the token, what answers mean, when to ask again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agront/reporter.h"
#include "net/http_client.h"

namespace agront::pull {

struct ConnectionSettings {
  net::Url endpoint;        ///< of the hub, or the folder on a web server
  std::string model;        ///< what messages are about
  std::string page;         ///< where people read about it and accept its licence; "" if there is none
  std::string token;        ///< "" for none. It goes to the endpoint's origin alone
  bool allow_http = false;  ///< without encryption also to other machines
  int retries = 5;          ///< after an answer that did not come, or not to its end
  net::ClientSettings client;
};

/// The facts about a file in the answers of the servers on the way to it.
struct Metadata {
  std::string etag;        ///< without marks and quotes
  bool is_linked = false;  ///< the etag is said to be of the file, not of this answer
  std::optional<int64_t> size;
  std::string commit;
};

/// The answer did not come, or the server is busy.
class TryAgain : public net::TransferError {
 public:
  TryAgain(const std::string& why, std::optional<int64_t> wait_s) : TransferError(why), wait_s_(wait_s) {}
  std::optional<int64_t> wait_s() const { return wait_s_; }

 private:
  std::optional<int64_t> wait_s_;
};

/// Thread safety: none.
class Connection {
 public:
  Connection(ConnectionSettings settings, Reporter& reporter);

  const ConnectionSettings& settings() const { return settings_; }
  Reporter& reporter() { return reporter_; }

  struct Text {
    std::string text;
    net::Response response;
  };

  /// A whole small file or answer, asked for again as often as the settings say; nothing where the server says 404 and
  /// `may_be_missing`. Throws Error for other answers, also when it has more than `most` bytes.
  std::optional<Text> GetText(const net::Url& url, size_t most, bool may_be_missing = false);

  /// The facts about a file that are known before it is fetched.
  Metadata GetMetadata(const net::Url& url);

  /// Bytes from `from` on, once: `sink` is called for an answer of 200 or 206, and must look which one it is. Throws
  /// TransferError where asking again may help, Error where it does not.
  net::Response Get(const net::Url& url, uint64_t from, const net::Sink& sink, const net::Tick& tick,
                    Metadata* metadata = nullptr);

  /// The address that a server means, where a mirror gives one of the hub that it mirrors.
  net::Url Redirected(const net::Url& from, const std::string& location) const;

 private:
  net::Response Walk(const net::Url& start, bool head, uint64_t from, const net::Sink& sink, const net::Tick& tick,
                     Metadata* metadata);
  void CheckEncrypted(const net::Url& url) const;
  std::vector<std::string> HeadersFor(const net::Url& url) const;
  [[noreturn]] void FailStatus(const net::Url& url, const net::Response& response) const;

  ConnectionSettings settings_;
  Reporter& reporter_;
  net::HttpClient client_;
};

/// Counts down the times that something is asked for again.
class Retries {
 public:
  Retries(Connection& connection, net::Tick tick);

  /// Bytes came: the count begins again.
  void Reset() { done_ = 0; }

  /// Waits, as long as the server asked for or longer each time, and says so. Throws Error with the text of `error`
  /// when there were too many, or the server asks for more than five minutes.
  void Wait(const net::TransferError& error);

 private:
  Connection& connection_;
  net::Tick tick_;
  int done_ = 0;
};

/// Called at every tick: ends the job where its reporter says stop.
void ThrowIfStopped(Reporter& reporter);

}  // namespace agront::pull
