// SPDX-License-Identifier: Apache-2.0
// The jobs of the program, with its own options: what a word means, where it belongs and what is said of a wrong one is
// the same in both.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "agront/error.h"
#include "agront/pull.h"
#include "bindings.h"
#include "commands.h"
#include "parse_errors.h"
#include "python_reporter.h"
#include "sequence_input.h"

namespace agront::python {
namespace {

/// The commands, made for a reporter.
class Commands {
 public:
  explicit Commands(Reporter& reporter) {
    cli::CurrentCaller() = {.reporter = &reporter, .is_quiet = &is_quiet_};
    app_.name("agront");
    app_.require_subcommand(1);
    jobs_ = cli::AddCommands(app_);
  }
  ~Commands() { cli::CurrentCaller() = {}; }
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  void Run(const std::vector<std::string>& words, const std::string& command_line) {
    cli::CurrentCaller().command_line = command_line;
    try {
      app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::ParseError& error) {
      throw UsageError(cli::Explain(error, app_, words));
    }
    CLI::App* command = app_.get_subcommands().front();
    cli::SettleOptions(*command, true);
    jobs_[command]();
  }

  CLI::App& app() { return app_; }

 private:
  bool is_quiet_ = false;
  CLI::App app_;
  cli::Jobs jobs_;
};

void RunCommand(const nb::list& words, const std::string& command_line, nb::object progress, double interval,
                nb::object notice) {
  std::vector<std::string> texts;
  for (const nb::handle word : words) texts.push_back(PathOf(nb::cast<nb::bytes>(word)));
  PythonReporter reporter(std::move(progress), interval, std::move(notice));
  reporter.Run([&] { Commands(reporter).Run(texts, command_line); });
}

nb::dict Describe(const CLI::Option& option) {
  nb::dict row;
  const bool is_positional = option.get_positional();
  const auto& longs = option.get_lnames();
  row["name"] = is_positional ? option.get_name(true) : longs.empty() ? std::string() : longs.front();
  row["is_positional"] = is_positional;
  row["is_switch"] = option.get_items_expected_max() == 0;
  row["is_off"] = !option.get_fnames().empty();  // the switch turns something off
  row["is_value_optional"] = option.get_items_expected_min() == 0;
  row["is_repeated"] =
      option.get_items_expected_max() > 1 || option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  row["is_required"] = option.get_required();
  row["type"] = option.get_type_name();
  row["default"] = option.get_default_str();
  row["help"] = option.get_description();
  return row;
}

/// The options of a command, as its help lists them.
nb::list DescribeCommand(const std::string& name) {
  Reporter silent;
  Commands commands(silent);
  nb::list rows;
  for (const CLI::Option* option : commands.app().get_subcommand(name)->get_options()) rows.append(Describe(*option));
  return rows;
}

std::string PullModel(const std::string& name, const nb::bytes& to, bool force, const std::string& endpoint,
                      bool allow_http, int retries, nb::object progress, double interval, nb::object notice) {
  PythonReporter reporter(std::move(progress), interval, std::move(notice));
  PullOptions options{.name = name,
                      .to = PathOf(to),
                      .force = force,
                      .endpoint = endpoint,
                      .allow_http = allow_http,
                      .retries = retries,
                      .on_plan = {},
                      .reporter = &reporter};
  std::string folder;
  reporter.Run([&] { folder = Pull(options); });
  return folder;
}

}  // namespace

void BindJobs(nb::module_& module) {
  module.def("run_command", &RunCommand, nb::arg("words"), nb::arg("command_line"), nb::arg("progress").none(),
             nb::arg("interval"), nb::arg("notice").none());
  module.def("describe_command", &DescribeCommand, nb::arg("name"));
  module.def("pull", &PullModel, nb::arg("name"), nb::arg("to"), nb::arg("force"), nb::arg("endpoint"),
             nb::arg("allow_http"), nb::arg("retries"), nb::arg("progress").none(), nb::arg("interval"),
             nb::arg("notice").none());
}

}  // namespace agront::python
