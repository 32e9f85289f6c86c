// SPDX-License-Identifier: Apache-2.0
// agront._core: the library's classes, as thin as can be. What users see is in agront/*.py.
#include <nanobind/stl/string.h>

#include <string>
#include <utility>
#include <vector>

#include "agront/device.h"
#include "agront/model.h"
#include "agront/version.h"
#include "bindings.h"
#include "sequence_input.h"

namespace agront::python {
namespace {

/// Paths, as os.fsencode gives them.
void LookIn(const nb::list& folders) {
  std::vector<std::string> paths;
  for (const nb::handle folder : folders) paths.push_back(PathOf(nb::cast<nb::bytes>(folder)));
  LookForPluginsIn(std::move(paths));
}

}  // namespace
}  // namespace agront::python

NB_MODULE(_core, module) {
  module.doc() = "The compiled part of agront; use the package instead.";
  module.attr("__version__") = std::string(agront::Version()).c_str();
  agront::python::BindErrors(module);
  agront::python::BindTokenizer(module);
  agront::python::BindModel(module);
  agront::python::BindPredictor(module);
  agront::python::BindJobs(module);
  module.def("batch_tokens_of", &agront::BatchTokensOf, nanobind::arg("device"));
  module.def("look_for_plugins_in", &agront::python::LookIn, nanobind::arg("folders"));
  module.def("set_num_threads", &agront::SetNumThreads, nanobind::arg("threads"));
}
