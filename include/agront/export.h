// SPDX-License-Identifier: Apache-2.0
// Marks the functions that the shared library exports. Everything without the mark stays inside.
#pragma once

#define AGRONT_EXPORT __attribute__((visibility("default")))
