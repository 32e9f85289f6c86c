// SPDX-License-Identifier: Apache-2.0
#include "agront/tokenizer.h"

#include <nanobind/stl/string.h>

#include <string>
#include <utility>

#include "agront/sequences.h"
#include "arrays.h"
#include "bindings.h"
#include "sequence_input.h"

namespace agront::python {
namespace {

nb::tuple TokensOf(const std::string& bases, int64_t max_tokens) {
  Tokens tokens;
  {
    const nb::gil_scoped_release unlocked;
    tokens = Encode(bases, max_tokens);
  }
  return nb::make_tuple(NumpyOf(std::move(tokens.ids)), NumpyOf(std::move(tokens.begin)),
                        NumpyOf(std::move(tokens.end)));
}

}  // namespace

void BindTokenizer(nb::module_& module) {
  module.attr("VOCABULARY_SIZE") = kVocabularySize;
  module.attr("MASK_TOKEN_ID") = kMaskTokenId;
  module.def("tokenize", &TokensOf, nb::arg("bases"), nb::arg("max_tokens"));
  module.def(
      "decode",
      [](const nb::ndarray<const int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>& ids) {
        return Decode({ids.data(), ids.size()});
      },
      nb::arg("ids"));
  module.def("token_text", &TokenText, nb::arg("id"));
  module.def(
      "reverse_complement", [](const std::string& bases) { return ReverseComplement(bases); }, nb::arg("bases"));
  nb::class_<FastaReader>(module, "FastaReader")
      .def(
          "__init__", [](FastaReader* self, const nb::bytes& path) { new (self) FastaReader(PathOf(path)); },
          nb::arg("path"))
      .def(
          "read",
          [](FastaReader& reader) -> nb::object {
            SequenceRecord record;
            bool has_more = false;
            {
              const nb::gil_scoped_release unlocked;
              has_more = reader.Next(record);
            }
            if (!has_more) return nb::none();
            return nb::make_tuple(record.name, record.bases);
          },
          nb::sig("def read(self) -> tuple[str, str] | None"));
}

}  // namespace agront::python
