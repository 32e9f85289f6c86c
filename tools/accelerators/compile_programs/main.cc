// SPDX-License-Identifier: Apache-2.0
// Compiles the programs of the 1B model for a device that is not here, and prints what memory they take there:
//
//   compile_programs PLUGIN.so gpu "NVIDIA H200 141GB HBM3e"      a GPU by its name in the plugin
//   compile_programs PLUGIN.so cudnn "NVIDIA H200 141GB HBM3e"    the same, with attention by cuDNN, which has to be
//   there compile_programs PLUGIN.so tpu v5e:2x2                        a topology of TPUs
//
// A line of a Markdown table for each program. Nothing runs.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/mapped_file.h"
#include "device/xla/executable.h"
#include "tensor/precision.h"
#include "xla/programs.h"

namespace agront {
namespace {

using device::xla::Plugin;
using device::xla::ProgramMemory;
using device::xla::Setting;

constexpr ModelShape kPublished{.vocabulary = 4105,
                                .hidden = 1500,
                                .heads = 20,
                                .layers = 40,
                                .ffn = 5120,
                                .positions = 1026,
                                .layer_norm_epsilon = 1e-12F};

/// The plugin's own description of a GPU: a text inside it that names the GPU.
std::string DescriptionOfGpu(const std::string& plugin, const std::string& name) {
  constexpr std::string_view kBegin = "gpu_device_info {";
  const MappedFile file(plugin);
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  for (size_t at = bytes.find(kBegin); at != std::string_view::npos; at = bytes.find(kBegin, at + 1)) {
    const std::string_view text = bytes.substr(at, std::min(bytes.find('\0', at), bytes.size()) - at);
    if (text.find("\"" + name + "\"") != std::string_view::npos) return std::string(text);
  }
  Fail("{}: expected a description of the GPU {}, got none", plugin, name);
}

struct Program {
  std::string name;
  std::string text;
};

const xla::DeviceShape& PaddedShape() {
  static const xla::DeviceShape shape(kPublished, {.channels = 16, .head = 8});
  return shape;
}

std::vector<Program> FusedPrograms(const xla::RowShape& rows) {
  const auto encoder = [&](const xla::AttentionPlan& plan) {
    return xla::EncoderProgram(PaddedShape(), Precision::kBf16, rows, 0, plan);
  };
  return {{"encoder, cuDNN, packed", encoder({xla::AttentionKernel::kPacked, 16})},
          {"encoder, cuDNN, bias", encoder({xla::AttentionKernel::kBias})},
          {"check of attention, packed",
           xla::AttentionCheckProgram(PaddedShape(), Precision::kBf16, {2, 256}, {xla::AttentionKernel::kPacked, 4})}};
}

std::vector<Program> Programs(Precision precision, const xla::RowShape& rows) {
  const xla::DeviceShape& shape = PaddedShape();
  return {{"encoder", xla::EncoderProgram(shape, precision, rows, 0)},
          {"encoder, one layer kept", xla::EncoderProgram(shape, precision, rows, 1)},
          {"head, 256 tokens", xla::HeadProgram(shape, precision, rows, 256)},
          {"maps of a row", xla::MapProgram(shape, precision, rows, 1)}};
}

void PrintRow(const std::string& device, const std::string& what, double seconds, const ProgramMemory& memory) {
  const auto mega = [](int64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", device, what, mega(memory.arguments),
             mega(memory.results), mega(memory.temporary), seconds);
  std::fflush(stdout);
}

void CompileAll(const std::string& path, const std::string& kind, const std::string& name) {
  const bool is_gpu = kind != "tpu", is_fused = kind == "cudnn";
  const std::vector<Setting> settings =
      is_gpu ? std::vector<Setting>{{"topology", "1x1x1"}, {"target_config", DescriptionOfGpu(path, name)}}
             : std::vector<Setting>{};
  const Plugin& plugin = Plugin::Open(path);
  const xla::RowShape rows{8, 1024};
  std::vector<Precision> precisions{Precision::kBf16};
  if (!is_fused) precisions.push_back(Precision::kFp32);
  if (kind == "gpu") precisions.push_back(Precision::kTf32);
  for (const Precision precision : precisions)
    for (const Program& program : is_fused ? FusedPrograms(rows) : Programs(precision, rows)) {
      const auto start = std::chrono::steady_clock::now();
      const std::string what = fmt::format("{}, {}", program.name, tensor::Name(precision));
      try {
        const ProgramMemory memory = CompileForTopology(plugin, is_gpu ? "" : name, settings, program.text, {});
        PrintRow(name, what, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), memory);
      } catch (const device::xla::DeviceFull& full) {
        fmt::print("| {} | {} | does not fit: {} ||||\n", name, what, full.what());
      }
    }
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  try {
    const std::string kind = argc == 4 ? argv[2] : "";
    if (kind != "gpu" && kind != "cudnn" && kind != "tpu")
      agront::FailUsage("expected PLUGIN.so and gpu NAME, cudnn NAME or tpu TOPOLOGY, got {} words", argc - 1);
    agront::CompileAll(argv[1], argv[2], argv[3]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compile_programs: %s\n", error.what());
    return 1;
  }
}
