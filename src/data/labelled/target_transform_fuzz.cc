// SPDX-License-Identifier: Apache-2.0
// The transforms of a head's targets, as head.json has them.
#include "data/labelled/target_transform.h"

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace formats = agront::formats;
  formats::Parse([&] {
    const auto transform =
        agront::data::TargetTransform::FromJson(std::string(formats::TextOf(data, size)), "head.json", 1);
    float label = 3;
    transform.Apply({&label, 1});
    double prediction = 0.5;
    transform.Invert({&prediction, 1});
    transform.ApplyAnywhere({&prediction, 1});
    const std::string written = transform.ToJson();
    formats::Expect(agront::data::TargetTransform::FromJson(written, "head.json", 1).ToJson() == written,
                    "written and read as the same");
  });
  return 0;
}
