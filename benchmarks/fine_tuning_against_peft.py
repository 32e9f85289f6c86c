#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning steps in turn with Hugging Face transformers and PEFT: four layers of the published width.

    cmake --preset release -DAGRONT_DEVELOPER_TOOLS=ON && cmake --build --preset release --target task_step
    python benchmarks/fine_tuning_against_peft.py --task-step build/release/task_step --repeat 5

Forward, backward and AdamW on 16 sequences of 300 to 1,500 bp, float32, random weights, the head of
EsmForSequenceClassification, the same number of threads: LoRA of rank 8 on queries and values, and IA3 on keys, values
and the inner feed-forward. With --bf16 our frozen base and our products are in bfloat16, theirs by torch.autocast.
Hugging Face pads to the longest sequence, as its collators do. They take turns, so that a noisy machine is noisy for
both; medians are printed, of the ratios as well. Needs torch, transformers and peft.
(tools/compare_adapters.py checks that both compute the same.)
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import tempfile
import time

import peft
import torch
import transformers

SEQUENCES, SHORTEST_BP, LONGEST_BP = 16, 300, 1500
PAD, CLS = 1, 3
KMER = 6


def draw_lengths(seed):
    """Tokens of each sequence: <cls>, 6-mers, and single letters at the end."""
    rng = random.Random(seed)
    lengths_bp = [rng.randint(SHORTEST_BP, LONGEST_BP) for _ in range(SEQUENCES)]
    return [1 + bp // KMER + bp % KMER for bp in lengths_bp]


def make_base(folder):
    config = transformers.EsmConfig(
        vocab_size=4105, hidden_size=1500, num_hidden_layers=4, num_attention_heads=20, intermediate_size=5120,
        max_position_embeddings=1026, position_embedding_type="absolute", layer_norm_eps=1e-12, token_dropout=False,
        emb_layer_norm_before=False, tie_word_embeddings=False, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, pad_token_id=PAD, mask_token_id=2)
    transformers.EsmForMaskedLM(config).save_pretrained(folder)


class Peer:
    def __init__(self, folder, adapter, lengths, bf16):
        self.bf16 = bf16
        base = transformers.EsmForSequenceClassification.from_pretrained(folder, num_labels=2,
                                                                         attn_implementation="sdpa")
        if adapter == "lora":
            config = peft.LoraConfig(task_type="SEQ_CLS", r=8, lora_alpha=16, lora_dropout=0.0,
                                     target_modules=["query", "value"])
        else:
            inner = r".*encoder\.layer\.\d+\.output\.dense"
            config = peft.IA3Config(task_type="SEQ_CLS", feedforward_modules=inner,
                                    target_modules=r".*encoder\.layer\.\d+\.(attention\.self\.(key|value)|output\.dense)")
        self.model = peft.get_peft_model(base, config).train()
        trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, lr=1e-4)
        self.tokens = torch.full((len(lengths), max(lengths)), PAD)
        for row, length in zip(self.tokens, lengths):
            row[:length] = torch.randint(4, 4100, (length,))
            row[0] = CLS
        self.labels = torch.randint(0, 2, (len(lengths),))

    def step(self):
        start = time.perf_counter()
        self.optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            loss = self.model(input_ids=self.tokens, attention_mask=(self.tokens != PAD).long(), labels=self.labels).loss
        loss.backward()
        self.optimizer.step()
        return time.perf_counter() - start


def our_step(options, folder, adapter, lengths):
    command = [options.task_step, folder, adapter, "bf16" if options.bf16 else "fp32", "1", *map(str, lengths)]
    text = subprocess.run(command, check=True, capture_output=True, text=True,
                          env=os.environ | {"OMP_NUM_THREADS": str(options.threads)}).stdout
    return json.loads(text)["seconds"][0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task-step", metavar="PROGRAM", required=True)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bf16", action="store_true", help="both in bfloat16")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    lengths = draw_lengths(options.seed)
    padding = 1 - sum(lengths) / (len(lengths) * max(lengths))
    print(f"{SEQUENCES} sequences, {sum(lengths)} tokens, {100 * padding:.0f} % padding in the peer's batch, "
          f"{options.threads} threads\n")
    print("| 4 layers, one step | Hugging Face + PEFT (s) | agront (s) | ratio (median) | its range |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        make_base(folder)
        for adapter, name in (("lora", "LoRA r=8 on q, v"), ("ia3", "IA3 on k, v, ff")):
            peer = Peer(folder, adapter, lengths, options.bf16)
            peer.step()
            theirs, ours = [], []
            for _ in range(options.repeat):
                theirs.append(peer.step())
                ours.append(our_step(options, folder, adapter, lengths))
            ratios = [a / b for a, b in zip(theirs, ours)]
            print(f"| {name} | {statistics.median(theirs):.2f} | {statistics.median(ours):.2f} "
                  f"| {statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |", flush=True)


if __name__ == "__main__":
    main()
