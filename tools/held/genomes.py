# SPDX-License-Identifier: Apache-2.0
"""Cases of genomes, regions and sequences."""

from held.case import LONGEST_MESSAGE, PROBE, case, hold


def bases(row):
    return row["tokens"].replace("<cls>", "").replace(" ", "")


def check_regions(done, sequences, expected):
    """Rows of `agront tokenize` for regions (sequence, start, end) of the forward strand."""
    rows = done.rows()
    got = [(row["chrom"], int(row["start"]), int(row["end"])) for row in rows]
    hold(got == expected, f"{done.command}: expected {expected}, got {got}")
    for row, (sequence, start, end) in zip(rows, expected, strict=True):
        wanted = sequences[sequence][start:end]
        hold(bases(row) == wanted, f"{done.command}: expected {wanted}, got {bases(row)}")


@case
def bed_with_bom(it):
    "read as without the mark"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", 100, 130)])


@case
def bed_zero_length(it):
    "the other two intervals are read, one line says what is left out"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", 0, 30), ("c1", 60, 90)])
    hold("1 interval has no bases" in it.done[0].err, it.done[0].err)


@case
def genome_blocks_of_ten(it):
    "the same bases as from the file without blanks"
    for done, name in zip(it.done, ("blocks.fa", "plain.fa"), strict=True):
        check_regions(done, it.sequences(name), [("c1", 100, 130)])


@case
def genome_duplicate_names(it):
    "refused, with the name and both lines"
    it.done[0].refused("g.fa:3", "got s again", "line 1")


@case
def fai_stale(it):
    "right bases, and a line about the index"
    check_regions(it.done[0], it.sequences("g.fa"), [("c0", 100, 130)])
    hold("g.fa.fai is not used" in it.done[0].err, it.done[0].err)


@case
def fai_lacks_a_sequence(it):
    "right bases, and a line about the index"
    for done, name in zip(it.done, ("g.fa", "e.fa"), strict=True):
        check_regions(done, it.sequences(name), [("c1", 10, 30)])
        hold(f"{name}.fai is not used" in done.err, done.err)


@case
def fai_line_width_zero(it):
    "right bases, and a line about the index"
    check_regions(it.done[0], it.sequences("g.fa"), [("c0", 100, 130)])
    hold("g.fa.fai is not used" in it.done[0].err and it.done[0].out.endswith("\n0\n"), it.done[0].err)


@case
def gzi_damaged(it):
    "right bases, and a line about the index"
    it.run("gunzip -c g.fa.gz > plain.fa").succeeded()
    check_regions(it.done[0], it.sequences("plain.fa"), [("c0", 100, 130), ("c1", 90, 110)])
    hold("g.fa.gz.gzi is not used" in it.done[0].err and it.done[0].out.endswith("\n0\n"), it.done[0].err)


@case
def gzip_zero_padding(it):
    "both records are read, and a line about the zeros"
    hold([row["name"] for row in it.done[0].rows()] == ["a", "b"], it.done[0].out)
    hold("zeros follow" in it.done[0].err, it.done[0].err)


@case
def fasta_header_without_end(it):
    "refused in a short line"
    it.run("agront tokenize h.fa").refused("h.fa:1", "line ends")
    hold(len((it.folder / "err.txt").read_bytes()) < LONGEST_MESSAGE, "err.txt")


@case
def message_control_characters(it):
    "control characters are escaped"
    it.done[0].refused("esc.fa:2", r"\x1b[31m")
    it.done[1].refused("esc.bed:1", r"\x1b[31m")


@case
def gff_fasta_without_directive(it):
    "two genes"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", 0, 60), ("c1", 120, 180)])


@case
def gff_seqid_encoded(it):
    "two genes"
    check_regions(it.done[0], it.sequences("g.fa"), [("c|1", 0, 60), ("c|1", 120, 180)])


@case
def gff_attribute_blanks(it):
    "named by ID; labels are read (there is one group, the chromosome, so nothing to draw for validation)"
    check_regions(it.done[0], it.sequences("g.fa"), [("c1", start, start + 60) for start in range(0, 240, 60)])
    hold([row["name"] for row in it.done[0].rows()] == ["g1", "g61", "g121", "g181"], it.done[0].out)
    it.done[1].refused("--valid-share 0")
    it.run(f"agront finetune --train a.gff3 --genome g.fa --label-column label --valid-share 0 {PROBE} -o all").succeeded()
    hold(it.read_json("all/metrics.json")["examples"]["train"] == 4, "all/metrics.json")


@case
def feature_list_with_blank(it):
    "regions of a model of sequences want a window; with it, four features either way"
    for done in it.done[1:]:
        done.refused("--window", status=2)
    tables = [it.run(f"agront predict run --genome g.fa --regions f.gff3 --window feature --feature {types}").rows()
              for types in ("'gene, mRNA'", "gene,mRNA")]
    hold([row["id"] for row in tables[0]] == ["0", "1", "2", "3"] and tables[0] == tables[1], str(tables))


@case
def corpus_repeats_file_and_lower_case(it):
    "the file alone counts: 30 of 300"
    it.done[0].succeeded()
    hold(it.done[0].out.splitlines()[-1].split("\t")[-1] == "0.1", it.done[0].out)
