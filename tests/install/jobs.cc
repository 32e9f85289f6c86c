// SPDX-License-Identifier: Apache-2.0
// Somebody else's program, on the shared library alone.
//
//   jobs FOLDER          jobs from file to file, and both exceptions across the boundary
//   jobs FOLDER train    a few steps of pretraining on FOLDER/corpus, which the first way has left; under mpirun, too
#include <agront/corpus.h>
#include <agront/embed.h>
#include <agront/error.h>
#include <agront/pretrain.h>
#include <agront/tokenize.h>
#include <agront/version.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <typeinfo>

namespace {

void Check(bool is_right, const char* what) {
  if (is_right) return;
  std::fprintf(stderr, "jobs: %s\n", what);
  std::exit(1);
}

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

template <class Expected, class Call>
void CheckThrows(const Call& call, const char* what) {
  bool is_thrown = false;
  try {
    call();
  } catch (const agront::Error& error) {
    is_thrown = typeid(error) == typeid(Expected);
  }
  Check(is_thrown, what);
}

void WriteInputs(const std::string& folder) {
  std::ofstream fasta(folder + "/a.fa");
  fasta << ">chr1\n";
  uint32_t state = 1;
  for (int i = 0; i < 6000; ++i) {
    state = state * 1664525 + 1013904223;
    fasta << "ACGT"[state >> 30];
  }
  fasta << '\n';
  std::ofstream manifest(folder + "/genomes.tsv");
  manifest << "species\tfasta\tregions\tweight\nA\ta.fa\t.\t.\n";
}

void RunJobs(const std::string& folder) {
  WriteInputs(folder);
  agront::EmbedOptions embed;
  embed.input.fasta = folder + "/a.fa";
  embed.job.output = folder + "/embeddings.tsv";
  embed.job.threads = 1;
  agront::Embed(embed);
  Check(FirstLine(embed.job.output).starts_with("name\trecord_start\trecord_end\tlayer\tc0"), "embeddings.tsv");

  agront::TokenizeOptions tokenize;
  tokenize.job = embed.job;
  tokenize.input = embed.input;
  CheckThrows<agront::Error>([&] { agront::Tokenize(tokenize); }, "expected Error for an output that is there");
  embed.job.force = true;
  embed.layers = "99";
  CheckThrows<agront::UsageError>([&] { agront::Embed(embed); }, "expected UsageError for layer 99");

  agront::CorpusOptions corpus;
  corpus.manifest = folder + "/genomes.tsv";
  corpus.job.output = folder + "/corpus";
  corpus.window_tokens = 21;
  corpus.training_share = 1;
  agront::BuildCorpus(corpus);
}

void Train(const std::string& folder) {
  agront::PretrainOptions train;
  train.data.corpus = folder + "/corpus";
  train.job.output = folder + "/run";
  train.job.threads = 1;
  train.shape.layers = 1;
  train.shape.hidden = 8;
  train.shape.heads = 2;
  train.shape.ffn = 8;
  train.shape.max_tokens = 32;
  train.training.batch_tokens = 84;
  train.training.steps = 2;
  train.records.validation_windows = 0;
  agront::Pretrain(train);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string folder = argv[1];
  if (argc > 2)
    Train(folder);
  else
    RunJobs(folder);
  std::printf("agront %s\n", std::string(agront::Version()).c_str());
  return 0;
} catch (const agront::Error& error) {
  std::fprintf(stderr, "jobs: %s\n", error.what());
  return 1;
}
