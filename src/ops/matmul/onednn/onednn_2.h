// SPDX-License-Identifier: Apache-2.0
// The calls that differ between oneDNN 2 and version 3. Nothing else of this project is tied to the version, whose
// range stands in cmake/Dependencies.cmake.
#pragma once

#include <string>

#include "device/cpu/onednn.h"

namespace agront::ops {

/// The product x times weights, plus the bias unless it is null, to y.
dnnl::matmul::primitive_desc DescribeMatmul(const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
                                            const dnnl::memory::desc* bias, const dnnl::memory::desc& y,
                                            const dnnl::primitive_attr& attributes);

/// The strides, the sizes of the blocks and the axes that they cut: "1500.1-48.4-1.0".
std::string LayoutText(const dnnl::memory::desc& layout);

}  // namespace agront::ops
