// SPDX-License-Identifier: Apache-2.0
// Text from files in messages: agront/printable.h, by the name that the readers use.
#pragma once

#include "agront/printable.h"

namespace agront::formats {

using agront::Printable;

}  // namespace agront::formats
