// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/licence.h"

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"
#include "hub/model_name.h"

namespace agront::pull {
namespace {

constexpr char kPublishedLicence[] = "cc-by-nc-sa-4.0";

/// Whether it is one of Creative Commons' licences that exclude commercial use, or is named like them.
bool IsNonCommercial(const std::string& licence) {
  return ("-" + AsciiLower(licence) + "-").find("-nc-") != std::string::npos;
}

}  // namespace

std::string LicenceLine(const std::string& model, const std::string& card) {
  const std::string shown = Printable(model);
  if (model == hub::kPublishedRepository && (card.empty() || AsciiLower(card) == kPublishedLicence))
    return fmt::format(
        "{}: licence CC BY-NC-SA 4.0 (https://creativecommons.org/licenses/by-nc-sa/4.0/): not for commercial use",
        shown);
  if (card.empty()) return fmt::format("{}: no licence is stated here; ask its authors what you may do with it", shown);
  return fmt::format("{}: licence {}{}", shown, Printable(card, 100),
                     IsNonCommercial(card) ? ": not for commercial use" : "");
}

}  // namespace agront::pull
