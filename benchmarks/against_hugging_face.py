#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program and Hugging Face transformers in turn, on the same model and the same amount of work.

    python benchmarks/against_hugging_face.py --agront build/release/agront --model DIR --sequences 1 --repeat 5

Both run `--sequences` windows of 1,024 tokens through all layers in float32 with the same number of threads, the program
also in the precisions of --precision. They take turns, so that a noisy machine is noisy for all; medians and ratios are
printed. Needs torch and transformers. (tools/compare_references.py checks that both compute the same.)
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
    parser.add_argument("--agront", required=True)
    parser.add_argument("--model", required=True, help="a Hugging Face folder, such as 8 layers of true width")
    parser.add_argument("--sequences", type=int, default=1)
    parser.add_argument("--precision", default="fp32,bf16")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    model = transformers.EsmModel.from_pretrained(options.model, dtype=torch.float32, attn_implementation="sdpa",
                                                  add_pooling_layer=False).eval()
    tokens = torch.randint(4, 4100, (options.sequences, TOKENS))
    mask = torch.ones_like(tokens)
    seconds = {"Hugging Face fp32, sdpa": []}
    with torch.no_grad():
        model(tokens, attention_mask=mask)
        for _ in range(options.repeat):
            start = time.perf_counter()
            model(tokens, attention_mask=mask)
            seconds["Hugging Face fp32, sdpa"].append(time.perf_counter() - start)
            for precision in options.precision.split(","):
                command = [options.agront, "bench", "--model", options.model, "--precision", precision, "--json",
                           "--sequences", options.sequences, "--threads", options.threads, "--repeat", 1]
                text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
                seconds.setdefault(f"agront {precision}", []).append(json.loads(text)["seconds"])
    peer = statistics.median(seconds["Hugging Face fp32, sdpa"])
    print(f"| {options.sequences} x {TOKENS} tokens | seconds (median of {options.repeat}) | times Hugging Face |")
    print("|---|---|---|")
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"| {name} | {median:.3f} | {peer / median:.2f} |")


if __name__ == "__main__":
    main()
