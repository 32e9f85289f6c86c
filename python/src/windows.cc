// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include "agront/error.h"
#include "agront/printable.h"
#include "model.h"

namespace agront::python {
namespace {

std::string NameOf(int64_t number, const std::string& name) {
  return "sequence " + std::to_string(number) + (name.empty() ? "" : " (" + Printable(name) + ")");
}

Tokens TokensOf(const SequenceRecord& record, int64_t number) {
  if (record.bases.empty()) throw Error(NameOf(number, record.name) + ": expected bases, got none");
  try {
    return Encode(record.bases, -1);
  } catch (const Error& error) {
    throw Error(NameOf(number, record.name) + ": " + error.what());
  }
}

/// <cls> and the tokens [from, to).
Tokens PartOf(const Tokens& tokens, size_t from, size_t to) {
  Tokens part{.ids = {tokens.ids[0]}, .begin = {tokens.begin[from]}, .end = {tokens.begin[from]}};
  const auto add = [&](const auto& source, auto& target) {
    target.insert(target.end(), source.begin() + static_cast<ptrdiff_t>(from),
                  source.begin() + static_cast<ptrdiff_t>(to));
  };
  add(tokens.ids, part.ids);
  add(tokens.begin, part.begin);
  add(tokens.end, part.end);
  return part;
}

}  // namespace

void ExpectOneWindow(bool has_windows, int64_t record, const std::string& name) {
  if (has_windows) return;
  throw UsageError(NameOf(record, name == std::to_string(record) ? "" : name) +
                   ": longer than the model's window; expected windows=True, which gives rows for each window, or a "
                   "shorter sequence");
}

void Places::Add(int64_t of_record, std::string_view name, int64_t from, int64_t to) {
  if (record.empty() || record.back() != of_record) names.emplace_back(name);
  record.push_back(of_record);
  start.push_back(from);
  end.push_back(to);
}

nb::tuple Places::ToPython() {
  nb::list texts;
  for (const std::string& name : names)
    texts.append(nb::steal(PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), "replace")));
  return nb::make_tuple(NumpyOf(std::move(record)), NumpyOf(std::move(start)), NumpyOf(std::move(end)), texts);
}

void ForEachWindow(SequenceInput& input, int64_t max_tokens, bool has_windows,
                   const std::function<void(Window&)>& work) {
  const auto most = static_cast<size_t>(max_tokens - 1);
  int64_t number = 0;
  for (SequenceRecord record; input.Next(record); record = {}, ++number) {
    const Tokens tokens = TokensOf(record, number);
    const std::string name = record.name.empty() ? std::to_string(number) : record.name;
    if (tokens.ids.size() > most + 1) ExpectOneWindow(has_windows, number, name);
    for (size_t from = 1; from < tokens.ids.size(); from += most) {
      Window window{
          .record = number, .name = name, .tokens = PartOf(tokens, from, std::min(from + most, tokens.ids.size()))};
      work(window);
    }
  }
}

}  // namespace agront::python
