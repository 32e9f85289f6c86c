#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the demo's plastome, FASTA and GFF3, from its GenBank record.

    python3 tools/make_plastome_fixture.py NC_000932.gb.gz -o demo/data

The record is the chloroplast genome of Arabidopsis thaliana (RefSeq NC_000932.1, public), as Debian's package
python-biopython-doc ships it in Tests/GenBank. Needs Biopython. Features are genes, CDS, tRNA and rRNA by exon, and
introns: what lies between two exons of one feature, except where the record says trans_splicing and they are far apart.
"""

import argparse
import gzip
import pathlib

from Bio import SeqIO

FARTHEST_INTRON = 5000  # the longest intron of a plastome, in trnK, has 2.6 kb


def gff_line(name, kind, start, end, strand, gene):
    """`start` and `end` are 0-based half-open; GFF3 counts from 1."""
    sign = {1: "+", -1: "-"}[strand]
    return f"{name}\tGenBank\t{kind}\t{start + 1}\t{end}\t.\t{sign}\t.\tName={gene}"


def lines_of(record):
    yield "##gff-version 3"
    yield f"##sequence-region {record.id} 1 {len(record.seq)}"
    for feature in record.features:
        if feature.type not in ("gene", "CDS", "tRNA", "rRNA"):
            continue
        gene = feature.qualifiers.get("gene", feature.qualifiers["locus_tag"])[0]
        parts = sorted((int(part.start), int(part.end), part.strand) for part in feature.location.parts)
        for start, end, strand in parts:
            yield gff_line(record.id, feature.type, start, end, strand, gene)
        if feature.type == "gene":
            continue
        for (_, end, strand), (start, _, other) in zip(parts, parts[1:]):
            if strand == other and 20 < start - end < FARTHEST_INTRON:
                yield gff_line(record.id, "intron", end, start, strand, gene)


def write_gzip(path, text):
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
        out.write(text.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("genbank")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    args = parser.parse_args()
    with gzip.open(args.genbank, "rt") as text:
        record = SeqIO.read(text, "genbank")
    bases = str(record.seq)
    rows = "\n".join(bases[i:i + 70] for i in range(0, len(bases), 70))
    name = record.name
    write_gzip(args.output / f"{name}.fa.gz", f">{record.id} {record.description}\n{rows}\n")
    write_gzip(args.output / f"{name}.gff3.gz", "\n".join(lines_of(record)) + "\n")


if __name__ == "__main__":
    main()
