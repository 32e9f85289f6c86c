// SPDX-License-Identifier: Apache-2.0
#include "agront/pull.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "agront/printable.h"
#include "agront/version.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/reporter.h"
#include "hub/cache.h"
#include "hub/variables.h"
#include "tasks/pull/connection.h"
#include "tasks/pull/destination.h"
#include "tasks/pull/download.h"
#include "tasks/pull/file_choice.h"
#include "tasks/pull/licence.h"
#include "tasks/pull/offline.h"
#include "tasks/pull/plain_folder.h"
#include "tasks/pull/repository.h"

namespace agront {

using namespace pull;  // NOLINT(google-build-using-namespace): the job of this header is made of its parts

namespace {

namespace fs = std::filesystem;

bool IsAddress(const std::string& name) { return name.find("://") != std::string::npos; }

ConnectionSettings SettingsOf(const PullOptions& options, net::Url endpoint, const Environment& environment) {
  const auto connect = hub::Seconds(environment, "HF_HUB_ETAG_TIMEOUT");
  const auto stall = hub::Seconds(environment, "HF_HUB_DOWNLOAD_TIMEOUT");
  return {.endpoint = std::move(endpoint),
          .model = "",
          .page = "",
          .token = "",
          .allow_http = options.allow_http,
          .retries = options.retries,
          .client = {.user_agent = "agront/" + std::string(Version()),
                     .certificates = net::FindCertificates(environment),
                     .connect_limit = connect,
                     .stall_limit = stall}};
}

/// Files that are not right yet. Throws Error for one that is there, is another one and may not be replaced.
std::vector<RemoteFile> FindMissing(const std::vector<RemoteFile>& files, const Destination& destination,
                                    Reporter& reporter) {
  std::vector<RemoteFile> missing;
  for (const RemoteFile& file : files) {
    const fs::path existing = destination.Existing(file);
    const std::string difference = existing.empty() ? "" : Compare(existing, file, reporter);
    if (!existing.empty() && difference.empty()) continue;
    if (!existing.empty() && !destination.MayReplace())
      Fail("{}: {}; --force replaces it", Printable(existing.string()), difference);
    if (!existing.empty())
      reporter.Warn(fmt::format("{}: {}; fetching it again", Printable(existing.string()), difference));
    missing.push_back(file);
  }
  return missing;
}

int64_t SizeOf(const std::vector<RemoteFile>& files) {
  int64_t bytes = 0;
  for (const RemoteFile& file : files) bytes += file.sum.size;
  return bytes;
}

void CheckSpace(const fs::path& folder, int64_t bytes) {
  constexpr double kGigabyte = 1e9;
  std::error_code unknown;
  const fs::space_info space = fs::space(folder, unknown);
  if (unknown || bytes <= 0 || space.available >= static_cast<uint64_t>(bytes)) return;
  Fail("{}: expected room for {:.3g} GB, got {:.3g} GB", Printable(folder.string()),
       static_cast<double>(bytes) / kGigabyte, static_cast<double>(space.available) / kGigabyte);
}

/// Fetches what is missing of `files` and puts all of them in their places.
std::string FetchAll(const PullOptions& options, Connection& connection, std::vector<RemoteFile> files,
                     Destination& destination, PullPlan plan) {
  Reporter& reporter = connection.reporter();
  const std::vector<RemoteFile> missing = FindMissing(files, destination, reporter);
  plan.folder = destination.Folder().string();
  plan.files = static_cast<int64_t>(files.size());
  plan.bytes = SizeOf(files);
  plan.bytes_to_fetch = SizeOf(missing);
  if (options.on_plan)
    options.on_plan(plan);
  else
    reporter.Note(plan.licence);
  destination.Prepare(files);
  CheckSpace(destination.Target(files.back()).parent_path(), plan.bytes_to_fetch);
  for (const RemoteFile& file : missing) Download(connection, file, destination.Target(file));
  for (const RemoteFile& file : files) destination.Place(file);
  destination.Finish();
  return plan.folder;
}

std::string PullModel(const PullOptions& options, const hub::ModelName& name, const Environment& environment,
                      Reporter& reporter) {
  const std::string endpoint = options.endpoint.empty() ? hub::Endpoint(environment) : options.endpoint;
  ConnectionSettings settings = SettingsOf(options, net::Url(endpoint), environment);
  settings.model = name.repository;
  settings.page = settings.endpoint.text() + (settings.endpoint.text().ends_with('/') ? "" : "/") + name.repository;
  settings.token = hub::Token(environment);
  Connection connection(std::move(settings), reporter);
  const Repository repository = AskHub(connection, name);
  std::vector<RemoteFile> files = ChooseFiles(repository.files, name.is_published(), name.repository);
  for (RemoteFile& file : files) CompleteSum(connection, file);
  const auto destination =
      options.to.empty() ? ToCache(name, repository.commit, environment) : ToFolder(options.to, options.force);
  return FetchAll(options, connection, std::move(files), *destination,
                  {.model = name.repository,
                   .commit = repository.commit,
                   .licence = LicenceLine(name.repository, repository.licence),
                   .folder = "",
                   .files = 0,
                   .bytes = 0,
                   .bytes_to_fetch = 0});
}

std::string PullFolder(const PullOptions& options, const Environment& environment, Reporter& reporter) {
  ConnectionSettings settings = SettingsOf(options, net::Url(options.name), environment);
  settings.model = settings.endpoint.Shown();
  Connection connection(std::move(settings), reporter);
  PlainFolder folder = AskFolder(connection);
  const std::string model = connection.settings().model;
  const std::string licence = folder.is_published ? LicenceLine(hub::kPublishedRepository, "") : LicenceLine(model, "");
  const auto destination = ToFolder(options.to, options.force);
  return FetchAll(
      options, connection, std::move(folder.files), *destination,
      {.model = model, .commit = "", .licence = licence, .folder = "", .files = 0, .bytes = 0, .bytes_to_fetch = 0});
}

void CheckOptions(const PullOptions& options) {
  constexpr int kMostRetries = 1000;
  if (options.retries < 0 || options.retries > kMostRetries)
    FailUsage("--retries: expected 0 to {}, got {}", kMostRetries, options.retries);
  if (IsAddress(options.name) && options.to.empty())
    FailUsage("{}: expected --to DIR with the address of a folder: the cache is for models of a hub",
              Printable(options.name));
  if (IsAddress(options.name) && !options.endpoint.empty())
    FailUsage("--endpoint goes with a model of a hub, not with the address of a folder");
  if (options.to.empty() && options.force) FailUsage("--force goes with --to");
}

}  // namespace

std::string Pull(const PullOptions& options) {
  Reporter& reporter = OrSilent(options.reporter);
  CheckOptions(options);
  const Environment environment = ProcessVariable;
  const std::string offline = hub::OfflineVariable(environment);
  if (IsAddress(options.name)) {
    if (!offline.empty()) Fail("{}: {} is set, which forbids the network", Printable(options.name), offline);
    return PullFolder(options, environment, reporter);
  }
  const auto name = hub::ParseModelName(options.name);
  if (!name)
    FailUsage("{}: expected {}, ORG/NAME or ORG/NAME@REVISION of the hub, or an address (https://...)",
              Printable(options.name), hub::kPublishedName);
  if (!offline.empty()) return CheckCached(options, *name, offline, environment, reporter);
  return PullModel(options, *name, environment, reporter);
}

}  // namespace agront
