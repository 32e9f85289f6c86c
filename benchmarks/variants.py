#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the records themselves cost `agront score`: its rate without scores beside bcftools, and the memory it takes.

    python3 benchmarks/variants.py [--program build/release/agront] [--records 1000000] [--threads 1] [--turns 5]
                                   [--large 10000000] [--samples 50000] [--folder DIR]

Files are drawn and written first. Rates: medians of so many turns, in which `agront score --scores none` and `bcftools view` with
the same number of threads go one after the other, from text to text and from bgzip to bgzip; by processor time (user and system),
which other programs on the machine change little, and by the clock. Memory: the largest resident size of one run each, of LARGE
records, and of 1,000 records with so many SAMPLES, beside that of a run of 10 records; once without scores, and once with those of
about 20 SNVs by the embedded model, all other records having no alternative. A size of 0 leaves a part out.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CONTIGS, LENGTH = 5, 6_000_000
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
MIB = 1 << 20
SCORED = 20


def write_genome(path, draw):
    genome = {}
    with open(path, "w") as file:
        for i in range(CONTIGS):
            bases = "".join(draw.choices("ACGT", k=LENGTH))
            genome[f"chr{i + 1}"] = bases
            file.write(f">chr{i + 1}\n" + "\n".join(bases[at:at + 60] for at in range(0, LENGTH, 60)) + "\n")
    return genome


def write_variants(path, genome, count, draw, samples=0, scored=0):
    """Sorted, nine in ten of them SNVs, with what callers write into INFO; or about so many scored, and none else."""
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
                if scored:
                    alt = other if i % max(1, count // scored) == 0 else "."
                columns = "\tGT\t" + "\t".join(draw.choices(genotypes, k=samples)) if samples else ""
                file.write(f"{name}\t{at + 1}\t.\t{base}\t{alt}\t{draw.random() * 90:.2f}\tPASS\tAC={draw.randrange(200)};"
                           f"AF={draw.random():.4f};DP={draw.randrange(3000)};MQ=60.00{columns}\n")


def timed(command):
    """Seconds by the clock, seconds of processors, and the largest resident size in bytes."""
    start = time.monotonic()
    done = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = done.stderr.read()
    _, status, usage = os.wait4(done.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}: {error.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def in_turns(commands, turns):
    """Medians of (seconds by the clock, of processors), for each command."""
    taken = [[timed(command)[:2] for command in commands] for _ in range(turns)]
    return [tuple(statistics.median(times) for times in zip(*of_command)) for of_command in zip(*taken)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("build/release/agront"))
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--folder", type=pathlib.Path, help="where files are written; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measure(options, pathlib.Path(folder))


def measure(options, folder):
    draw = random.Random(1)
    genome = write_genome(folder / "genome.fa", draw)
    score = [options.program, "score", "--genome", folder / "genome.fa", "-q", "--force", "-t", options.threads]
    if options.records > 0:
        measure_rates(options, folder, genome, [*score, "--scores", "none"], draw)
    for scores in (["--scores", "none"], ["--scores", "llr", "--window-bp", 390]):
        measure_memory(options, folder, genome, [*score, *scores], draw, 0 if "none" in scores else SCORED)


def measure_rates(options, folder, genome, score, draw):
    write_variants(folder / "in.vcf", genome, options.records, draw)
    bgzip = shutil.which("bgzip") or sys.exit("bgzip: not found; apt-get install bcftools tabix")
    subprocess.run([bgzip, "-k", folder / "in.vcf"], check=True)
    for ending, kind in (("vcf", "v"), ("vcf.gz", "z")):
        ours = [*score, "--variants", folder / f"in.{ending}", "-o", folder / f"out.{ending}"]
        view = ["bcftools", "view", "--no-version", "--threads", options.threads - 1, "-O", kind, "-o", folder / f"view.{ending}",
                folder / f"in.{ending}"]
        for name, one, other in zip(("clock", "processor time"), *in_turns([ours, view], options.turns)):
            print(f"{ending}, {name}: {options.records / one:,.0f} records/s, bcftools view {options.records / other:,.0f}: "
                  f"{other / one:.2f} of it", flush=True)


def measure_memory(options, folder, genome, score, draw, scored):
    write_variants(folder / "ten.vcf", genome, 10, draw, 0, min(scored, 5))
    few = timed([*score, "--variants", folder / "ten.vcf", "-o", folder / "ten.out.vcf"])[2]
    for name, count, samples in (("large", options.large, 0), ("wide", 1_000 if options.samples else 0, options.samples)):
        if count > 0:
            write_variants(folder / f"{name}.vcf", genome, count, draw, samples, scored)
            seconds, of_processors, memory = timed([*score, "--variants", folder / f"{name}.vcf", "-o",
                                                    folder / f"{name}.out.vcf.gz"])
            print(f"{count:,} records, {samples:,} samples, {f'about {scored} scored' if scored else 'no scores'}: "
                  f"{seconds:.1f} s, {of_processors:.1f} s of processors, {memory / MIB:.0f} MiB, "
                  f"{(memory - few) / MIB:.0f} more than 10 records take", flush=True)
            (folder / f"{name}.vcf").unlink()
            (folder / f"{name}.out.vcf.gz").unlink()


if __name__ == "__main__":
    main()
