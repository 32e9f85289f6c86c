// SPDX-License-Identifier: Apache-2.0
#include "agront/pull.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "agront/printable.h"
#include "command.h"
#include "commands.h"

namespace agront::cli {
namespace {

/// 3965239677 as "3.97 GB".
std::string Bytes(int64_t count) {
  constexpr std::array kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(count);
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.3g %s", value, kUnits[unit]);
  return text.data();
}

/// The licence in any case, and otherwise what is about to come.
void ShowPlan(const PullPlan& plan) {
  std::fprintf(stderr, "%s\n", plan.licence.c_str());
  if (*CurrentCaller().is_quiet) return;
  const std::string what = plan.bytes_to_fetch == 0 ? "all is there" : Bytes(plan.bytes_to_fetch) + " to fetch";
  std::fprintf(stderr, "%s: %lld files, %s, %s: %s\n", Printable(plan.model).c_str(),
               static_cast<long long>(plan.files), Bytes(plan.bytes).c_str(), what.c_str(),
               Printable(plan.folder, 400).c_str());
}

}  // namespace

std::function<void()> SetUpPull(CLI::App& command) {
  auto options = std::make_shared<PullOptions>();
  options->reporter = CurrentCaller().reporter;
  command
      .add_option(
          "NAME", options->name,
          "agront-1b (the published model), ORG/NAME or ORG/NAME@REVISION of the hub, or the address of a folder "
          "on a web server (https://...)")
      ->required()
      ->type_name("");
  command
      .add_option("--to", options->to,
                  "Folder to fetch the files into; default: the cache of Hugging Face's programs, where --model finds "
                  "them by name")
      ->type_name("DIR");
  command.add_flag("--force", options->force, "Replace files in the folder that are others");
  command
      .add_option("--endpoint", options->endpoint,
                  "Address of the hub or of a mirror of it; default: HF_ENDPOINT, else https://huggingface.co")
      ->type_name("URL");
  AddShown(command, "--retries", options->retries, "N",
           "How many times in a row to ask again when a server does not answer, or not to the end");
  command.add_flag("--allow-http", options->allow_http,
                   "Allow addresses without encryption (http) of other machines, too");
  command.add_flag("-q,--quiet", *CurrentCaller().is_quiet,
                   "Show neither progress nor warnings; the licence is shown nevertheless");
  AddExample(command, "agront pull agront-1b");
  options->on_plan = ShowPlan;
  return [options] { std::printf("%s\n", Pull(*options).c_str()); };
}

}  // namespace agront::cli
