// SPDX-License-Identifier: Apache-2.0
#include "agront/predictor.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

#include "agront/device.h"
#include "bindings.h"
#include "model.h"
#include "words.h"

namespace agront::python {
namespace {

const char* NameOf(TaskKind kind) {
  switch (kind) {
    case TaskKind::kBinary: return "binary";
    case TaskKind::kMulticlass: return "multiclass";
    case TaskKind::kMultilabel: return "multilabel";
    case TaskKind::kRegression: return "regression";
    case TaskKind::kToken: return "token";
  }
  return "";
}

void OpenFolder(Predictor* self, const nb::bytes& folder, const nb::bytes& base, const std::string& precision,
                int threads, const std::string& strands, bool any_length, int64_t batch_tokens,
                const std::string& device) {
  const PredictorOptions options{
      .model = PathOf(base),
      .precision = PrecisionOf(precision),
      .threads = threads,
      .device = device,
      .strands = ChoiceOf<Strands>("strands", strands, {{"forward", Strands::kForward}, {"both", Strands::kBoth}}),
      .any_length = any_length,
      .batch_tokens = batch_tokens};
  const std::string path = PathOf(folder);
  if (device != "cpu") KeepPluginsQuiet();
  const nb::gil_scoped_release unlocked;
  new (self) Predictor(path, options);
}

/// (values [rows, outputs], places)
nb::tuple Predict(const Predictor& predictor, nb::handle what, nb::handle names, nb::object progress, double interval,
                  nb::object notice) {
  Call call(what, names, std::move(progress), interval, std::move(notice));
  GrowingArray<double> values;
  Places places;
  call.reporter.Run([&] {
    predictor.Predict(
        call.input.source(),
        [&](const PredictedRows& rows) {
          for (size_t i = 0; i < rows.values.size(); ++i) {
            values.Append(rows.values[i]);
            places.Add(rows.record, rows.name, rows.start[i], rows.end[i]);
          }
        },
        &call.reporter);
  });
  const size_t rows = places.record.size();
  return nb::make_tuple(values.ToNumpy({rows, static_cast<size_t>(predictor.task().num_outputs())}), places.ToPython());
}

}  // namespace

void BindPredictor(nb::module_& module) {
  nb::class_<Predictor>(module, "Predictor")
      .def("__init__", &OpenFolder, nb::arg("folder"), nb::arg("base"), nb::arg("precision"), nb::arg("threads"),
           nb::arg("strands"), nb::arg("any_length"), nb::arg("batch_tokens"), nb::arg("device"))
      .def_prop_ro("task", [](const Predictor& predictor) { return NameOf(predictor.task().kind); })
      .def_prop_ro("outputs", [](const Predictor& predictor) { return predictor.task().outputs; })
      .def_prop_ro("binary_words", [](const Predictor& predictor) { return predictor.task().binary_words; })
      .def("predict", &Predict, nb::arg("sequences"), nb::arg("names").none(), nb::arg("progress").none(),
           nb::arg("interval"), nb::arg("notice").none());
}

}  // namespace agront::python
