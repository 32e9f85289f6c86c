// SPDX-License-Identifier: Apache-2.0
// Names of outputs, and the two labels of a binary task, in the JSON files of a head.
#pragma once

#include <string>
#include <vector>

#include "agront/prediction_task.h"
#include "model/checkpoints/settings.h"

namespace agront::model {

/// They are columns of tables, and labels meet outputs by them. Throws Error for a name that comes twice.
void CheckDifferent(const Settings& settings, const char* key, const std::vector<std::string>& names);

/// PredictionTask::binary_words of the object {"0": label, "1": label}. Files of 0.1 and of other programs lack it:
/// their `output` is the label for 1, unless it is a name that stands for none ("label", "LABEL_0").
std::vector<std::string> ReadBinaryWords(const Settings& settings, const char* key, const std::string& output);

/// That object.
Json BinaryWordsJson(const PredictionTask& task);

}  // namespace agront::model
