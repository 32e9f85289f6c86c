// SPDX-License-Identifier: Apache-2.0
// Where an output comes from: written into every file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agront/job.h"
#include "inference/engine.h"
#include "model/checkpoints/checkpoint.h"

namespace agront::inference {

/// Keys and texts, such as "program" and "agront 0.2.0"; sorted, so that equal work gives equal bytes.
using Provenance = std::map<std::string, std::string>;

/// The program and its version, the command line: for outputs that no model made.
Provenance DescribeProgram(const JobOptions& job);

/// The same with the model and its hash, a precision other than fp32, and a note that the embedded model is an example.
Provenance DescribeRun(const JobOptions& job, const model::Checkpoint& checkpoint);

/// The same of an engine: with its own precision, and the device and its plugin where another than this processor
/// computes.
Provenance DescribeRun(const JobOptions& job, const Engine& engine);

/// Adds a text as a line of a table and JSON can hold it.
void AddText(const std::string& key, const std::string& text, Provenance& provenance);

/// Throws UsageError, beginning with the option, for the name of a file that is no UTF-8: JSON cannot record it.
void CheckName(std::string_view option, const std::string& path);

/// Adds what of the input was left out or not used, under the key "notes", if there is anything.
void AddNotes(const std::vector<std::string>& notes, Provenance& provenance);

/// The lines "## key: text" at the top of a text.
std::string TableLines(const Provenance& provenance);

}  // namespace agront::inference
