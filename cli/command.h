// SPDX-License-Identifier: Apache-2.0
// One command of the program: a file of this folder and a row of the table in main.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "agront/job.h"

namespace agront::cli {

/// Adds a command's options to its parser, and returns what to run once they are parsed.
using Setup = std::function<void()> (*)(CLI::App& command);

std::function<void()> SetUpTokenize(CLI::App& command);
std::function<void()> SetUpEmbed(CLI::App& command);
std::function<void()> SetUpLogits(CLI::App& command);
std::function<void()> SetUpAttention(CLI::App& command);
std::function<void()> SetUpUnmask(CLI::App& command);
std::function<void()> SetUpCorpus(CLI::App& command);
std::function<void()> SetUpPretrain(CLI::App& command);
std::function<void()> SetUpFinetune(CLI::App& command);
std::function<void()> SetUpPredict(CLI::App& command);
std::function<void()> SetUpScore(CLI::App& command);
std::function<void()> SetUpMerge(CLI::App& command);
std::function<void()> SetUpEvaluate(CLI::App& command);
std::function<void()> SetUpConvert(CLI::App& command);
std::function<void()> SetUpInfo(CLI::App& command);
std::function<void()> SetUpBench(CLI::App& command);
std::function<void()> SetUpPull(CLI::App& command);

/// --model, --threads, -o, --force, --quiet.
void AddJobOptions(CLI::App& command, JobOptions& job, const std::string& output_help);

/// --quiet; the terminal becomes the reporter of the job.
void AddQuietFlag(CLI::App& command, JobOptions& job);

/// An option whose default the help shows. `type` is the word for its value there, by which --config checks it.
template <class T>
CLI::Option* AddShown(CLI::App& command, const char* flag, T& value, const char* type, const char* help) {
  return command.add_option(flag, value, help)->type_name(type)->capture_default_str();
}

/// --output, --config, --threads, --quiet, of commands that train in a folder of theirs. `word` stands for it in the
/// help.
void AddRunFolderOptions(CLI::App& command, JobOptions& job, const char* word);

/// --precision, of commands that run the model.
void AddPrecisionOption(CLI::App& command, JobOptions& job);

/// --device, of commands that run the model for inference.
void AddDeviceOption(CLI::App& command, JobOptions& job);

/// --adapter, of commands that run or convert the model.
void AddAdapterOption(CLI::App& command, JobOptions& job);

/// --provenance, of commands that write a table.
void AddProvenanceOption(CLI::App& command, JobOptions& job);

/// The options of region_options.h.
void AddRegionOptions(CLI::App& command, InputOptions& input);

/// The input file, or --genome with --regions or --region; --overlap, --batch-tokens.
void AddInputOptions(CLI::App& command, JobOptions& job, InputOptions& input);

/// "Example:" with a command that the tests run, at the end of the help.
void AddExample(CLI::App& command, const std::string& example);

/// The words of the command line as typed, recorded in outputs.
const std::string& CommandLine();
void RecordCommandLine(int argc, char** argv);

}  // namespace agront::cli
