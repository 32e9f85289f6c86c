// SPDX-License-Identifier: Apache-2.0
#include "agront/reporter.h"

namespace agront {

Reporter::Reporter() = default;
Reporter::~Reporter() = default;
void Reporter::Update(const ProgressReport& /*progress*/) {}
void Reporter::EndStage() noexcept {}
void Reporter::Note(std::string_view /*text*/) {}
void Reporter::Warn(std::string_view /*text*/) {}
bool Reporter::ShouldStop() { return false; }

Stopped::Stopped() noexcept = default;
Stopped::~Stopped() = default;
const char* Stopped::what() const noexcept { return "stopped, as its reporter said"; }

}  // namespace agront
