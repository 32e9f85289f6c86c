# SPDX-License-Identifier: Apache-2.0
"""What the tests of agront score share: files of variants, and the scores once more, in plain Python from the logits of windows."""

import gzip
import random

import numpy as np

from support import ProgramTest, run

COMPLEMENT = str.maketrans("ACGT", "TGCA")
LETTERS = "ATCG"  # the digits of a 6-mer's number


def mirror(bases):
    return bases.translate(COMPLEMENT)[::-1]


def number_of(sixmer):
    number = 0
    for base in sixmer:
        number = 4 * number + LETTERS.index(base)
    return 4 + number


def sixmers(bases):
    """6-mers from the left; one with N is N."""
    words = [bases[i:i + 6] for i in range(0, len(bases) - 5, 6)]
    return ["N" if "N" in word else word for word in words]


class Reference:
    """Collects windows with one or more masks, and asks `agront logits` for all at once."""

    def __init__(self, folder):
        self.folder, self.windows = folder, []

    def mask(self, words, masked):
        """Number of a window; `masked` are indices of its 6-mers."""
        self.windows.append(["<mask>" if i in masked else word for i, word in enumerate(words)])
        return len(self.windows) - 1

    def run(self):
        fasta, arrays = self.folder / "windows.fa", self.folder / "windows.npz"
        fasta.write_text("".join(f">w{i}\n{''.join(words)}\n" for i, words in enumerate(self.windows)))
        status, _, err = run("logits", fasta, "-o", arrays, "-q", "--force")
        assert status == 0, err
        loaded = np.load(arrays)
        self.logits, self.offsets = loaded["logits"], loaded["offsets"]

    def at(self, window, token):
        """ln P over the vocabulary at 6-mer `token` of a window, behind <cls>."""
        row = self.logits[self.offsets[window] + 1 + token].astype(np.float64)
        return row - row.max() - np.log(np.exp(row - row.max()).sum())


def places(sequence, start, end):
    """Of the 6-mers without N that hold bases [start, end)."""
    return [place for place in range(max(end - 6, 0), min(start, len(sequence) - 6) + 1)
            if "N" not in sequence[place:place + 6]]


def the_place(sequence, start, end):
    wanted = start - (7 - (end - start)) // 2
    return min(places(sequence, start, end), key=lambda place: (abs(place - wanted), place))


class SixmerScores:
    """llr and marginal of a substitution with the 6-mer at one place: means of both strands."""

    def __init__(self, reference, sequence, place, start, alternative, k):
        self.reference, self.strands = reference, []
        end = start + len(alternative)
        other = sequence[:start] + alternative + sequence[end:]
        for bases, changed, at in ((sequence, other, place), (mirror(sequence), mirror(other), len(sequence) - place - 6)):
            before, after = min(k, at // 6), min(k, (len(sequence) - at) // 6 - 1)
            words = sixmers(bases[at - 6 * before:at + 6 * (after + 1)])
            self.strands.append((reference.mask(words, {before}), before, bases[at:at + 6], changed[at:at + 6]))

    def llr(self):
        return np.mean([self.reference.at(window, token)[number_of(alt)] - self.reference.at(window, token)[number_of(ref)]
                        for window, token, ref, alt in self.strands])

    def marginal(self):
        ratios = []
        for window, token, ref, alt in self.strands:
            p = np.exp(self.reference.at(window, token)[4:4100]).reshape((4,) * 6)
            index = [tuple(LETTERS.index(word[i]) if ref[i] != alt[i] else slice(None) for i in range(6)) for word in (alt, ref)]
            ratios.append(np.log(p[index[0]].sum()) - np.log(p[index[1]].sum()))
        return np.mean(ratios)


class PllScore:
    """pll of any change, away from ends and N: 2 strands, 6 frames, masked a seventh at a time."""

    def __init__(self, reference, sequence, start, end, alternative, count, flank):
        self.reference, self.terms = reference, []
        other = sequence[:start] + alternative + sequence[end:]
        for bases, changed, at in ((sequence, other, start), (mirror(sequence), mirror(other), len(sequence) - end)):
            for frame in range(6):
                touched = -(-(frame + max(end - start, len(alternative))) // 6)
                before = (count - touched) // 2
                left = at - frame - 6 * before
                for text, sign in ((changed, 1), (bases, -1)):
                    words = sixmers(text[left:left + 6 * count])
                    scored = range(before - flank, before + touched + flank)
                    for rest in range(7):
                        masked = [i for i in scored if (i + 1) % 7 == rest]
                        window = reference.mask(words, set(masked))
                        self.terms += [(sign, window, i, number_of(words[i])) for i in masked]

    def pll(self):
        return sum(sign * self.reference.at(window, i)[number] for sign, window, i, number in self.terms) / 12


COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
KEYS = ["AGRONT_LLR", "AGRONT_LLR_F6", "AGRONT_MARGINAL", "AGRONT_MARGINAL_F6", "AGRONT_PLL"]
W = 6 * 21


def random_bases(count, seed):
    return "".join(random.Random(seed).choices("ACGT", k=count))


def read_bytes(path):
    """Of plain and compressed files."""
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


class ScoreTest(ProgramTest):
    def setUp(self):
        super().setUp()
        bases = random_bases(900, 1)
        self.chr1 = bases[:300] + "N" + bases[301:]
        self.chr2 = random_bases(60, 2)
        self.genome = self.write("genome.fa", f">chr1 first\n{self.chr1}\n>chr2\n{self.chr2.lower()}\n>chr3\nACGT\n")

    def vcf(self, records, name="in.vcf", header="", samples="", line_end="\n"):
        """`records`: (contig, position from 1, reference, alternatives) or whole lines."""
        lines = ["##fileformat=VCFv4.3", *header.splitlines(), COLUMNS + samples]
        lines += [record if isinstance(record, str) else "\t".join([record[0], str(record[1]), ".", record[2], record[3],
                                                                    ".", ".", "."]) for record in records]
        return self.write(name, "".join(line + line_end for line in lines))

    def score(self, source, *options, output="out.vcf", environment=None):
        window = [] if "--window-bp" in options else ["--window-bp", W]
        self.succeed("score", "--variants", source, "--genome", self.genome, *window, "-q", "--force", "-o",
                     self.path(output), *options, environment=environment)
        return None if output.endswith(".bcf") else self.records(output)

    def records(self, output="out.vcf"):
        """INFO of each record, a list for each of our keys."""
        found = []
        for line in read_bytes(self.path(output)).decode().splitlines():
            if not line.startswith("#"):
                fields = dict(field.partition("=")[::2] for field in line.split("\t")[7].split(";"))
                found.append({key: value.split(",") for key, value in fields.items() if key.startswith("AGRONT_")})
        return found

    def statuses(self, *options, records):
        return [record.get("AGRONT_STATUS") for record in self.score(self.vcf(records), *options)]

    def other(self, sequence, position, count=1):
        """An alternative for bases from a position that counts from 1, each another base."""
        return "".join("CATG"["ACGT".index(base)] for base in sequence[position - 1:position - 1 + count])
