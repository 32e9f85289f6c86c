// SPDX-License-Identifier: Apache-2.0
#include "agront/attention.h"

#include "base/error.h"
#include "base/output_file.h"
#include "inference/array_output.h"
#include "inference/session.h"
#include "plot/attention_picture.h"
#include "tasks/attention/map_list.h"

namespace agront {
namespace {

/// The maps of one entry side by side.
std::string DrawMaps(const data::Entry& entry, const std::vector<AttentionMap>& maps,
                     const std::vector<tensor::Matrix>& probabilities, const inference::Provenance& provenance) {
  std::vector<int64_t> begins = entry.tokens.begin;
  for (int64_t& begin : begins) begin += entry.start;
  std::vector<plot::TitledMap> titled;
  for (size_t i = 0; i < maps.size(); ++i)
    titled.push_back({.title = fmt::format("{}:{}-{}, layer {}, head {}", entry.name, entry.start, entry.end,
                                           maps[i].layer, maps[i].head),
                      .values = probabilities[i].view(),
                      .begins = begins});
  return plot::AttentionPicture(titled,
                                {.note = fmt::format("{} {}{}", provenance.at("program"), provenance.at("model"),
                                                     provenance.contains("note") ? " (an example, not AgroNT)" : ""),
                                 .description = inference::TableLines(provenance)});
}

/// The maps of every sequence, one sequence after another.
ForwardRequest RequestOfAll(const std::vector<AttentionMap>& maps, int64_t sequences) {
  ForwardRequest request;
  for (int64_t sequence = 0; sequence < sequences; ++sequence)
    for (const AttentionMap& map : maps) request.attention.push_back({map.layer, map.head, sequence});
  return request;
}

}  // namespace

void Attention(const AttentionOptions& options) {
  const std::vector<AttentionMap> maps = tasks::ParseMaps(options.maps);
  if (!options.plot.empty()) {
    if (options.plot == options.job.output) FailUsage("plot: expected another file than the output");
    CheckWritable(options.plot, options.job.force);
  }
  inference::Session session(options.job, options.input);
  tasks::CheckMaps(maps, session.shape());
  const auto writer = inference::CreateArrayFile(options.job, session.provenance());
  inference::EntryColumns columns(*writer, session.has_regions());

  std::string picture;
  int64_t entry_number = 0;
  const auto compute = [&](const data::EntryBatch& packed, model::ForwardOutput& forward) {
    session.engine().Forward(packed.batch, RequestOfAll(maps, packed.batch.sequences()), forward);
  };
  session.ForEachBatch("computing attention", compute, [&](const auto& packed, const auto& forward) {
    const ForwardRequest request = RequestOfAll(maps, packed.batch.sequences());
    for (size_t i = 0; i < request.attention.size(); ++i) {
      const AttentionMap& map = request.attention[i];
      const auto probabilities = forward.attention[i].view();
      const size_t array =
          writer->Add(fmt::format("layer_{}_head_{}/{}", map.layer, map.head, entry_number + map.sequence),
                      formats::ArrayKind::kFloat32, {probabilities.cols});
      writer->AppendRows(array, std::span<const float>(probabilities.values()));
      writer->Complete(array);
    }
    if (entry_number == 0 && !options.plot.empty())
      picture = DrawMaps(packed.entries.front(), maps, forward.attention, session.provenance());
    for (const data::Entry& entry : packed.entries) columns.Append(entry);
    entry_number += packed.batch.sequences();
  });
  if (!options.plot.empty()) {
    OutputFile plot(options.plot, options.job.force);
    plot.Write(picture);
    plot.Commit();
  }
  writer->SetProvenance(session.provenance());
  inference::CommitArrays(options.job, *writer);
}

}  // namespace agront
