# SPDX-License-Identifier: Apache-2.0
"""Scores of variants in memory."""

import subprocess
from types import SimpleNamespace

import numpy as np
import pytest

import agront

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
BASES = SHORT * 20
WINDOW = 126
VARIANTS = [("chr1", 300, "A", ("C", "G")), ("chr1", 309, "A", "C"), ("chr1", 320, BASES[320], "TTT"), ("x", 1, "A", "C")]


@pytest.fixture
def genome(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(f">chr1\n{BASES}\n")
    return path


@pytest.mark.parametrize("options, more", [({"frames": 6}, "--frames=6"), ({"shared_masks": True}, "--shared-masks"),
                                           ({"indel_null": 3}, "--indel-null=3")])
def test_scores_are_those_of_the_program(model, program, genome, tmp_path, options, more):
    found = model.score_variants(VARIANTS, genome, scores=["llr", "marginal", "pll"], window_bp=WINDOW, **options)
    assert list(found.record) == [0, 0, 1, 2, 3] and list(found.alt) == ["C", "G", "C", "TTT", "C"]
    assert list(found.status) == ["scored", "scored", "ref_differs", "use_pll", "unknown_contig"]
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    lines += [f"{c}\t{s + 1}\t.\t{r}\t{a if isinstance(a, str) else ','.join(a)}\t.\t.\t." for c, s, r, a in VARIANTS]
    (tmp_path / "in.vcf").write_text("\n".join(lines) + "\n")
    words = ["score", "--variants", tmp_path / "in.vcf", "--genome", genome, "--scores", "llr,marginal,pll"]
    subprocess.run([program, *words, more, f"--window-bp={WINDOW}", "-q", "-o", tmp_path / "out.vcf"], check=True)
    records = [line.split("\t") for line in (tmp_path / "out.vcf").read_text().splitlines() if line[0] != "#"]
    infos = [dict(field.partition("=")[::2] for field in record[7].split(";")) for record in records]
    for key, values in zip(("LLR", "LLR_F6", "MARGINAL", "MARGINAL_F6", "PLL"), found[6:]):
        said = [text for info in infos for text in info.get(f"AGRONT_{key}", ".").split(",")]
        if set(said) == {"."}:  # a key that this job does not write
            assert np.isnan(values).all()
            continue
        said = [np.nan if text == "." else float(text) for text in said]
        assert len(said) == len(values)
        np.testing.assert_allclose(values, said, rtol=1e-4, atol=1e-4)


def test_records_tables_and_genomes_are_alike(model, genome):
    tuples = VARIANTS[:3]
    expected = model.score_variants(tuples, genome, window_bp=WINDOW)
    pysam = [SimpleNamespace(chrom=c, start=s, ref=r, alts=(a,) if isinstance(a, str) else a, stop=s + 1) for c, s, r, a in tuples]
    cyvcf2 = [SimpleNamespace(CHROM=c, start=s, REF=r, ALT=[a] if isinstance(a, str) else list(a), end=s + 1) for c, s, r, a in tuples]
    for variants in (pysam, cyvcf2, iter(tuples), (one for one in tuples)):
        found = model.score_variants(variants, {"chr1": BASES.lower()}, window_bp=WINDOW)
        for ours, theirs in zip(found, expected):
            np.testing.assert_array_equal(ours, theirs)
    table = {"chrom": np.array(["chr1"]), "start": np.array([300]), "ref": np.array(["A"]), "alt": np.array(["C"])}
    found = model.score_variants(table, genome, scores="llr", window_bp=WINDOW)
    np.testing.assert_array_equal(found.llr, expected.llr[:1])
    assert np.isnan(found.pll).all()
    pandas = pytest.importorskip("pandas")
    np.testing.assert_array_equal(model.score_variants(pandas.DataFrame(table), genome, scores="llr", window_bp=WINDOW).llr, expected.llr[:1])
    assert list(found.to_pandas().columns) == ["record", "chrom", "start", "ref", "alt", "status", "llr"]


def test_a_deletion_by_its_end(model, genome):
    symbolic = SimpleNamespace(chrom="chr1", start=300, ref="A", alts=("<DEL>",), stop=304)
    spelled = ("chr1", 300, BASES[300:304], BASES[300])
    found = model.score_variants([symbolic, spelled], genome, scores=["pll"], window_bp=WINDOW)
    assert np.isfinite(found.pll).all() and found.pll[0] == pytest.approx(found.pll[1], abs=1e-5)


def test_no_variants(model, genome):
    found = model.score_variants([], genome)
    assert all(len(column) == 0 for column in found) and found.llr.dtype == np.float64
    assert len(found.to_pandas()) == 0


@pytest.mark.parametrize(
    "variants, error, says",
    [
        ("in.vcf", TypeError, "agront.score reads files"),
        (None, TypeError, "variants: expected records"),
        (7, TypeError, "variants: expected records"),
        ([("chr1", 1, "A")], TypeError, "variant 0: expected"),
        ([VARIANTS[0], ("chr1", 1.5, "A", "C")], TypeError, "variant 1: expected a whole number"),
        ([("chr1", 1, b"A", "C")], TypeError, "variant 0: expected str"),
        ([("chr1", 1, "A", None)], TypeError, "variant 0: expected"),
        ([("chr1", 10**30, "A", "C")], ValueError, "variant 0: expected a start below"),
        ({"chrom": ["chr1"]}, ValueError, "start"),
        ({"chrom": ["chr1"], "start": [1, 2], "ref": ["A"], "alt": ["C"]}, ValueError, "one length"),
    ],
)
def test_what_is_no_variant(model, genome, variants, error, says):
    with pytest.raises(error, match=says):
        model.score_variants(variants, genome)


def test_what_does_not_fit(model, genome):
    for genome_of, error in (("none.fa", FileNotFoundError), ({"a": b"A"}, TypeError), ({"a": "AX"}, agront.Error), (7, TypeError)):
        with pytest.raises(error):
            model.score_variants(VARIANTS, genome_of)
    for options, error in (({"scores": ["x"]}, agront.UsageError), ({"scores": 7}, TypeError), ({"frames": 3}, agront.UsageError), ({"frames": "6"}, TypeError),
                           ({"window_bp": 7}, agront.UsageError), ({"batch_tokens": 0}, agront.UsageError)):
        with pytest.raises(error):
            model.score_variants(VARIANTS, genome, **options)


def test_what_a_source_or_progress_raises_ends_it(model, genome):
    def source():
        yield VARIANTS[0]
        raise KeyError("mine")

    def enough(progress):
        raise RuntimeError("enough")

    with pytest.raises(KeyError, match="mine"):
        model.score_variants(source(), genome)
    with pytest.raises(RuntimeError, match="enough"):
        model.score_variants(VARIANTS * 2000, genome, progress=enough)
    assert np.isfinite(model.embed([SHORT])).all()
