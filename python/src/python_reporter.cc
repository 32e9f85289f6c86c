// SPDX-License-Identifier: Apache-2.0
#include "python_reporter.h"

#include <string>

namespace agront::python {

void PythonReporter::Call(const std::function<void()>& call) {
  if (raised_) return;
  const nb::gil_scoped_acquire locked;
  try {
    call();
  } catch (nb::python_error& error) {
    raised_ = std::make_unique<nb::python_error>(error);
  }
}

void PythonReporter::Raise() {
  if (!raised_) return;
  const nb::python_error error = *raised_;
  raised_.reset();
  throw error;
}

void PythonReporter::Update(const ProgressReport& progress) {
  if (progress_.is_none()) return;
  const Clock::time_point now = Clock::now();
  if (now - shown_at_ < interval_) return;
  shown_at_ = now;
  const double share = progress.fraction < 0 && share_ ? share_() : progress.fraction;
  Call([&] {
    progress_(nb::str(progress.label.data(), progress.label.size()),
              nb::str(progress.unit.data(), progress.unit.size()), progress.done, share);
  });
}

void PythonReporter::Notice(const char* kind, std::string_view text) {
  if (notice_.is_none()) return;
  Call([&] { notice_(kind, nb::str(text.data(), text.size())); });
}

bool PythonReporter::ShouldStop() {
  if (raised_) return true;
  // To take Python's lock may mean to wait for another thread of it.
  constexpr std::chrono::milliseconds kBetween{50};
  const Clock::time_point now = Clock::now();
  if (now - asked_at_ < kBetween) return false;
  asked_at_ = now;
  Call([] {
    if (PyErr_CheckSignals() != 0) nb::raise_python_error();
  });
  return raised_ != nullptr;
}

}  // namespace agront::python
