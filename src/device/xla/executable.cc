// SPDX-License-Identifier: Apache-2.0
#include "device/xla/executable.h"

#include <utility>

namespace agront::device::xla {
namespace {

constexpr std::string_view kFormat = "mlir";

PJRT_Program ProgramOf(std::string_view module_text) {
  auto program = MakeArgs<PJRT_Program>();
  program.code = const_cast<char*>(module_text.data());  // a result only where a program is read back
  program.code_size = module_text.size();
  program.format = kFormat.data();
  program.format_size = kFormat.size();
  return program;
}

ProgramMemory MemoryOf(const Plugin& plugin, PJRT_Executable* program) {
  auto stats = MakeArgs<PJRT_Executable_GetCompiledMemoryStats_Args>();
  stats.executable = program;
  plugin.Check(plugin->PJRT_Executable_GetCompiledMemoryStats(&stats), "asking for a program's memory");
  return {.arguments = stats.argument_size_in_bytes,
          .results = stats.output_size_in_bytes,
          .temporary = stats.temp_size_in_bytes};
}

void Destroy(const Plugin& plugin, PJRT_Executable* program) {
  if (program == nullptr) return;
  auto args = MakeArgs<PJRT_Executable_Destroy_Args>();
  args.executable = program;
  plugin->PJRT_Executable_Destroy(&args);
}

}  // namespace

Executable Executable::Compile(const Client& client, std::string_view module_text, const CompileOptions& options) {
  const Plugin& plugin = client.plugin();
  const PJRT_Program program = ProgramOf(module_text);
  const std::string serialized = xla::Serialize(options);
  auto args = MakeArgs<PJRT_Client_Compile_Args>();
  args.client = client.get();
  args.program = &program;
  args.compile_options = serialized.data();
  args.compile_options_size = serialized.size();
  plugin.Check(plugin->PJRT_Client_Compile(&args), "compiling");
  return {plugin, args.executable};
}

Executable Executable::Load(const Client& client, std::string_view bytes) {
  const Plugin& plugin = client.plugin();
  auto args = MakeArgs<PJRT_Executable_DeserializeAndLoad_Args>();
  args.client = client.get();
  args.serialized_executable = bytes.data();
  args.serialized_executable_size = bytes.size();
  plugin.Check(plugin->PJRT_Executable_DeserializeAndLoad(&args), "loading a program");
  return {plugin, args.loaded_executable};
}

Executable::Executable(const Plugin& plugin, PJRT_LoadedExecutable* loaded) : plugin_(&plugin), loaded_(loaded) {
  auto get = MakeArgs<PJRT_LoadedExecutable_GetExecutable_Args>();
  get.loaded_executable = loaded_;
  plugin.Check(plugin->PJRT_LoadedExecutable_GetExecutable(&get), "compiling");
  program_ = get.executable;
  auto results = MakeArgs<PJRT_Executable_NumOutputs_Args>();
  results.executable = program_;
  plugin.Check(plugin->PJRT_Executable_NumOutputs(&results), "compiling");
  num_results_ = results.num_outputs;
}

Executable::Executable(Executable&& other) noexcept
    : plugin_(other.plugin_),
      loaded_(std::exchange(other.loaded_, nullptr)),
      program_(std::exchange(other.program_, nullptr)),
      num_results_(other.num_results_) {}

Executable::~Executable() {
  if (plugin_->is_forked()) return;
  Destroy(*plugin_, program_);
  if (loaded_ == nullptr) return;
  auto args = MakeArgs<PJRT_LoadedExecutable_Destroy_Args>();
  args.executable = loaded_;
  (*plugin_)->PJRT_LoadedExecutable_Destroy(&args);
}

std::string Executable::Serialize() const {
  auto args = MakeArgs<PJRT_Executable_Serialize_Args>();
  args.executable = program_;
  plugin_->Check((*plugin_)->PJRT_Executable_Serialize(&args), "saving a program");
  std::string bytes(args.serialized_bytes, args.serialized_bytes_size);
  if (args.serialized_executable_deleter != nullptr) args.serialized_executable_deleter(args.serialized_executable);
  return bytes;
}

std::vector<std::vector<Buffer>> Executable::Run(const std::vector<std::vector<const Buffer*>>& arguments) const {
  const size_t devices = arguments.size();
  std::vector<std::vector<PJRT_Buffer*>> inputs(devices), outputs(devices, std::vector<PJRT_Buffer*>(num_results_));
  std::vector<PJRT_Buffer* const*> input_lists;
  std::vector<PJRT_Buffer**> output_lists;
  for (size_t d = 0; d < devices; ++d) {
    for (const Buffer* buffer : arguments[d]) inputs[d].push_back(buffer->get());
    input_lists.push_back(inputs[d].data());
    output_lists.push_back(outputs[d].data());
  }
  auto options = MakeArgs<PJRT_ExecuteOptions>();
  auto args = MakeArgs<PJRT_LoadedExecutable_Execute_Args>();
  args.executable = loaded_;
  args.options = &options;
  args.argument_lists = input_lists.data();
  args.num_devices = devices;
  args.num_args = inputs.front().size();
  args.output_lists = output_lists.data();
  plugin_->Check((*plugin_)->PJRT_LoadedExecutable_Execute(&args), "computing");

  std::vector<std::vector<Buffer>> results(devices);
  for (size_t d = 0; d < devices; ++d)
    for (PJRT_Buffer* buffer : outputs[d]) results[d].emplace_back(*plugin_, buffer);
  return results;
}

ProgramMemory CompileForTopology(const Plugin& plugin, const std::string& topology,
                                 const std::vector<Setting>& settings, std::string_view module_text,
                                 const CompileOptions& options) {
  const std::vector<PJRT_NamedValue> values = NamedValues(settings);
  auto create = MakeArgs<PJRT_TopologyDescription_Create_Args>();
  create.topology_name = topology.data();
  create.topology_name_size = topology.size();
  create.create_options = values.data();
  create.num_options = values.size();
  plugin.Check(plugin->PJRT_TopologyDescription_Create(&create), "describing a device that is not here");

  const PJRT_Program program = ProgramOf(module_text);
  const std::string serialized = Serialize(options);
  auto args = MakeArgs<PJRT_Compile_Args>();
  args.topology = create.topology;
  args.program = &program;
  args.compile_options = serialized.data();
  args.compile_options_size = serialized.size();
  PJRT_Error* const error = plugin->PJRT_Compile(&args);
  auto destroy = MakeArgs<PJRT_TopologyDescription_Destroy_Args>();
  destroy.topology = create.topology;
  plugin.Check(plugin->PJRT_TopologyDescription_Destroy(&destroy), "compiling");
  plugin.Check(error, "compiling");
  const ProgramMemory memory = MemoryOf(plugin, args.executable);
  Destroy(plugin, args.executable);
  return memory;
}

}  // namespace agront::device::xla
