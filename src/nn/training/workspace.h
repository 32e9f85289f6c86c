// SPDX-License-Identifier: Apache-2.0
// The memory that one layer of training leaves to the next to overwrite.
#pragma once

#include "agront/model_shape.h"
#include "nn/training/adapted_linear.h"
#include "tensor/matrix.h"

namespace agront::nn::training {

class Workspace {
 public:
  explicit Workspace(Precision products) : products_(products) {}

  /// Makes room for `rows` tokens; memory is only taken when a batch is larger than all before.
  void Resize(int64_t rows, const ModelShape& shape) {
    normed_.Resize(rows, shape.hidden, rows);
    for (tensor::Matrix* matrix : {&inner_, &grad_inner_}) matrix->Resize(rows, shape.ffn, rows);
    for (tensor::Matrix* matrix : {&grad_normed_, &grad_query_, &grad_key_, &grad_value_})
      matrix->Resize(rows, shape.hidden, rows);
  }

  tensor::MatrixView normed() { return normed_.view(); }            ///< [rows, C]
  tensor::MatrixView inner() { return inner_.view(); }              ///< [rows, F]
  tensor::MatrixView grad_inner() { return grad_inner_.view(); }    ///< [rows, F]
  tensor::MatrixView grad_normed() { return grad_normed_.view(); }  ///< [rows, C]
  tensor::MatrixView grad_query() { return grad_query_.view(); }    ///< [rows, C]
  tensor::MatrixView grad_key() { return grad_key_.view(); }        ///< [rows, C]
  tensor::MatrixView grad_value() { return grad_value_.view(); }    ///< [rows, C]

  tensor::MatrixView GradKept(int64_t rows, int64_t cols) {
    grad_kept_.Resize(rows, cols, rows);
    return grad_kept_.view();
  }

  ProductScratch& products() { return products_; }

 private:
  tensor::Matrix normed_;
  tensor::Matrix inner_;
  tensor::Matrix grad_inner_;
  tensor::Matrix grad_normed_;
  tensor::Matrix grad_query_;
  tensor::Matrix grad_key_;
  tensor::Matrix grad_value_;
  tensor::Matrix grad_kept_;
  ProductScratch products_;
};

}  // namespace agront::nn::training
