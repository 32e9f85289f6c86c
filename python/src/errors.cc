// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <string>

#include "agront/error.h"
#include "agront/missing_file.h"
#include "agront/reporter.h"
#include "bindings.h"

namespace agront::python {
namespace {

namespace nb = nanobind;

/// Names of files need not be UTF-8.
void SetError(const char* name, const char* what) {
  const nb::object text =
      nb::steal(PyUnicode_DecodeUTF8(what, static_cast<Py_ssize_t>(std::char_traits<char>::length(what)), "replace"));
  const nb::object type = nb::module_::import_("agront._errors").attr(name);
  PyErr_SetObject(type.ptr(), text.ptr());
}

void Translate(const std::exception_ptr& exception, void* /*payload*/) {
  try {
    std::rethrow_exception(exception);
  } catch (const MissingFile& error) {
    SetError("MissingFileError", error.what());
  } catch (const UsageError& error) {
    SetError("UsageError", error.what());
  } catch (const Error& error) {
    SetError("Error", error.what());
  } catch (const Stopped& stopped) {
    SetError("Error", stopped.what());
  }
}

}  // namespace

void BindErrors(nb::module_& /*module*/) { nb::register_exception_translator(Translate); }

}  // namespace agront::python
