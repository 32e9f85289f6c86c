// SPDX-License-Identifier: Apache-2.0
#include "model.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <utility>

#include "agront/device.h"
#include "bindings.h"
#include "words.h"

namespace agront::python {
namespace {

const char* NameOf(Precision precision) {
  switch (precision) {
    case Precision::kFp32: return "fp32";
    case Precision::kBf16: return "bf16";
    case Precision::kInt8: return "int8";
    case Precision::kTf32: return "tf32";
  }
  return "unknown";
}

void Open(Model* self, const nb::bytes& name, const nb::bytes& adapter, const std::string& precision, int threads,
          const std::string& device) {
  const ModelOptions options{.model = PathOf(name),
                             .adapter = PathOf(adapter),
                             .precision = PrecisionOf(precision),
                             .threads = threads,
                             .device = device};
  if (device != "cpu") KeepPluginsQuiet();
  const nb::gil_scoped_release unlocked;
  new (self) Model(options);
}

nb::tuple ShapeOf(const Model& model) {
  const ModelShape& shape = model.shape();
  return nb::make_tuple(shape.vocabulary, shape.hidden, shape.heads, shape.layers, shape.ffn, shape.max_tokens());
}

/// A method of the model that takes a Call and then `args`.
template <class Result, class... Args>
auto Method(Result (*function)(const Model&, Call&, Args...)) {
  return [function](const Model& model, nb::handle what, nb::handle names, nb::object progress, double interval,
                    nb::object notice, Args... args) {
    Call call(what, names, std::move(progress), interval, std::move(notice));
    return function(model, call, args...);
  };
}

}  // namespace

void BindModel(nb::module_& module) {
  nb::class_<Model>(module, "Model")
      .def("__init__", &Open, nb::arg("name"), nb::arg("adapter"), nb::arg("precision"), nb::arg("threads"),
           nb::arg("device"))
      .def_prop_ro("shape", &ShapeOf)
      .def_prop_ro("precision", [](const Model& model) { return NameOf(model.precision()); })
      .def("hash", &Model::Hash, nb::call_guard<nb::gil_scoped_release>())
      .def("set_threads", &Model::SetThreads, nb::arg("threads"))
      .def("embed", Method(&EmbedSequences), nb::arg("sequences"), nb::arg("names").none(), nb::arg("progress").none(),
           nb::arg("interval"), nb::arg("notice").none(), nb::arg("layers"), nb::arg("pooling"), nb::arg("windows"),
           nb::arg("overlap"), nb::arg("batch_tokens"))
      .def("logits", Method(&LogitsOfSequences), nb::arg("sequences"), nb::arg("names").none(),
           nb::arg("progress").none(), nb::arg("interval"), nb::arg("notice").none(), nb::arg("probabilities"),
           nb::arg("windows"), nb::arg("batch_tokens"))
      .def("attention", Method(&AttentionOfSequences), nb::arg("sequences"), nb::arg("names").none(),
           nb::arg("progress").none(), nb::arg("interval"), nb::arg("notice").none(), nb::arg("maps"))
      .def("unmask", Method(&UnmaskSequences), nb::arg("sequences"), nb::arg("names").none(),
           nb::arg("progress").none(), nb::arg("interval"), nb::arg("notice").none(), nb::arg("every"),
           nb::arg("masking"), nb::arg("top"), nb::arg("per_base"), nb::arg("batch_tokens"))
      .def("log_likelihood", Method(&LogLikelihoods), nb::arg("sequences"), nb::arg("names").none(),
           nb::arg("progress").none(), nb::arg("interval"), nb::arg("notice").none(), nb::arg("masking"),
           nb::arg("batch_tokens"))
      .def("score_variants", &ScoreVariants, nb::arg("variants"), nb::arg("genome"), nb::arg("names").none(),
           nb::arg("progress").none(), nb::arg("interval"), nb::arg("notice").none(), nb::arg("scores"),
           nb::arg("frames"), nb::arg("window_bp"), nb::arg("pll_flank"), nb::arg("shared_masks"),
           nb::arg("indel_null"), nb::arg("batch_tokens"));
}

}  // namespace agront::python
