// SPDX-License-Identifier: Apache-2.0
// The program: a table of commands. Exit status 0 done, 1 bad input or a failure, 2 wrong usage.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agront/error.h"
#include "agront/printable.h"
#include "agront/reporter.h"
#include "agront/version.h"
#include "command.h"
#include "commands.h"
#include "help_format.h"
#include "parse_errors.h"
#include "signals.h"
#include "terminal_reporter.h"

namespace agront::cli {
namespace {

constexpr int kFailure = 1;
constexpr int kWrongUsage = 2;

/// The number of this process among those that a launcher started; 0 without one.
std::string Rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"})
    if (const char* rank = std::getenv(name)) return rank;
  return "0";
}

/// Several processes share a command line: one speaks of it.
bool IsFirstRank() { return Rank() == "0"; }

/// The line of an error. Messages escape and shorten what they quote of files; this is for names of files, which may
/// come from files, too.
void Say(const std::string& why) {
  constexpr size_t kLongest = 1500, kEnd = 300;
  std::string line = Printable(why, kLongest);
  if (line.size() > kLongest) line += Printable(why.substr(why.size() - kEnd), kLongest);
  std::fprintf(stderr, "agront: %s\n", line.c_str());
}

/// An error in the command line, a file or the memory is one for all processes: the first reports it, and
/// mpirun ends the others before it is their turn.
void SayInTurn(const std::string& why) {
  constexpr std::chrono::seconds kTurnOfTheOthers{3};
  if (IsFirstRank()) return Say(why);
  std::this_thread::sleep_for(kTurnOfTheOthers);
  Say("rank " + Rank() + ": " + why);
}

int Refuse(const std::string& why) {
  SayInTurn(why);
  return kWrongUsage;
}

/// The status of `work`, whose error it says.
int Run(const std::function<void()>& work) {
  const auto fail = [](const std::string& why, int status = kFailure) {
    SayInTurn(why);
    return status;
  };
  try {
    work();
    return 0;
  } catch (const Stopped&) {
    return 0;  // as asked, and the same command goes on
  } catch (const UsageError& error) {
    return fail(error.what(), kWrongUsage);
  } catch (const std::bad_alloc&) {
    return fail("out of memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(Printable(error.path1().string()) + ": " + error.code().message());
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

int Main(int argc, char** argv) {
  CLI::App app("AgroNT, a masked language model of plant DNA. Without --model the small embedded example model runs.");
  app.name("agront");
  app.formatter(std::make_shared<HelpFormat>());
  app.set_help_flag("-h,--help", "Print this help");
  app.set_version_flag("--version", "agront " + std::string(Version()), "Print the version of the program");
  app.set_help_all_flag("--help-all", "Print the help of every command");
  app.require_subcommand(1);
  app.footer("Example:\n  agront unmask --every genes.fa.gz -o genes.tsv\n\nagront COMMAND --help says more.");
  CurrentCaller() = {.reporter = &Terminal(), .is_quiet = &Terminal().is_quiet};
  Jobs jobs = AddCommands(app);
  if (argc < 2) {  // as git does: the help, and a status by which a script without a command ends
    std::fputs(app.help().c_str(), stdout);
    return kWrongUsage;
  }
  RecordCommandLine(argc, argv);
  CLI::App* command = nullptr;
  try {
    app.parse(argc, argv);
    command = app.get_subcommands().front();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return Refuse(Explain(error, app, {argv + 1, argv + argc}));
  }
  if (const int status = Run([&] { SettleOptions(*command, !IsFirstRank() || Terminal().is_quiet); }); status != 0)
    return status;
  return Run(jobs[command]);
}

}  // namespace
}  // namespace agront::cli

int main(int argc, char** argv) {
  agront::cli::HandleSignals();
  return agront::cli::Main(argc, argv);
}
