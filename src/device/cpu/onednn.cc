// SPDX-License-Identifier: Apache-2.0
#include "device/cpu/onednn.h"

namespace agront::device::cpu {

dnnl::engine& OneDnnEngine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& OneDnnStream() {
  thread_local dnnl::stream stream(OneDnnEngine());  // no two threads may use one at the same time
  return stream;
}

}  // namespace agront::device::cpu
