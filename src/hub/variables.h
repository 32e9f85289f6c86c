// SPDX-License-Identifier: Apache-2.0
// The environment variables of Hugging Face's hub.
#pragma once

#include <chrono>
#include <string>

#include "base/environment.h"

namespace agront::hub {

inline constexpr char kDefaultEndpoint[] = "https://huggingface.co";

/// The folder of the cache: HF_HUB_CACHE, else HUGGINGFACE_HUB_CACHE, else HF_HOME/hub, else
/// XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub. "~", $NAME and ${NAME} in them are expanded.
std::string CacheFolder(const Environment& environment);

/// HF_ENDPOINT without "/" at its end, else the hub itself.
std::string Endpoint(const Environment& environment);

/// HF_TOKEN, HUGGING_FACE_HUB_TOKEN, else what the file HF_TOKEN_PATH or HF_HOME/token holds; "" where there is none or
/// HF_HUB_DISABLE_IMPLICIT_TOKEN is set. Throws Error, without the token in it, for one that no header may hold, and
/// for a file that cannot be read.
std::string Token(const Environment& environment);

/// The variable that forbids the network, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE; "" if neither does.
std::string OfflineVariable(const Environment& environment);

/// 1, ON, YES or TRUE.
bool IsSet(const Environment& environment, const char* name);

/// Seconds in a variable, 10 where it is not set. Throws Error when it is no whole number from 1 to 3,600.
std::chrono::seconds Seconds(const Environment& environment, const char* name);

}  // namespace agront::hub
