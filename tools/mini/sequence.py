# SPDX-License-Identifier: Apache-2.0
"""Reading the genomes that agront-mini is trained on; what is held out never leaves this file."""

import gzip

import numpy as np

LETTERS = "ATCG"  # the vocabulary's order
FIRST_KMER, KMERS, VOCABULARY = 4, 4096, 4105
HELD_OUT_ORDER = "Brassicales"


def read_fasta(path, keep):
    """Yields (name, digits): uint8, 0-3 in the vocabulary's order, 4 for anything else."""
    digit = np.full(256, 4, np.uint8)
    for i, letter in enumerate(LETTERS):
        digit[ord(letter)] = digit[ord(letter.lower())] = i
    name, parts = None, []
    with gzip.open(path, "rb") as lines:
        for line in lines:
            if line.startswith(b">"):
                if parts and keep(name):
                    yield name, digit[np.frombuffer(b"".join(parts), np.uint8)]
                name, parts = line[1:].split()[0].decode(), []
            elif keep(name):
                parts.append(line.strip())
        if parts and keep(name):
            yield name, digit[np.frombuffer(b"".join(parts), np.uint8)]


def plastomes(folder, order_is):
    """The plastomes of the orders that `order_is` accepts."""
    orders = {}
    with gzip.open(f"{folder}/plastomes.tsv.gz", "rt") as table:
        for line in table:
            fields = line.split("\t")
            orders[fields[0]] = fields[1]
    return [bases for _, bases in read_fasta(f"{folder}/plastomes.fa.gz", lambda name: order_is(orders[name]))]


def near_genes(folder, genome, annotation, kinds, margin=1000):
    """Stretches of nuclear sequence around genes, as separate arrays."""
    places = {}
    with gzip.open(f"{folder}/{annotation}", "rt") as lines:
        for line in lines:
            fields = line.split("\t")
            if len(fields) == 9 and fields[2] in kinds:
                places.setdefault(fields[0], []).append((int(fields[3]) - 1, int(fields[4])))
    stretches = []
    for name, bases in read_fasta(f"{folder}/{genome}", lambda name: name in places):
        end = 0
        for start, stop in sorted(places[name]):
            start = max(start - margin, end)
            end = max(end, min(stop + margin, len(bases)))
            if end - start >= 1500:
                stretches.append(bases[start:end])
    return stretches


def training_plastomes(folder, near):
    """Two lists: of the orders in `near`, and of all others that are not held out."""
    return (plastomes(folder, lambda order: order in near),
            plastomes(folder, lambda order: order not in near and order != HELD_OUT_ORDER))


def held_out_plastomes(folder):
    return plastomes(folder, lambda order: order == HELD_OUT_ORDER)


def held_out_nuclear(folder):
    return near_genes(folder, "moringa_oleifera.fa.gz", "moringa_oleifera.genes.gff3.gz", ("mRNA",))


def training_nuclear(folder):
    return (near_genes(folder, "bidens_pilosa.fa.gz", "bidens_pilosa.genes.gff3.gz", ("gene",)) +
            near_genes(folder, "bertholletia_excelsa.part.fa.gz", "bertholletia_excelsa.part.transcripts.gff3.gz",
                       ("mRNA",)))


def sixmers(bases):
    """The token id of the 6-mer that begins at each base, 0 where one of its letters is not A, C, G or T."""
    numbers = np.zeros(len(bases) - 5, np.int32)
    known = np.ones(len(bases) - 5, bool)
    for i in range(6):
        part = bases[i:len(bases) - 5 + i]
        numbers = numbers * 4 + np.minimum(part, 3)
        known &= part < 4
    return np.where(known, numbers + FIRST_KMER, 0)
