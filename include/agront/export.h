// SPDX-License-Identifier: Apache-2.0
// Marks what the shared library offers. Everything without the mark stays inside.
#pragma once

#define AGRONT_EXPORT __attribute__((visibility("default")))
