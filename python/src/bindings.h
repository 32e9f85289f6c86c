// SPDX-License-Identifier: Apache-2.0
// The parts of the module agront._core.
#pragma once

#include <nanobind/nanobind.h>

namespace agront::python {

/// The library's exceptions become those of agront/_errors.py.
void BindErrors(nanobind::module_& module);
void BindTokenizer(nanobind::module_& module);
void BindModel(nanobind::module_& module);
void BindPredictor(nanobind::module_& module);
void BindJobs(nanobind::module_& module);

}  // namespace agront::python
