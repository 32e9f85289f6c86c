// SPDX-License-Identifier: Apache-2.0
// The process that writes a partial file, as part of its name.
#pragma once

#include <string>

namespace agront::pull {

/// HOST-NAMESPACE-PID-START, all that it takes to know later whether this process still runs.
std::string OwnerOfThisProcess();

enum class OwnerLife { kAlive, kDead, kUnknown };

/// Unknown on another machine or in another container, whose processes cannot be seen, and for what is no owner.
OwnerLife LifeOf(const std::string& owner);

/// "process 123 on node7", printable.
std::string OwnerInWords(const std::string& owner);

}  // namespace agront::pull
