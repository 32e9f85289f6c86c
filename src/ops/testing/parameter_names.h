// SPDX-License-Identifier: Apache-2.0
// Names of the parameters of tests, in the names of the tests: without this GoogleTest shows their bytes.
#pragma once

#include <ostream>

#include "agront/precision.h"
#include "ops/matmul/epilogue.h"
#include "tensor/precision.h"

namespace agront {

inline void PrintTo(Precision precision, std::ostream* out) { *out << tensor::Name(precision); }

namespace ops {

inline void PrintTo(Epilogue epilogue, std::ostream* out) {
  *out << (epilogue == Epilogue::kNone ? "plain" : epilogue == Epilogue::kGelu ? "gelu" : "add");
}

}  // namespace ops
}  // namespace agront
