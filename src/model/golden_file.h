// SPDX-License-Identifier: Apache-2.0
// The tensors of a golden file, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "formats/checkpoints/safetensors.h"

namespace agront::model {

/// Integers, and floats as float64.
class GoldenFile {
 public:
  explicit GoldenFile(const std::string& path) : file_(path), archive_(formats::OpenSafetensors(path)) {
    for (size_t i = 0; i < archive_->entries().size(); ++i) index_[archive_->entries()[i].name] = i;
  }

  std::vector<double> Floats(const std::string& name) const {
    const auto values = archive_->Read(index_.at(name));
    int64_t count = 1;
    for (int64_t size : values.shape) count *= size;
    return {values.data, values.data + count};
  }

  /// The archive reads floating-point tensors only; integers are read by their place in the file.
  template <class T>
  std::vector<T> Integers(const std::string& name) const {
    const auto bytes = file_.bytes();
    uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    const std::string json(reinterpret_cast<const char*>(bytes.data()) + 8, header);
    const size_t at = json.find("[", json.find("data_offsets", json.find("\"" + name + "\"")));
    const auto begin = std::stoull(json.substr(at + 1));
    const auto end = std::stoull(json.substr(json.find(",", at) + 1));
    std::vector<T> values((end - begin) / sizeof(T));
    std::memcpy(values.data(), bytes.data() + 8 + header + begin, end - begin);
    return values;
  }

 private:
  MappedFile file_;
  std::unique_ptr<formats::TensorArchive> archive_;
  std::map<std::string, size_t> index_;
};

inline double Norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

/// Norm of the difference over the norm of what is wanted.
inline double RelativeError(std::span<const float> got, const std::vector<double>& want) {
  EXPECT_EQ(got.size(), want.size());
  double difference = 0, norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += std::pow(got[i] - want[i], 2);
    norm += want[i] * want[i];
  }
  return std::sqrt(difference / norm);
}

}  // namespace agront::model
