// SPDX-License-Identifier: Apache-2.0
#include "option_rules.h"

#include <array>
#include <cstdio>
#include <sstream>

#include "agront/error.h"
#include "asked.h"

namespace agront::cli {
namespace {

/// The treatment of an option that does not belong to the run when --config has it.
enum class InConfig {
  kIsTakenBack,
  kStays,  ///< the library decides: it contradicts another option, or says the same, or has no effect
};

struct Rule {
  const char* commands;  ///< by blanks
  const char* options;   ///< by blanks
  bool (*belongs)(const Asked& asked);
  const char* where;  ///< what follows the option's name in the message
  InConfig in_config = InConfig::kIsTakenBack;
};

constexpr InputKind kFasta = InputKind::kFasta, kTable = InputKind::kTable, kBed = InputKind::kBed,
                    kGff3 = InputKind::kGff3;

bool IsProbe(const Asked& asked) { return asked.Is("--method", {"probe"}); }
bool HasAdapter(const Asked& asked) { return asked.Is("--method", {"lora", "ia3"}); }
bool IsPerToken(const Asked& asked) { return asked.Is("--task", {"token"}) && !asked.Has("--benchmark"); }
bool IsPerSequence(const Asked& asked) { return !IsPerToken(asked); }
bool HasGenome(const Asked& asked) { return asked.Has("--genome"); }
bool IsMlm(const Asked& asked) { return asked.Has("--mlm"); }
bool IsFinetuned(const Asked& asked) { return !asked.Has("--mlm"); }
bool ReadsTable(const Asked& asked) { return asked.ReadsExamplesIn({kTable}); }
bool ReadsFeatures(const Asked& asked) { return asked.ReadsExamplesIn({kBed, kGff3}); }
bool HasColumns(const Asked& asked) { return asked.ReadsExamplesIn({kTable, kBed, kGff3}) || asked.Has("--labels"); }
bool HasParts(const Asked& asked) { return asked.Has("--benchmark") || asked.IsPositive("--folds"); }

constexpr char kReaders[] = "tokenize embed logits attention unmask";
constexpr char kRegionReaders[] = "tokenize embed logits attention unmask info";
constexpr char kLabelled[] = "finetune predict evaluate";
constexpr char kOfTable[] = "goes with a table (.csv, .tsv)";
constexpr char kOfFeatures[] = "goes with features of a genome (.bed, .gff3)";
constexpr char kOfColumns[] = "goes with a table (.csv, .tsv), features of a genome (.bed, .gff3) or --labels";
constexpr char kPerSequence[] = "goes with a task per sequence, not with --task token";
constexpr char kWithoutBenchmark[] = "goes without --benchmark, whose folder has tasks and files";

constexpr auto kRules = std::to_array<Rule>({
    // Regions of a genome.
    {kReaders, "--genome", [](const Asked& a) { return a.Arguments().empty(); },
     "goes in the place of IN: expected one of them"},
    {"info", "--genome --regions --region --feature --window --pad-at-ends --verify-windows",
     [](const Asked& a) { return a.Has("--verify-precision"); }, "goes with --verify-precision"},
    {"info", "--devices", [](const Asked& a) { return a.Arguments().empty(); }, "goes without DIR: no model is read"},
    {"info", "--model --verify --precision --batch-tokens --verify-precision",
     [](const Asked& a) { return !a.Has("--devices"); }, "goes with a model, not with --devices"},
    {"info", "--device", [](const Asked& a) { return a.Has("--verify-precision"); }, "goes with --verify-precision"},
    {"info", "--genome", [](const Asked& a) { return a.Value("--verify-precision").empty(); },
     "goes with --verify-precision and in the place of its file: expected one of them"},
    {kRegionReaders, "--regions --region --window --pad-at-ends", HasGenome, "goes with --genome"},
    {kRegionReaders, "--region", [](const Asked& a) { return !a.Has("--regions"); },
     "goes in the place of --regions: expected one of them"},
    {kRegionReaders, "--feature", [](const Asked& a) { return KindOfInput(a.Value("--regions")) == kGff3; },
     "goes with --regions in GFF3 (.gff3)"},

    {"embed", "--provenance", [](const Asked& a) { return a.Value("--output").ends_with(".tsv"); },
     "goes with a table (-o FILE.tsv); arrays have their provenance inside"},
    {"unmask", "--top", [](const Asked& a) { return !a.Has("--per-base"); },
     "goes without --per-base, which lists bases and no 6-mers"},

    {"embed", "--per-record", [](const Asked& a) { return a.Is("--pool", {"mean"}); }, "goes with --pool mean"},
    {"info convert", "--model", [](const Asked& a) { return a.Arguments().empty(); },
     "goes without DIR, which says the same"},

    {"score", "--contig-names", [](const Asked& a) { return a.Has("--genome"); }, "goes with --genome"},
    {"score", "--shard",
     [](const Asked& a) { return a.Value("--variants") != "-" && a.Value("--output") != "-" && a.Has("--output"); },
     "goes with a file of variants and -o FILE: all shards read the same, and each writes a part"},
    {"score", "--pll-flank --indel-null",
     [](const Asked& a) { return a.Value("--scores").find("pll") != std::string::npos; }, "goes with pll in --scores"},
    {"score", "--shared-masks",
     [](const Asked& a) {
       const std::string scores = a.Value("--scores");
       return scores.find("llr") != std::string::npos || scores.find("marginal") != std::string::npos;
     },
     "goes with llr or marginal in --scores"},
    {"score", "--frames --model --adapter --precision --device --batch-tokens",
     [](const Asked& a) {
       return !a.Is("--scores", {"", "none"});
     },
     "goes with scores, not with --scores none"},

    {"corpus",
     "--output --force --window-tokens --overlap --shift --training-share --block-bp --folds --seed --min-known --feature "
     "--repeat-feature --flank --keep-duplicates --without-species --without-sequence",
     [](const Asked& a) { return !a.Has("--verify"); }, "goes with building a corpus, not with --verify"},

    {"pull", "--force", [](const Asked& a) { return a.Has("--to"); }, "goes with --to: the cache needs no force"},
    {"pull", "--endpoint", [](const Asked& a) { return a.Arguments().front().find("://") == std::string::npos; },
     "goes with a model of a hub, not with the address of a folder"},

    {"pretrain", "--hidden --heads --layers --ffn --max-tokens", [](const Asked& a) { return !a.Has("--init"); },
     "goes with a new model, not with --init", InConfig::kStays},
    {"pretrain", "--learning-rate-final",
     [](const Asked& a) {
       return a.Is("--decay", {"cosine", "linear"});
     },
     "goes with --decay cosine or linear", InConfig::kStays},

    // Methods of fine-tuning.
    {"finetune", "--rank --alpha", [](const Asked& a) { return a.Is("--method", {"lora"}); },
     "goes with --method lora"},
    {"finetune", "--targets --merge", HasAdapter, "goes with --method lora or ia3"},
    {"finetune", "--precision", [](const Asked& a) { return !a.Is("--method", {"full"}); },
     "goes with a frozen base: --method probe, ia3 or lora"},
    {"finetune", "--recompute", [](const Asked& a) { return !IsProbe(a); }, "goes with --method ia3, lora or full"},
    {"finetune", "--layers", IsProbe, "goes with --method probe"},
    {"finetune", "--layers", [](const Asked& a) { return !a.Is("--pooling", {"attention"}); },
     "goes with --pooling mean, cls or centre"},

    // Tasks.
    {"finetune", "--task", [](const Asked& a) { return !a.Has("--benchmark"); }, kWithoutBenchmark},
    {"finetune", "--layers --pooling --leave-out-unlabelled --pad-at-ends", IsPerSequence, kPerSequence},
    {"finetune", "--window", IsPerSequence, "goes with a task per sequence; with --task token it is --token-window-bp"},
    {"finetune", "--transform", [](const Asked& a) { return a.Has("--benchmark") || a.Is("--task", {"regression"}); },
     "goes with --task regression"},
    {"finetune", "--class-weights",
     [](const Asked& a) { return a.Has("--benchmark") || !a.Is("--task", {"regression"}); },
     "goes with classes, not with --task regression"},
    {"finetune", "--label-separator",
     [](const Asked& a) {
       return a.Is("--task", {"multilabel", "regression"});
     },
     "goes with --task multilabel or regression"},
    {"finetune", "--output-names",
     [](const Asked& a) {
       return a.Has("--benchmark") || !a.Is("--task", {"multiclass", "token"});
     },
     "goes with --task binary, multilabel or regression; classes have their own names"},
    {"finetune", "--positive", [](const Asked& a) { return a.Has("--benchmark") || a.Is("--task", {"binary"}); },
     "goes with --task binary"},
    {"finetune", "--token-window-bp --token-stride-bp --background", IsPerToken, "goes with --task token"},
    {"finetune", "--label-column --id-column --group-column --split-column",
     [](const Asked& a) { return IsPerSequence(a) || ReadsTable(a); },
     "with --task token goes with a table (.csv, .tsv)"},

    // Evaluation of the masked language model, or of a fine-tuned one.
    {"evaluate", "--regions --region --overlap --masking-ratio --every --adapter", IsMlm, "goes with --mlm"},
    {"evaluate",
     "--sequence-column --label-column --label-separator --id-column --group-column --group-separator --labels "
     "--leave-out-unlabelled --keep-repeated-ids --token-window-bp --token-stride-bp --background --bootstrap --positive "
     "--output-names --any-length",
     IsFinetuned, "goes with a fine-tuned model, not with --mlm"},
    {"evaluate", "--masking-ratio --overlap --seed", [](const Asked& a) { return !a.Has("--every"); },
     "goes without --every, which masks each 6-mer once"},
    {"evaluate", "--genome", [](const Asked& a) { return IsFinetuned(a) || a.Arguments().empty(); },
     "goes in the place of IN: expected one of them"},
    {"evaluate", "--regions --region", HasGenome, "goes with --genome"},
    {"evaluate", "--window --pad-at-ends", [](const Asked& a) { return IsFinetuned(a) || HasGenome(a); },
     "goes with --genome"},
    {"evaluate", "--region", [](const Asked& a) { return !a.Has("--regions"); },
     "goes in the place of --regions: expected one of them"},
    {"evaluate", "--feature",
     [](const Asked& a) { return IsFinetuned(a) || KindOfInput(a.Value("--regions")) == kGff3; },
     "goes with --regions in GFF3 (.gff3)"},

    // Files of sequences and labels.
    {"predict", "--regions --region", HasGenome, "goes with --genome"},
    {"predict", "--regions --region", [](const Asked& a) { return a.Arguments().size() < 2; },
     "goes in the place of IN: expected one of them"},
    {"predict", "--region", [](const Asked& a) { return !a.Has("--regions"); },
     "goes in the place of --regions: expected one of them"},
    {"predict", "--window-bp --stride-bp --track",
     [](const Asked& a) { return a.Arguments().size() < 2 && !a.Has("--regions"); },
     "goes with --genome alone or with --region, without IN and --regions"},
    {"predict", "--provenance", [](const Asked& a) { return !a.Has("--window-bp"); },
     "goes with a table; bedGraph has its provenance in lines ##"},
    {kLabelled, "--sequence-column", ReadsTable, kOfTable},
    {"finetune evaluate", "--label-column --label-separator --id-column --group-column --split-column", HasColumns,
     kOfColumns},
    {"predict", "--id-column", HasColumns, "goes with a table (.csv, .tsv) or features of a genome (.bed, .gff3)"},
    {"finetune evaluate", "--labels",
     [](const Asked& a) {
       return a.ReadsExamplesIn({kFasta, kBed, kGff3});
     },
     "goes with FASTA or features of a genome; a table has labels of its own"},
    {"finetune", "--labels", [](const Asked& a) { return !a.Has("--benchmark"); }, kWithoutBenchmark},
    {"predict", "--genome", [](const Asked& a) { return a.Arguments().size() < 2 || ReadsFeatures(a); }, kOfFeatures},
    {"finetune evaluate", "--genome", [](const Asked& a) { return IsMlm(a) || ReadsFeatures(a); }, kOfFeatures},
    {kLabelled, "--window --pad-at-ends --token-window-bp --token-stride-bp",
     [](const Asked& a) { return IsMlm(a) || ReadsFeatures(a); }, kOfFeatures},
    {"finetune evaluate", "--background", ReadsFeatures, kOfFeatures},
    {kLabelled, "--feature", [](const Asked& a) { return IsMlm(a) || a.ReadsExamplesIn({kGff3}); },
     "goes with features in GFF3 (.gff3)"},

    // Which examples are for what.
    {"finetune", "--train --valid --test --folds", [](const Asked& a) { return !a.Has("--benchmark"); },
     kWithoutBenchmark, InConfig::kStays},
    {"finetune", "--folds", [](const Asked& a) { return !a.Has("--valid") && !a.Has("--test"); },
     "goes with --train alone, not with --valid or --test", InConfig::kStays},
    {"finetune", "--split-column", [](const Asked& a) { return !HasParts(a) && !a.Has("--valid") && !a.Has("--test"); },
     "goes with --train alone, not with --valid, --test, --benchmark or --folds", InConfig::kStays},
    {"finetune", "--test-share", [](const Asked& a) { return !a.Has("--valid"); },
     "goes without --valid, beside which no part of --train is drawn", InConfig::kStays},
    {"finetune", "--test-groups --test-share", [](const Asked& a) { return !HasParts(a) && !a.Has("--test"); },
     "goes without --test, --benchmark and --folds, which say what is for the test", InConfig::kStays},
    {"finetune", "--valid-groups", [](const Asked& a) { return !HasParts(a) && !a.Has("--valid"); },
     "goes without --valid, --benchmark and --folds", InConfig::kStays},
    {"finetune", "--test-share", [](const Asked& a) { return !a.Has("--test-groups"); },
     "goes without --test-groups, which say what is for the test", InConfig::kStays},
    {"finetune", "--valid-share", [](const Asked& a) { return !a.Has("--valid") && !a.Has("--valid-groups"); },
     "goes without --valid and --valid-groups, which say what is for validation", InConfig::kStays},
    {"finetune", "--split-seed",
     [](const Asked& a) {
       return a.IsPositive("--folds") || a.IsPositive("--test-share") ||
              (!a.Has("--valid") && !a.Has("--valid-groups"));
     },
     "goes with a draw: --folds, --test-share or --valid-share", InConfig::kStays},
});

bool HasWord(const std::string& words, const std::string& word) {
  std::istringstream stream(words);
  for (std::string one; stream >> one;)
    if (one == word) return true;
  return false;
}

}  // namespace

std::set<const CLI::Option*> GivenOptions(const CLI::App& command) {
  std::set<const CLI::Option*> given;
  for (const CLI::Option* option : command.get_options())
    if (option->count() > 0) given.insert(option);
  return given;
}

void CheckOptionsBelong(CLI::App& command, const std::set<const CLI::Option*>& given, bool is_quiet) {
  const Asked asked(command);
  for (const Rule& rule : kRules) {
    if (!HasWord(rule.commands, command.get_name())) continue;
    std::istringstream names(rule.options);
    for (std::string name; names >> name;) {
      CLI::Option* option = command.get_option_no_throw(name);
      if (option == nullptr || option->count() == 0 || rule.belongs(asked)) continue;
      const std::string line = name + " " + rule.where;
      if (given.contains(option)) throw UsageError(line);
      if (rule.in_config == InConfig::kStays) continue;
      const std::string value = option->results().back();
      option->clear();
      if (!is_quiet && value != "false" && value != option->get_default_str())
        std::fprintf(stderr, "--config: left out: %s\n", line.c_str());
    }
  }
}

}  // namespace agront::cli
