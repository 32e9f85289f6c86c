// SPDX-License-Identifier: Apache-2.0
// The one oneDNN engine and stream of the process. Only ops/matmul and tests include this.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace agront::device::cpu {

dnnl::engine& OneDnnEngine();
dnnl::stream& OneDnnStream();

}  // namespace agront::device::cpu
