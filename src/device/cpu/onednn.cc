// SPDX-License-Identifier: Apache-2.0
#include "device/cpu/onednn.h"

namespace agront::device::cpu {

dnnl::engine& OneDnnEngine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& OneDnnStream() {
  static dnnl::stream stream(OneDnnEngine());
  return stream;
}

}  // namespace agront::device::cpu
