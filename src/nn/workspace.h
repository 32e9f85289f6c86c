// SPDX-License-Identifier: Apache-2.0
// The activations that one block leaves to the next to overwrite: shared by all layers of a forward pass.
#pragma once

#include <algorithm>

#include "agront/model_shape.h"
#include "agront/precision.h"
#include "ops/matmul/matmul.h"
#include "tensor/matrix.h"

namespace agront::nn {

class Workspace {
 public:
  /// Bytes that Reserve takes.
  static int64_t Bytes(int64_t rows, const ModelShape& shape, Precision precision) {
    const int64_t stored = ops::PaddedRows(rows);
    return stored * (4 * shape.hidden + shape.ffn) * static_cast<int64_t>(sizeof(float)) +
           ops::ProductInput::Bytes(stored, std::max(shape.hidden, shape.ffn), ops::WidestInputFormat(precision));
  }

  /// Makes room for batches of up to `rows` tokens.
  void Reserve(int64_t rows, const ModelShape& shape, Precision precision) {
    const int64_t stored = ops::PaddedRows(rows);
    for (tensor::Matrix* matrix : {&normed_, &query_, &key_, &value_}) matrix->Reserve(stored, shape.hidden);
    inner_.Reserve(stored, shape.ffn);
    input_.Reserve(stored, std::max(shape.hidden, shape.ffn), ops::WidestInputFormat(precision));
  }

  /// The shapes for a batch of `rows` tokens; memory is only taken when it is larger than all before.
  void Resize(int64_t rows, const ModelShape& shape) {
    const int64_t stored = ops::PaddedRows(rows);
    normed_.Resize(rows, shape.hidden, stored);
    query_.Resize(rows, shape.hidden, stored);
    key_.Resize(rows, shape.hidden, stored);
    value_.Resize(rows, shape.hidden, stored);
    inner_.Resize(rows, shape.ffn, stored);
  }

  /// All but keys and values get the shapes for `rows` tokens, no more than before.
  void Narrow(int64_t rows) {
    for (tensor::Matrix* matrix : {&normed_, &query_, &inner_})
      matrix->Resize(rows, matrix->cols(), ops::PaddedRows(rows));
  }

  tensor::MatrixView normed() { return normed_.view(); }  ///< [rows, C]
  tensor::MatrixView query() { return query_.view(); }    ///< [rows, C], later the attention's output
  tensor::MatrixView key() { return key_.view(); }        ///< [rows, C]
  tensor::MatrixView value() { return value_.view(); }    ///< [rows, C]
  tensor::MatrixView inner() { return inner_.view(); }    ///< [rows, F]

  /// Any of these as products take it; one at a time.
  ops::ProductInput& input() { return input_; }

 private:
  tensor::Matrix normed_;
  tensor::Matrix query_;
  tensor::Matrix key_;
  tensor::Matrix value_;
  tensor::Matrix inner_;
  ops::ProductInput input_;
};

}  // namespace agront::nn
