// SPDX-License-Identifier: Apache-2.0
#include "agront/variant_scorer.h"

namespace agront {

const char* WordOf(VariantStatus status) {
  switch (status) {
    case VariantStatus::kScored: return "scored";
    case VariantStatus::kUsePll: return "use_pll";
    case VariantStatus::kNoSixmer: return "no_6mer";
    case VariantStatus::kNoWindow: return "no_window";
    case VariantStatus::kChecked: return "checked";
    case VariantStatus::kRefDiffers: return "ref_differs";
    case VariantStatus::kUnknownContig: return "unknown_contig";
    case VariantStatus::kBeyondContig: return "beyond_contig";
    case VariantStatus::kSymbolic: return "symbolic";
    case VariantStatus::kStar: return "star";
    case VariantStatus::kAnyAllele: return "any_allele";
    case VariantStatus::kBreakend: return "breakend";
    case VariantStatus::kAmbiguous: return "ambiguous";
    case VariantStatus::kInvalid: return "invalid";
    case VariantStatus::kTooLong: return "too_long";
  }
  return "";
}

}  // namespace agront
