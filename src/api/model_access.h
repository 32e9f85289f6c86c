// SPDX-License-Identifier: Apache-2.0
// The engine behind a handle of a model, for the other classes of the library.
#pragma once

#include <memory>

#include "agront/model.h"
#include "base/parallel.h"
#include "inference/engine.h"

namespace agront {

struct ModelAccess {
  static inference::Engine& EngineOf(const Model& model);
  /// For the time of a call: the handle's number of threads.
  static ThreadsOfCall ThreadsOf(const Model& model);
  /// `own` threads, or when it is 0 as many as SetNumThreads says.
  static ThreadsOfCall ThreadsOr(int own);
};

}  // namespace agront
