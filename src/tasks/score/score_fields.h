// SPDX-License-Identifier: Apache-2.0
// The keys of INFO that agront score writes: their lines in the header, and their values.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/variants/vcf_line.h"
#include "inference/provenance.h"
#include "inference/variant_scorer.h"
#include "tasks/score/allele.h"
#include "tasks/score/score_plan.h"

namespace agront::tasks {

inline constexpr char kStatusKey[] = "AGRONT_STATUS";

/// All keys that the job may write, whether asked for or not: those that are there already are replaced.
std::set<std::string, std::less<>> ScoreKeys();

/// The keys that are written, in the order of FieldsOf.
std::vector<std::string> AskedKeys(const ScorePlan& plan);

/// Lines of the header, without what differs from run to run: no date, no command line.
std::vector<std::string> HeaderLines(const ScorePlan& plan, const inference::Provenance& provenance);

/// What becomes of an allele whose scores were made.
VariantStatus StatusOf(const ScorePlan& plan, const genome::Change& change, const VariantScores& scores);

/// The fields of a record, a value for each alternative; none for a record without alternatives.
std::vector<formats::InfoField> FieldsOf(const ScorePlan& plan, const std::vector<VariantStatus>& statuses,
                                         const std::vector<VariantScores>& scores);

}  // namespace agront::tasks
