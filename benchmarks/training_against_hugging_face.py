#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training steps in turn with Hugging Face transformers and torch.optim.AdamW: four layers of the published width.

    cmake --preset release -DAGRONT_BENCHMARKS=ON && cmake --build --preset release --target training_bench
    python benchmarks/training_against_hugging_face.py --bench build/release/bench/training_bench --repeat 5

Forward, backward and update on one window of 1,024 tokens, 15 % of it with a loss, float32, no recomputation, the same
number of threads. Hugging Face computes the logits of all rows, as EsmForMaskedLM does. They take turns, so that a noisy
machine is noisy for both; medians are printed, of the ratios as well. Needs torch and transformers.
(tools/compare_training.py checks that both compute the same.)
"""

import argparse
import json
import os
import statistics
import subprocess
import time

import torch
import transformers

TOKENS = 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", metavar="PROGRAM", required=True)
    parser.add_argument("--bf16", action="store_true", help="mixed precision: ours, and torch.autocast")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = transformers.EsmConfig(
        vocab_size=4105, hidden_size=1500, num_hidden_layers=4, num_attention_heads=20, intermediate_size=5120,
        max_position_embeddings=1026, position_embedding_type="absolute", layer_norm_eps=1e-12, token_dropout=False,
        emb_layer_norm_before=False, tie_word_embeddings=False, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, pad_token_id=1, mask_token_id=2, attn_implementation="sdpa")
    model = transformers.EsmForMaskedLM(config).train()
    tokens = torch.randint(4, 4100, (1, TOKENS))
    labels = torch.where(torch.rand(tokens.shape) < 0.15, tokens, -100)
    mask = torch.ones_like(tokens)

    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.0)

    def step():
        """Seconds: of all, and until the gradients are there."""
        start = time.perf_counter()
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
            loss = model(tokens, attention_mask=mask, labels=labels).loss
        loss.backward()
        gradients = time.perf_counter() - start
        optimizer.step()
        return time.perf_counter() - start, gradients

    step()
    peer, ours = [], []  # of each turn (step, without the update)
    shares = []
    command = [options.bench, f"--benchmark_filter=bf16:{int(options.bf16)}/recompute:0", "--benchmark_min_time=1", "--benchmark_format=json"]
    for _ in range(options.repeat):
        peer.append(step())
        text = subprocess.run(command, check=True, capture_output=True, text=True,
                              env=os.environ | {"OMP_NUM_THREADS": str(options.threads)}).stdout
        result = json.loads(text)["benchmarks"][0]
        ours.append((result["real_time"] / 1e3, result["seconds_without_update"]))
        shares.append((result["share_of_product_rate"], result["share_without_update"]))
    median = statistics.median
    print("| 4 layers, 1,024 tokens | Hugging Face, torch AdamW (s) | agront (s) | ratio (median) | its range "
          "| agront of the product rate |")
    print("|---|---|---|---|---|---|")
    for i, name in enumerate(("forward, backward, update", "forward, backward")):
        ratios = [theirs[i] / mine[i] for theirs, mine in zip(peer, ours)]
        print(f"| {name} | {median(p[i] for p in peer):.2f} | {median(o[i] for o in ours):.2f} | {median(ratios):.2f} "
              f"| {min(ratios):.2f} to {max(ratios):.2f} | {median(s[i] for s in shares):.2f} |")


if __name__ == "__main__":
    main()
