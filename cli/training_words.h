// SPDX-License-Identifier: Apache-2.0
// Words that the commands that train share.
#pragma once

#include "agront/training_choices.h"
#include "word_option.h"

namespace agront::cli {

inline const Words<Recompute> kRecompute = {
    {"on", Recompute::kOn}, {"off", Recompute::kOff}, {"auto", Recompute::kAuto}};

}  // namespace agront::cli
