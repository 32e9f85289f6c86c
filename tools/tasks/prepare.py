#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes inputs for `agront finetune` from public labelled sets of plants, with splits that keep relatives together.

    python3 tools/tasks/prepare.py DATA OUT [--chromatin FOLDER] [--seed 0] [--only TASK ...]

DATA has the folders promoter_strength, splicing, lncrna, promoter_class, expression and methylation_6ma as their
authors published them. OUT/TASK/{train,valid,test}.tsv have the columns `id`, `group`, `sequence` and those of the
labels: `label`, or a column for each output. Tests on other species are test_SPECIES.tsv.

Parts are drawn by the seed from families: genes, joined where their sequences share a quarter of their 16-mers, so that
no paralogue, isoform or overlapping window of a training example is tested. 80 % train, 10 % validate, 10 % test, unless
the task says otherwise. The same seed gives the same files. The standard library is all it takes.
"""

import argparse
import collections
import csv
import gzip
import math
import pathlib
import re
import sys

from families import divide, families, ordered

TASKS = {}


def task(function):
    """Registers a function (data folder, seed) -> {file: rows}, named after the task."""
    TASKS[function.__name__] = function
    return function


def read_table(path):
    """The lines of a TSV or CSV with a header, as mappings."""
    with gzip.open(path, "rt", newline="") as file:
        yield from csv.DictReader(file, delimiter="," if ".csv" in path.name else "\t")


def read_fasta(path):
    """(header, sequence in upper case) of each record."""
    header, lines = None, []
    with gzip.open(path, "rt") as file:
        for line in file:
            if line.startswith(">"):
                if header is not None:
                    yield header, "".join(lines).upper()
                header, lines = line[1:].strip(), []
            else:
                lines.append(line.strip())
    if header is not None:
        yield header, "".join(lines).upper()


def row(name, group, sequence, **labels):
    return {"id": name, "group": group, "sequence": sequence, **labels}


def once(rows):
    """Rows whose sequence is a new one; those of a sequence that has two labels are all left out, for neither is known
    to be right."""
    labels = collections.defaultdict(set)
    for each in rows:
        labels[each["sequence"]].add(each["label"])
    seen = set()
    return [each for each in rows
            if len(labels[each["sequence"]]) == 1 and not (each["sequence"] in seen or seen.add(each["sequence"]))]


@task
def promoter_strength_leaf(data, seed):
    """Regression: log2 enrichment of 170-bp core promoters by STARR-seq in tobacco leaf (Jores et al. 2021).
    Arabidopsis, maize and sorghum together. The paper's own test part, divided again: figures are not the paper's."""
    table = read_table(data / "promoter_strength/native_leaf.tsv.gz")
    return divide([row(f"{line['sp']}_{line['gene']}", line["gene"], line["sequence"], label=line["enrichment"])
                   for line in table], seed)


def transcripts(data):
    """(gene, exon 5' of the intron, intron, exon 3' of it, splice count) of every line."""
    for line in read_table(data / "splicing/exon_intron_exon.tsv.gz"):
        yield line["gene"], line["exon5_50nt"], line["intron"], line["exon3_50nt"], int(line["rna_splice_count"])


def splice_sites(data, seed, dinucleotide, before, after, site_of):
    """Windows around true sites and, one for each, around a decoy: the same two letters elsewhere in the same string.
    A site counts from five spliced reads on; a decoy is no site of any string."""
    strings, sites = [], {}
    for gene, exon5, intron, exon3, count in transcripts(data):
        text = exon5 + intron + exon3
        at = site_of(exon5, intron)
        window = text[at - before:at + 2 + after]
        sites.setdefault(window, (gene, count))
        strings.append((gene, text, at, count))
    rows = [row(f"site_{i}", gene, window, label=1)
            for i, (window, (gene, count)) in enumerate(sorted(sites.items())) if count >= 5]
    wanted = collections.Counter(each["group"] for each in rows)
    decoys = {}
    for gene, text, at, count in strings:
        for found in re.finditer(f"(?={dinucleotide})", text):
            start = found.start() - before
            window = text[max(start, 0):start + before + 2 + after]
            if start >= 0 and len(window) == before + 2 + after and found.start() != at and window not in sites:
                decoys.setdefault(window, gene)
    for i, window in enumerate(ordered(seed, decoys)):
        if wanted[decoys[window]] > 0:
            wanted[decoys[window]] -= 1
            rows.append(row(f"decoy_{i}", decoys[window], window, label=0))
    return divide(rows, seed)


@task
def splice_donor(data, seed):
    """Binary: is the GT in the middle of 82 bp of Arabidopsis a donor site?"""
    return splice_sites(data, seed, "GT", 40, 40, lambda exon5, intron: len(exon5))


@task
def splice_acceptor(data, seed):
    """Binary: is the AG in the middle of 82 bp of Arabidopsis an acceptor site?"""
    return splice_sites(data, seed, "AG", 40, 40, lambda exon5, intron: len(exon5) + len(intron) - 2)


@task
def splice_strength(data, seed):
    """Regression: how often an intron is spliced, less what its gene's expression explains. log2 of reads + 1, less the
    mean over the gene's introns, for genes with at least three introns; the 50 bp of exon on both sides are included."""
    genes = collections.defaultdict(dict)
    for gene, exon5, intron, exon3, count in transcripts(data):
        genes[gene].setdefault(exon5 + intron + exon3, math.log2(count + 1))
    rows = []
    for gene, introns in sorted(genes.items()):
        if len(introns) >= 3:
            mean = sum(introns.values()) / len(introns)
            rows += [row(f"{gene}_{i}", gene, text, label=f"{value - mean:.4f}")
                     for i, (text, value) in enumerate(introns.items())]
    return divide(rows, seed)


