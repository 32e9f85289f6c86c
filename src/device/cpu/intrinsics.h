// SPDX-License-Identifier: Apache-2.0
// The compiler's intrinsics, for what Highway 1.0 does not know.
#pragma once

// GCC 12 warns of its own header (bug 105593).
#pragma GCC diagnostic push
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop
