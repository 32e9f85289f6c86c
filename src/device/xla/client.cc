// SPDX-License-Identifier: Apache-2.0
#include "device/xla/client.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "agront/printable.h"
#include "base/error.h"

namespace agront::device::xla {
namespace {

PJRT_Buffer_Type TypeOf(Element element) {
  switch (element) {
    case Element::kInt32: return PJRT_Buffer_Type_S32;
    case Element::kFloat32: return PJRT_Buffer_Type_F32;
    case Element::kBFloat16: return PJRT_Buffer_Type_BF16;
  }
  Fail("device: unknown format of values");
}

PJRT_NamedValue NamedValueOf(const Setting& setting) {
  auto named = MakeArgs<PJRT_NamedValue>();
  named.name = setting.first.data();
  named.name_size = setting.first.size();
  named.value_size = 1;
  if (const auto* number = std::get_if<int64_t>(&setting.second)) {
    named.type = PJRT_NamedValue_kInt64;
    named.int64_value = *number;
  } else if (const auto* real = std::get_if<float>(&setting.second)) {
    named.type = PJRT_NamedValue_kFloat;
    named.float_value = *real;
  } else if (const auto* flag = std::get_if<bool>(&setting.second)) {
    named.type = PJRT_NamedValue_kBool;
    named.bool_value = *flag;
  } else {
    const auto& text = std::get<std::string>(setting.second);
    named.type = PJRT_NamedValue_kString;
    named.string_value = text.data();
    named.value_size = text.size();
  }
  return named;
}

}  // namespace

std::vector<PJRT_NamedValue> NamedValues(const std::vector<Setting>& settings) {
  std::vector<PJRT_NamedValue> values;
  for (const Setting& setting : settings) values.push_back(NamedValueOf(setting));
  return values;
}

size_t SizeOf(Element element) { return element == Element::kBFloat16 ? 2 : 4; }

Buffer::~Buffer() {
  if (buffer_ == nullptr || plugin_->is_forked()) return;
  auto args = MakeArgs<PJRT_Buffer_Destroy_Args>();
  args.buffer = buffer_;
  (*plugin_)->PJRT_Buffer_Destroy(&args);
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(plugin_, other.plugin_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

void Buffer::Read(std::span<const int64_t> dims, std::span<float> to) const {
  // Said, because a device may keep another order.
  std::vector<int64_t> minor_to_major(dims.size());
  std::iota(minor_to_major.rbegin(), minor_to_major.rend(), 0);
  auto layout = MakeArgs<PJRT_Buffer_MemoryLayout>();
  layout.type = PJRT_Buffer_MemoryLayout_Type_Tiled;
  layout.tiled = MakeArgs<PJRT_Buffer_MemoryLayout_Tiled>();
  layout.tiled.minor_to_major = minor_to_major.data();
  layout.tiled.minor_to_major_size = minor_to_major.size();

  auto args = MakeArgs<PJRT_Buffer_ToHostBuffer_Args>();
  args.src = buffer_;
  args.host_layout = &layout;
  plugin_->Check((*plugin_)->PJRT_Buffer_ToHostBuffer(&args), "reading a result");  // its size
  if (args.dst_size != to.size_bytes())
    Fail("{}: reading a result: expected {} bytes, got {}", plugin_->name(), to.size_bytes(), args.dst_size);
  args.dst = to.data();
  plugin_->Check((*plugin_)->PJRT_Buffer_ToHostBuffer(&args), "reading a result");
  plugin_->Await(args.event, "computing");
}

Client::Client(const Plugin& plugin, const std::vector<Setting>& settings) : plugin_(plugin) {
  const std::vector<PJRT_NamedValue> values = NamedValues(settings);
  auto create = MakeArgs<PJRT_Client_Create_Args>();
  create.create_options = values.data();
  create.num_options = values.size();
  plugin_.Check(plugin_->PJRT_Client_Create(&create), "starting");
  client_ = create.client;

  auto name = MakeArgs<PJRT_Client_PlatformName_Args>();
  name.client = client_;
  plugin_.Check(plugin_->PJRT_Client_PlatformName(&name), "starting");
  platform_ = Printable({name.platform_name, name.platform_name_size});

  auto devices = MakeArgs<PJRT_Client_AddressableDevices_Args>();
  devices.client = client_;
  plugin_.Check(plugin_->PJRT_Client_AddressableDevices(&devices), "starting");
  devices_ = {devices.addressable_devices, devices.num_addressable_devices};
  if (devices_.empty()) Fail("{}: starting: expected a device, got none", plugin_.name());
}

Client::~Client() {
  if (plugin_.is_forked()) return;
  auto args = MakeArgs<PJRT_Client_Destroy_Args>();
  args.client = client_;
  plugin_->PJRT_Client_Destroy(&args);
}

PJRT_DeviceDescription* Client::Description(int device) const {
  auto description = MakeArgs<PJRT_Device_GetDescription_Args>();
  description.device = devices_[static_cast<size_t>(device)];
  plugin_.Check(plugin_->PJRT_Device_GetDescription(&description), "describing a device");
  return description.device_description;
}

std::string Client::Attribute(int device, std::string_view name) const {
  auto list = MakeArgs<PJRT_DeviceDescription_Attributes_Args>();
  list.device_description = Description(device);
  plugin_.Check(plugin_->PJRT_DeviceDescription_Attributes(&list), "describing a device");
  for (const PJRT_NamedValue& attribute : std::span(list.attributes, list.num_attributes))
    if (attribute.type == PJRT_NamedValue_kString && std::string_view(attribute.name, attribute.name_size) == name)
      return {attribute.string_value, attribute.value_size};
  return "";
}

std::string Client::DeviceKind(int device) const {
  auto kind = MakeArgs<PJRT_DeviceDescription_Kind_Args>();
  kind.device_description = Description(device);
  plugin_.Check(plugin_->PJRT_DeviceDescription_Kind(&kind), "describing a device");
  return Printable({kind.device_kind, kind.device_kind_size});
}

int64_t Client::PeakMemory(int device) const {
  auto stats = MakeArgs<PJRT_Device_MemoryStats_Args>();
  stats.device = devices_[static_cast<size_t>(device)];
  try {
    plugin_.Check(plugin_->PJRT_Device_MemoryStats(&stats), "describing a device");
  } catch (const Error& /*what CPU plugins do not tell*/) {
    return 0;
  }
  return stats.peak_bytes_in_use_is_set ? stats.peak_bytes_in_use : 0;
}

Buffer Client::Upload(const void* values, Element element, std::span<const int64_t> dims, int device) const {
  auto args = MakeArgs<PJRT_Client_BufferFromHostBuffer_Args>();
  args.client = client_;
  args.data = values;
  args.type = TypeOf(element);
  args.dims = dims.data();
  args.num_dims = dims.size();
  args.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableUntilTransferCompletes;
  args.device = devices_[static_cast<size_t>(device)];
  plugin_.Check(plugin_->PJRT_Client_BufferFromHostBuffer(&args), "uploading");
  Buffer buffer(plugin_, args.buffer);
  plugin_.Await(args.done_with_host_buffer, "uploading");
  return buffer;
}

}  // namespace agront::device::xla