def gene_of(header):
    """lcl|Athaliana_AT1G10747.1 gene=... and AT1G10747.1 cdna ...: AT1G10747."""
    name = header.split()[0].split("|")[-1]
    return re.sub(r"[._-]\d+$", "", name.split("_", 1)[1] if header.startswith("lcl|") else name)


def matched(long_coding, non_coding, seed):
    """As many mRNA as lncRNA of each length, in steps of a tenth: so that length predicts nothing. 101 to 6,000 bp, as in
    the Plants Genomic Benchmark."""
    bins = collections.defaultdict(lambda: ({}, {}))
    for label, records in ((0, long_coding), (1, non_coding)):
        for header, sequence in records:
            if 101 <= len(sequence) <= 6000:
                step = math.floor(math.log(len(sequence)) / math.log(1.1))
                bins[step][label].setdefault(sequence, header)
    rows = []
    for step, both in sorted(bins.items()):
        count = min(len(records) for records in both)
        for label, records in enumerate(both):
            for sequence in ordered(seed, records)[:count]:
                header = records[sequence]
                rows.append(row(header.split()[0], gene_of(header), sequence, label=label))
    return once(rows)


@task
def lncrna(data, seed):
    """Binary: lncRNA (1) or mRNA (0) of Arabidopsis, of equal lengths; tested on other Arabidopsis genes, and on rice,
    orange and Amborella as transfer."""
    folder = data / "lncrna"

    def species(coding, *non_coding):
        return matched(read_fasta(folder / f"{coding}.fa.gz"),
                       (record for name in non_coding for record in read_fasta(folder / f"{name}.fa.gz")), seed)

    parts = divide(species("ath_pc_train", "ath_lnc_train", "ath_lnc_test"), seed)
    parts["test_rice"] = species("osa_pc_train", "osa_lnc_train", "osa_lnc_test")
    parts["test_orange"] = species("mrna_csinensis", "lnc_citrus")
    parts["test_amborella"] = species("mrna_atrichopoda", "lnc_amborella")
    return parts


@task
def promoter_class(data, seed):
    """Multiclass: 251 bp of Arabidopsis, around a transcription start with a TATA box (TATA) or without (TATA-less), or
    inside a gene behind its first exon (none)."""
    rows = []
    for name, label in (("Arabidopsis_tata", "TATA"), ("Arabidopsis_non_tata", "TATA-less"),
                        ("Arabidopsis_non_prom", "none"), ("Arabidopsis_non_prom_big", "none")):
        for i, (header, sequence) in enumerate(read_fasta(data / f"promoter_class/{name}.fa.gz")):
            promoter = re.match(r"FP\d+ (\w+)_\d+", header)
            rows.append(row(f"{name}_{i}", promoter.group(1) if promoter else f"{name}_{i}", sequence, label=label))
    return divide(once(rows), seed)


