// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/device_list.h"

#include <fmt/format.h>

#include "agront/device.h"
#include "base/output_file.h"
#include "device/cpu/instruction_set.h"
#include "formats/printable.h"

namespace agront::tasks {

void ReportDevices(const JobOptions& job) {
  CheckWritable(job.output, job.force);
  std::string text = fmt::format("cpu: this processor, {}\n", device::cpu::InstructionSetName());
  for (const DeviceReport& report : FindDevices()) {
    const std::string found = report.missing.empty() ? fmt::format("{}, {} of {}", report.devices, report.version,
                                                                   formats::Printable(report.plugin))
                                                     : "none: " + report.missing;
    text += fmt::format("{}: {}: {}\n", report.name, report.what, found);
  }
  OutputFile output(job.output, job.force);
  output.Write(text);
  output.Commit();
}

}  // namespace agront::tasks
