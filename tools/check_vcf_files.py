#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gives every VCF and BCF below some folders to `agront score --scores none`, as foreign test files are: the conformance
files of hts-specs (test/vcf), and those of bcftools (test) and VEP.

    python3 tools/check_vcf_files.py [--program build/release/agront] [--scores llr,pll] [--verbose] FOLDER...

A file may be refused, by one short line with its place. If it is taken, all its records must come out, with the same bytes in all
columns but INFO, and what was in INFO before our keys; pysam (where it is installed) must read as many records of what comes out as
of what went in. Nothing else may happen: no signal, no other status, no NaN. The genome of each file is made of its own reference
alleles, with N between them; contigs that would make it longer than 400 Mb, and every third one, are not in it. With --scores, the
embedded model scores, in short windows. Says, by folder, how many files were taken and refused, and why, and how many alleles of how
many records have which status.
"""

import argparse
import collections
import gzip
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import pysam
    pysam.set_verbosity(0)
except ImportError:
    pysam = None

LONGEST = 400_000_000


def plain_bytes(path):
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def records_of(data):
    return [line for line in re.split(rb"\r?\n", data) if line and not line.startswith(b"#")]


def as_text(path, folder):
    """The records of a file; of BCF, as bcftools writes them."""
    if path.suffix != ".bcf":
        return records_of(plain_bytes(path))
    done = subprocess.run(["bcftools", "view", "-H", path], capture_output=True)
    return records_of(done.stdout)


def sequences_of(records):
    """Bases of each contig, N where no record says what they are. What stands first stays."""
    alleles = collections.defaultdict(list)
    for record in records:
        cells = record.decode(errors="replace").split("\t")
        if len(cells) > 4 and re.fullmatch(r"[1-9]\d{0,8}", cells[1]) and re.fullmatch(r"[!-;=?-~][!-=?-~]*", cells[0]):
            alleles[cells[0]].append((int(cells[1]) - 1, re.sub("[^ACGTN]", "N", cells[3].upper()).encode()))
    rest = LONGEST
    for number, (name, of_contig) in enumerate(alleles.items()):
        length = max(start + len(bases) for start, bases in of_contig) + 50
        if number % 3 == 2 or length > rest:
            continue
        rest -= length
        sequence = bytearray(b"N") * length
        for start, bases in reversed(of_contig):
            sequence[start:start + len(bases)] = bases
        yield name, sequence


def write_genome(path, records):
    """In one line a sequence, and its index."""
    with open(path, "wb") as file, open(f"{path}.fai", "w") as index:
        for name, sequence in [*sequences_of(records), ("of_no_record", b"ACGT")]:
            file.write(f">{name}\n".encode())
            index.write(f"{name}\t{len(sequence)}\t{file.tell()}\t{len(sequence)}\t{len(sequence) + 1}\n")
            file.write(sequence + b"\n")


def difference(before, after):
    if len(before) != len(after):
        return f"{len(before)} records became {len(after)}"
    for one, other in zip(before, after):
        one, other = one.split(b"\t"), other.split(b"\t")
        if one[:7] + one[8:] != other[:7] + other[8:]:
            return f"another column than INFO differs: {other[:5]}"
        if one[4] != b"." and b"AGRONT_STATUS=" not in other[7]:
            return f"no status: {other[:5]}"
        if not other[7].startswith(b"" if one[7] == b"." else one[7]):
            return f"what INFO had is not before our keys: {one[7]} {other[7]}"
    return None


def readable(path):
    """How many records pysam reads, or why it does not."""
    try:
        with pysam.VariantFile(str(path)) as file:
            return sum(1 for _ in file)
    except Exception as error:  # whatever htslib says of a file
        return f"{type(error).__name__}"


def as_pysam_takes_it(path, folder):
    """pysam refuses gzip that is not bgzip."""
    if path.suffix != ".gz":
        return path
    (folder / "in.vcf").write_bytes(plain_bytes(path))
    return folder / "in.vcf"


def count_statuses(records, counts):
    for record in records:
        counts["records"] += 1
        counts.update(re.search(r"AGRONT_STATUS=([^;\s]+)", record.decode(errors="replace"))[1].split(",")
                      if b"AGRONT_STATUS=" in record else ["no alternative"])


def check(options, path, folder, statuses):
    """What happened: "taken", "refused" with the reason, or "WRONG" with what."""
    out = folder / "out.vcf"
    before = as_text(path, folder)
    write_genome(folder / "genome.fa", before)
    window = [] if options.scores == "none" else ["--window-bp", "126", "--frames", "1"]
    done = subprocess.run([options.program.resolve(), "score", "--variants", path, "--genome", folder / "genome.fa", "--scores",
                           options.scores, *window, "-q", "--force", "-o", out], capture_output=True, timeout=600)
    if done.returncode == 1 and done.stderr.count(b"\n") == 1:
        if out.exists():
            return "WRONG", "an output beside an error"
        return "refused", re.sub(rb"^agront: \S+?(:\d+)?: ", b"", done.stderr).decode(errors="replace").strip()
    if done.returncode != 0:
        return "WRONG", f"status {done.returncode}: {done.stderr[:200]}"
    after = records_of(out.read_bytes())
    if found := difference(before, after):
        return "WRONG", found
    if re.search(rb"AGRONT_\w+=[^;\t]*(nan|inf)", out.read_bytes(), re.I):
        return "WRONG", "NaN or infinity"
    if pysam is not None and (was := readable(as_pysam_takes_it(path, folder))) != (now := readable(out)):
        return "WRONG", f"pysam reads {was} records of it, {now} of the output"
    count_statuses(after, statuses)
    return "taken", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("build/release/agront"))
    parser.add_argument("--scores", default="none")
    parser.add_argument("--verbose", action="store_true", help="a line for each file")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if shutil.which("bcftools") is None:
        sys.exit("bcftools: not found; apt-get install bcftools")
    counts, reasons = collections.defaultdict(collections.Counter), collections.Counter()
    statuses = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for above in options.folders:
            for path in sorted(path for path in above.rglob("*") if re.search(r"\.(vcf|vcf\.gz|bcf)$", path.name)):
                (folder / "out.vcf").unlink(missing_ok=True)
                what, why = check(options, path, folder, statuses)
                counts[path.parent][what] += 1
                if what == "refused":
                    reasons[re.sub(r'"[^"]*"|\d+', "...", why)] += 1
                if options.verbose or what == "WRONG":
                    print(f"{what:8}{path}  {why}", flush=True)
    for place, of_place in counts.items():
        print(f"{place}: " + ", ".join(f"{count} {what}" for what, count in sorted(of_place.items())))
    for why, count in reasons.most_common():
        print(f"{count:5} refused: {why}")
    print("of what was taken: " + ", ".join(f"{count} {word}" for word, count in statuses.most_common()))
    return 1 if any(of_place["WRONG"] for of_place in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
