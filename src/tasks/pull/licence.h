// SPDX-License-Identifier: Apache-2.0
// The text on a model's licence that a person reads before it is fetched.
#pragma once

#include <string>

namespace agront::pull {

/// One printable line. `licence` is what the model's card says ("mit"), "" where it says nothing; the published model's
/// is known here.
std::string LicenceLine(const std::string& model, const std::string& licence);

}  // namespace agront::pull