def expression(data, name, seed):
    """A column for each tissue, as FPKM; empty where there is none."""
    rows = []
    for line in read_table(data / f"expression/{name}_promoter170_FPKM.tsv.gz"):
        tissues = {key.replace(",", ""): value for key, value in line.items()
                   if key not in ("gene", "sequence", "starr_leaf", "starr_proto")}
        if any(tissues.values()):
            rows.append(row(line["gene"], line["gene"], line["sequence"], **tissues))
    return divide(rows, seed)


@task
def expression_maize(data, seed):
    """Multi-output regression: FPKM in 23 tissues of maize from the 170-bp core promoter. Learn it as log1p."""
    return expression(data, "Maize", seed)


@task
def expression_sorghum(data, seed):
    """Multi-output regression: FPKM in 11 tissues of sorghum from the 170-bp core promoter. Learn it as log1p."""
    return expression(data, "Sorghum", seed)


@task
def expression_arabidopsis_leaf(data, seed):
    """Regression: log of the largest TPM in leaves of Arabidopsis from 512 bp that end in the 5' leader."""
    return divide([row(line["gene"], line["gene"], line["sequence"], label=line["logMaxTPM"])
                   for line in read_table(data / "expression/ath_5leader512_leaf_logMaxTPM.tsv.gz")], seed)


@task
def expression_arabidopsis_promoter(data, seed):
    """Regression: the same from the 251 bp around the transcription start; some genes have several starts."""
    return divide([row(f"{line['gene']}_{i}", line["gene"], line["sequence"], label=line["logMaxTPM"])
                   for i, line in enumerate(read_table(data / "expression/ath_epd251_leaf_logMaxTPM.tsv.gz"))], seed)


@task
def methylation_6ma(data, seed):
    """Binary: is the A in the middle of 41 bp of Arabidopsis methylated? The authors' test part, without what is near to
    a training example (131 are equal to one); rice as transfer."""
    def rows(name):
        return [row(f"{name}_{i}", f"{name}_{i}", line["sequence"], label=line["label"])
                for i, line in enumerate(read_table(data / f"methylation_6ma/{name}.tsv.gz"))]

    train, test = once(rows("ath_train")), once(rows("ath_test"))
    number = families([each["group"] for each in train + test], [each["sequence"] for each in train + test])
    trained = set(number[:len(train)])
    parts = divide(train, seed, [("valid", 0.1)])
    parts["test"] = [each for each, family in zip(test, number[len(train):]) if family not in trained]
    parts["test_rice"] = once(rows("rice"))
    return parts


def chromatin_19(folder):
    """Multilabel: accessibility of 1 kb of Arabidopsis in 19 samples (ATAC, DNase), as DNALLM's example files divide it;
    test and validation without what is near to a training example."""
    with open(folder / "multilabel_classification.labels.txt", encoding="utf-8") as file:
        names = [line["label_name"] for line in csv.DictReader(file)]

    def rows(part):
        table = read_table(folder / f"multilabel_classification.{part}.csv.gz")
        return [row(f"{part}_{i}", f"{part}_{i}", line["sequence"].upper(), **dict(zip(names, line["label"].split(";"))))
                for i, line in enumerate(table)]

    parts = {"train": rows("train"), "valid": rows("dev"), "test": rows("test")}
    everything = [each for part in parts.values() for each in part]
    number = dict(zip((each["id"] for each in everything),
                      families([each["id"] for each in everything], [each["sequence"] for each in everything])))
    taken = set()
    for part, examples in parts.items():
        parts[part] = [each for each in examples if number[each["id"]] not in taken]
        taken |= {number[each["id"]] for each in examples}
    return parts


def write(folder, name, rows):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.tsv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda each: each["id"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--chromatin", type=pathlib.Path, metavar="FOLDER",
                        help="DNALLM's example files, with multilabel_classification.*.csv.gz: the task chromatin_19")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", metavar="TASK", help="of " + ", ".join([*TASKS, "chromatin_19"]))
    options = parser.parse_args()
    wanted = {name: (lambda made=function: made(options.data, options.seed)) for name, function in TASKS.items()}
    if options.chromatin:
        wanted["chromatin_19"] = lambda: chromatin_19(options.chromatin)
    for name in options.only or wanted:
        if name not in wanted:
            sys.exit(f"prepare.py: expected one of {', '.join(wanted)}, got {name}")
        parts = wanted[name]()
        for part, rows in parts.items():
            write(options.out / name, part, rows)
        print(f"{name}: " + ", ".join(f"{part} {len(rows):,}" for part, rows in parts.items()), flush=True)


if __name__ == "__main__":
    main()
