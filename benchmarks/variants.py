#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the records themselves cost `agront score`: its rate without scores beside bcftools, and the memory it takes.

    python3 benchmarks/variants.py [--program build/release/agront] [--records 1000000] [--threads 1] [--large 10000000]
                                   [--samples 50000] [--folder DIR]

Files are drawn and written first. Rates: the best of three runs, `bcftools view` with the same number of threads, from text to
text and from bgzip to bgzip. Memory: the largest resident size of one run each, of LARGE records, and of 1,000 records with so
many SAMPLES, beside that of a run of 10 records. A size of 0 leaves a part out.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

CONTIGS, LENGTH = 5, 6_000_000
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
MIB = 1 << 20


def write_genome(path, draw):
    genome = {}
    with open(path, "w") as file:
        for i in range(CONTIGS):
            bases = "".join(draw.choices("ACGT", k=LENGTH))
            genome[f"chr{i + 1}"] = bases
            file.write(f">chr{i + 1}\n" + "\n".join(bases[at:at + 60] for at in range(0, LENGTH, 60)) + "\n")
    return genome


def write_variants(path, genome, count, draw, samples=0):
    """Sorted, nine in ten of them SNVs, with what callers write into INFO."""
    header = "##fileformat=VCFv4.2\n" + "".join(f"##contig=<ID={name},length={LENGTH}>\n" for name in genome)
    header += "".join(f'##INFO=<ID={key},Number={number},Type={kind},Description="{key}">\n' for key, number, kind in
                      (("AC", "A", "Integer"), ("AF", "A", "Float"), ("DP", "1", "Integer"), ("MQ", "1", "Float")))
    header += '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    names = "".join(f"\ts{i}" for i in range(samples))
    genotypes = ["0/0", "0/1", "1/1", "./."]
    with open(path, "w") as file:
        file.write(header + COLUMNS + ("\tFORMAT" + names if samples else "") + "\n")
        for name, bases in genome.items():
            step = LENGTH * CONTIGS / count
            for i in range(count // CONTIGS):
                at = int(i * step) + draw.randrange(max(1, int(step)))
                base = bases[at]
                other = draw.choice([letter for letter in "ACGT" if letter != base])
                alt = other if draw.random() < 0.9 else base + "".join(draw.choices("ACGT", k=draw.randrange(1, 8)))
                columns = "\tGT\t" + "\t".join(draw.choices(genotypes, k=samples)) if samples else ""
                file.write(f"{name}\t{at + 1}\t.\t{base}\t{alt}\t{draw.random() * 90:.2f}\tPASS\tAC={draw.randrange(200)};"
                           f"AF={draw.random():.4f};DP={draw.randrange(3000)};MQ=60.00{columns}\n")


def timed(command):
    """Seconds, and the largest resident size in bytes."""
    start = time.monotonic()
    done = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = done.stderr.read()
    _, status, usage = os.wait4(done.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}: {error.decode()}")
    return time.monotonic() - start, usage.ru_maxrss * 1024


def best(command, runs=3):
    return min(timed(command)[0] for _ in range(runs))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("build/release/agront"))
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--folder", type=pathlib.Path, help="where files are written; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measure(options, pathlib.Path(folder))


def measure(options, folder):
    draw = random.Random(1)
    genome = write_genome(folder / "genome.fa", draw)
    score = [options.program, "score", "--genome", folder / "genome.fa", "--scores", "none", "-q", "--force", "-t",
             options.threads, "--variants"]
    if options.records > 0:
        write_variants(folder / "in.vcf", genome, options.records, draw)
        bgzip = shutil.which("bgzip") or sys.exit("bgzip: not found; apt-get install bcftools tabix")
        subprocess.run([bgzip, "-k", folder / "in.vcf"], check=True)
        for ending, kind in (("vcf", "v"), ("vcf.gz", "z")):
            ours = best([*score, folder / f"in.{ending}", "-o", folder / f"out.{ending}"])
            view = best(["bcftools", "view", "--no-version", "--threads", options.threads - 1, "-O", kind, "-o",
                         folder / f"view.{ending}", folder / f"in.{ending}"])
            print(f"{ending}: {options.records / ours:,.0f} records/s, bcftools view {options.records / view:,.0f}: "
                  f"{view / ours:.2f} of it", flush=True)
    write_variants(folder / "ten.vcf", genome, 10, draw)
    few = timed([*score, folder / "ten.vcf", "-o", folder / "ten.out.vcf"])[1]
    for name, count, samples in (("large", options.large, 0), ("wide", 1_000 if options.samples else 0, options.samples)):
        if count > 0:
            write_variants(folder / f"{name}.vcf", genome, count, draw, samples)
            seconds, memory = timed([*score, folder / f"{name}.vcf", "-o", folder / f"{name}.out.vcf.gz"])
            print(f"{count:,} records, {samples:,} samples: {seconds:.1f} s, {memory / MIB:.0f} MiB, "
                  f"{(memory - few) / MIB:.0f} more than 10 records take", flush=True)


if __name__ == "__main__":
    main()
