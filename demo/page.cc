// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <agront/version.h>
#include <fmt/format.h>

#include <algorithm>

namespace agront::demo {
namespace {

constexpr const char* kStyle = R"(<style>
:root { color-scheme: light; }
body { margin: 0; background: #f6f7f8; color: #202428; font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 24px 60px; }
h1 { font-size: 27px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 0 0 4px; }
p { margin: 4px 0 10px; max-width: 74ch; color: #444b52; }
.note { background: #fff7e6; border: 1px solid #f0dcae; border-radius: 8px; padding: 8px 14px; display: inline-block; color: #5b4a1d; }
section { background: white; border: 1px solid #e3e6e8; border-radius: 12px; padding: 18px 20px; margin-top: 18px; min-width: 0; }
.scroll { overflow-x: auto; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 18px; }
@media (max-width: 900px) { .pair { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 640px) { main { padding: 16px 10px 40px; } section { padding: 14px 12px; } }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 10px; border-bottom: 1px solid #eceef0; }
th { font-weight: 600; color: #555d64; font-size: 13px; }
th:first-child, td:first-child { text-align: left; }
tr:last-child td { font-weight: 600; border-bottom: 0; }
td.share { text-align: left; white-space: nowrap; }
.value { display: inline-block; width: 4em; text-align: right; margin-right: 8px; }
.bar { display: inline-block; height: 10px; border-radius: 0 3px 3px 0; vertical-align: middle; }
svg { width: 100%; height: auto; display: block; font-family: inherit; font-size: 12px; }
.track svg { min-width: 900px; }
.tick { font-size: 12px; fill: #6a7178; }
.gene { font-size: 11px; fill: #3c4248; }
code { background: #eef0f2; border-radius: 4px; padding: 1px 5px; font-size: 13px; }
footer { color: #6a7178; font-size: 13px; margin-top: 22px; }
</style>
)";

std::string SummaryTable(const std::array<KindSummary, kNumKinds + 1>& summary) {
  constexpr double kWidest = 120;
  double largest = 1e-9;
  for (const KindSummary& row : summary) largest = std::max({largest, row.correct, row.baseline_correct});
  const auto cell = [&](double share, const char* colour) {
    return fmt::format(
        "<td class=\"share\"><span class=\"value\">{:.2f} %</span><span class=\"bar\" "
        "style=\"width:{:.1f}px;background:{}\"></span></td>",
        100 * share, kWidest * share / largest, colour);
  };
  std::string html =
      "<div class=\"scroll\"><table><tr><th>kind of sequence</th><th>6-mers</th><th>accuracy: model</th>"
      "<th>accuracy: 6-mer frequencies</th><th>mean log-probability: model</th><th>6-mer frequencies</th></tr>\n";
  for (size_t i = 0; i < summary.size(); ++i) {
    const KindSummary& row = summary[i];
    const char* colour = i < kNumKinds ? kKindStyles[i].colour : "#2f6fb0";
    html += fmt::format("<tr><td>{}</td><td>{}</td>{}{}<td>{:.3f}</td><td>{:.3f}</td></tr>\n",
                        i < kNumKinds ? kKindStyles[i].name : "all", row.sixmers, cell(row.correct, colour),
                        cell(row.baseline_correct, colour), row.log_probability, row.baseline_log_probability);
  }
  return html + "</table></div>\n";
}

}  // namespace

std::string WritePage(const PageContent& content) {
  return fmt::format(
      R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgroNT in C++: a chloroplast genome</title>
{0}</head><body><main>
<h1>What a DNA language model sees in a chloroplast genome</h1>
<p><em>Arabidopsis thaliana</em>, {1}, {2} bp. Every 6-mer was masked once and predicted from the sequence around it, in
windows of up to 1,024 tokens ({3:.1f} s on this machine).</p>
<div class="note">{4}</div>

<section><h2>How often does the model predict the masked 6-mer?</h2>
<p>There are 4,096 6-mers, so guessing is right in 0.02 % of cases. The baseline predicts each 6-mer by its frequency in
the genomes that the model was trained on, without any context. Log-probabilities are natural and higher is better;
guessing has -8.318.</p>
{5}</section>

<section><h2>Predictability along the genome</h2>
<p>The gain in log-probability over the 6-mer frequencies (nats, mean over about half a kilobase). Below each curve are
the genes: those of the forward strand above the line, those of the reverse strand below it. Thin bars are introns. Colours
are those of the table.</p>
<div class="scroll track">{6}</div></section>

<div class="pair">
<section class="scroll"><h2>Windows by their embeddings</h2>
<p>The mean embedding of the last layer for each window of 240 bp, along the first two principal components. No gene
annotation was used in training.</p>
{7}</section>
<section class="scroll"><h2>One attention map</h2>
<p>{8}</p>
{9}</section>
</div>

<section><h2>Every substitution at the beginning of {12}</h2>
<p>Each column is a base around the first codon, each row what it may become: red where the masked model finds that less
likely than the base that stands there, blue where likelier (<code>agront score --frames 6 --window-bp 390</code>). Point
at a cell for its place and score in nats. Such a small model's scores mean nothing for plants; the picture is what there
is to see with AgroNT.</p>
{11}</section>

<footer>Made by <code>./demo.sh</code> with agront {10}. The sequence is GenBank's; no species of its order, Brassicales, was
in the training data. This page needs no other file: it can be saved and sent as it is.</footer>
</main></body></html>
)",
      kStyle, content.genome, content.length, content.seconds, content.model, SummaryTable(content.summary),
      content.track, content.scatter, content.attention_about, content.attention, Version(), content.variants,
      content.variants_gene);
}

}  // namespace agront::demo
