// SPDX-License-Identifier: Apache-2.0
#include "base/progress.h"

#include <utility>

namespace agront {

Progress::Progress(Reporter& reporter, std::string label, std::string unit)
    : Progress(reporter, std::move(label), std::move(unit), 0, 0, false) {}

Progress::Progress(Reporter& reporter, std::string label, std::string unit, int64_t done, double fraction,
                   bool is_resumable)
    : reporter_(reporter), label_(std::move(label)), unit_(std::move(unit)) {
  report_ = {.label = label_,
             .unit = unit_,
             .done = done,
             .fraction = fraction,
             .done_before = done,
             .fraction_before = fraction,
             .is_resumable = is_resumable};
  reporter_.BeginStage(report_);
}

void Progress::Update(int64_t done, double fraction) {
  Show(done, fraction);
  if (reporter_.ShouldStop()) throw Stopped();
}

void Progress::Show(int64_t done, double fraction) {
  report_.done = done;
  report_.fraction = fraction;
  reporter_.Update(report_);
}

void Progress::End() noexcept {
  if (!is_over_) reporter_.EndStage();
  is_over_ = true;
}

}  // namespace agront
