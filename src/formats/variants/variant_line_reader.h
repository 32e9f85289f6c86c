// SPDX-License-Identifier: Apache-2.0
// What readers of variants in lines of text have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "formats/variants/variant_reader.h"
#include "formats/variants/whole_lines.h"

namespace agront::formats {

class VariantLineReader : public VariantReader {
 public:
  explicit VariantLineReader(std::unique_ptr<WholeLines> lines) : lines_(std::move(lines)) {}

  bool Skip(Sha256* sha) override {
    ++number_;
    return SkipLine(*lines_, skipped_, sha);
  }
  std::string Place() const override { return lines_->Place(); }
  double Progress() const override { return lines_->Progress(); }

 protected:
  WholeLines& source() { return *lines_; }
  /// The number of the record that was just read, from 1.
  int64_t CountRecord() { return ++number_; }

 private:
  std::unique_ptr<WholeLines> lines_;
  int64_t number_ = 0;
  std::string skipped_;
};

}  // namespace agront::formats
