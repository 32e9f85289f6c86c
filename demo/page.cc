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
section { background: white; border: 1px solid #e3e6e8; border-radius: 12px; padding: 18px 20px; margin-top: 18px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 18px; }
@media (max-width: 900px) { .pair { grid-template-columns: 1fr; } }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 10px; border-bottom: 1px solid #eceef0; }
th { font-weight: 600; color: #555d64; font-size: 13px; }
th:first-child, td:first-child { text-align: left; }
tr:last-child td { font-weight: 600; border-bottom: 0; }
.bar { display: inline-block; height: 10px; border-radius: 3px; margin-right: 8px; vertical-align: middle; }
svg { width: 100%; height: auto; display: block; font-family: inherit; font-size: 12px; }
.tick { font-size: 11px; fill: #6a7178; }
.gene { font-size: 9.5px; fill: #3c4248; }
code { background: #eef0f2; border-radius: 4px; padding: 1px 5px; font-size: 13px; }
footer { color: #6a7178; font-size: 13px; margin-top: 22px; }
</style>
)";

std::string SummaryTable(const std::array<KindSummary, kNumKinds + 1>& summary) {
  std::string html =
      "<table><tr><th>kind of sequence</th><th>6-mers</th><th>first choice right: model</th><th>6-mer frequencies</th>"
      "<th>mean log-probability: model</th><th>6-mer frequencies</th></tr>\n";
  double largest = 1e-9;
  for (const KindSummary& row : summary) largest = std::max(largest, row.correct);
  for (size_t i = 0; i < summary.size(); ++i) {
    const KindSummary& row = summary[i];
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td><span class=\"bar\" style=\"width:{:.0f}px;background:{}\"></span>{:.1f} "
        "%</td><td>{:.2f} %</td><td>{:.3f}</td><td>{:.3f}</td></tr>\n",
        i < kNumKinds ? kKindStyles[i].name : "all", row.sixmers, 120 * row.correct / largest,
        i < kNumKinds ? kKindStyles[i].colour : "#2f6fb0", 100 * row.correct, 100 * row.baseline_correct,
        row.log_probability, row.baseline_log_probability);
  }
  return html + "</table>\n";
}

}  // namespace

std::string WritePage(const PageContent& content) {
  return fmt::format(
      R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgroNT in C++: a chloroplast genome</title>
{0}</head><body><main>
<h1>What a DNA language model sees in a chloroplast genome</h1>
<p><em>Arabidopsis thaliana</em>, {1}, {2} bp. Every 6-mer was masked once and predicted from what stands around it, in
windows of up to 1,024 tokens ({3:.1f} s on this machine).</p>
<div class="note">{4}</div>

<section><h2>How often is the masked 6-mer guessed?</h2>
<p>There are 4,096 6-mers, so chance is 0.02 %. Beside the model: the frequencies of 6-mers in the genomes that it was
trained on, which know nothing of the surroundings. Log-probabilities are natural and higher is better; chance is -8.318.</p>
{5}</section>

<section><h2>Predictability along the genome</h2>
<p>The gain in log-probability over the 6-mer frequencies (nats, mean over about half a kilobase). Below: genes of the
forward strand above the line, of the reverse strand below it; thin bars are introns. Colours as in the table.</p>
{6}</section>

<div class="pair">
<section><h2>Windows by their embeddings</h2>
<p>The mean embedding of the last layer for each window of 240 bp, seen along its two principal components. The model
was never told what a gene is.</p>
{7}</section>
<section><h2>One attention map</h2>
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
in the training data. Nothing on this page comes from elsewhere: it can be saved and sent as one file.</footer>
</main></body></html>
)",
      kStyle, content.genome, content.length, content.seconds, content.model, SummaryTable(content.summary),
      content.track, content.scatter, content.attention_about, content.attention, Version(), content.variants,
      content.variants_gene);
}

}  // namespace agront::demo
