// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace agront::model {

/// The model inside the program, an example of the architecture that we trained ourselves; not AgroNT
/// (models/agront-mini/README.md). open_model.h opens it.
inline constexpr char kEmbeddedModelName[] = "agront-mini";

}  // namespace agront::model
