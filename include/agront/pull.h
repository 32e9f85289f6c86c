// SPDX-License-Identifier: Apache-2.0
// The job `agront pull`: a model by its name, from Hugging Face's hub or a mirror of it. Nothing else here uses the
// network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agront/export.h"
#include "agront/reporter.h"

namespace agront {

/// The plan of a pull.
struct PullPlan {
  std::string model;           ///< "ORG/NAME", or the address of a folder
  std::string commit;          ///< 40 hexadecimal digits; empty for a folder
  std::string licence;         ///< for people, one printable line
  std::string folder;          ///< where the files will be
  int64_t files = 0;           ///< of the model
  int64_t bytes = 0;           ///< of all of them
  int64_t bytes_to_fetch = 0;  ///< of files that are not there; an earlier pull may have left a part
};

struct PullOptions {
  /// "agront-1b" for the published model, "ORG/NAME" or "ORG/NAME@REVISION" (branch, tag or commit) of the hub, or the
  /// address of a folder on a web server, "https://..."; the latter with `to`.
  std::string name = {};
  std::string to = {};        ///< a folder for the files; empty: Hugging Face's cache, where transformers finds them
  bool force = false;         ///< with `to`: replace files that are others
  std::string endpoint = {};  ///< address of the hub or a mirror; empty: HF_ENDPOINT, else https://huggingface.co
  bool allow_http = false;    ///< without encryption, not only to this machine
  int retries = 5;            ///< in a row, of a request without an answer, or without all of it
  /// Called once, when it is known what will be fetched and before that begins. Without it the reporter gets the
  /// licence as a note. What it throws ends the job.
  std::function<void(const PullPlan& plan)> on_plan = nullptr;
  Reporter* reporter = nullptr;  ///< nullptr: nobody listens
};

/// Fetches the files that a model needs, and gives the folder where they are. Each has the expected SHA-256 or
/// git checksum, or the job fails; files that are already there are checked and kept. An interrupted pull goes on where
/// it was. The checksums of the published model are known here, so a mirror need not be trusted.
///
/// Reads the variables that Hugging Face's own programs read: HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE,
/// HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE, HF_HUB_DISABLE_SYMLINKS,
/// HF_HUB_DOWNLOAD_TIMEOUT, HF_HUB_ETAG_TIMEOUT, and those of libcurl for proxies. Offline it checks what is in the
/// cache.
///
/// Throws UsageError for an invalid name and options that do not fit, Error for all other failures, Stopped
/// when the reporter says stop. Any thread may call it; two pulls of one model, in one process or several, wait for
/// each other.
AGRONT_EXPORT std::string Pull(const PullOptions& options);

}  // namespace agront
