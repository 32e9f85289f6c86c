// SPDX-License-Identifier: Apache-2.0
#include "base/reporter.h"

namespace agront {

Reporter::Reporter() = default;
Reporter::~Reporter() = default;
void Reporter::BeginStage(const ProgressReport& /*progress*/) {}
void Reporter::Update(const ProgressReport& /*progress*/) {}
void Reporter::EndStage() noexcept {}
void Reporter::Note(std::string_view /*text*/) {}
void Reporter::Warn(std::string_view /*text*/) {}
bool Reporter::ShouldStop() { return false; }

Stopped::Stopped() noexcept = default;
Stopped::~Stopped() = default;
const char* Stopped::what() const noexcept { return "stopped, as its reporter said"; }

Reporter& OrSilent(Reporter* reporter) {
  static Reporter silent;
  return reporter != nullptr ? *reporter : silent;
}

}  // namespace agront
