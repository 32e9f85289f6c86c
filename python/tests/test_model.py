# SPDX-License-Identifier: Apache-2.0
"""What a model gives: shapes, numbers beside the program's, streams, memory."""

import csv
import gzip
import os
import pathlib
import pickle
import subprocess
import sys

import numpy as np
import pytest

import agront

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
ODD = "ATTTCTCTCTNTCgattaca"


def run(program, *words):
    subprocess.run([program, *map(str, words), "-q"], check=True)


def test_embed_gives_a_row_a_sequence(model):
    rows = model.embed([SHORT, ODD, SHORT])
    assert rows.dtype == np.float32 and rows.shape == (3, model.shape.hidden)
    np.testing.assert_array_equal(rows[0], rows[2])
    assert not np.allclose(rows[0], rows[1])
    assert model.embed([]).shape == (0, model.shape.hidden)


def test_devices_that_are_not_there(tmp_path):
    with pytest.raises(agront.UsageError, match="device gpu: expected cpu, cuda"):
        agront.load(device="gpu")
    with pytest.raises(TypeError, match="device: expected a str"):
        agront.load(device=1)
    with pytest.raises(agront.Error, match="none.so: expected a PJRT plugin"):
        agront.load(device=str(tmp_path / "none.so"))
    assert pickle.loads(pickle.dumps(agront.load(device="cpu"))).embed([SHORT]).shape[0] == 1


def test_embed_equals_the_program(model, program, fasta, tmp_path):
    run(program, "embed", fasta, "--layers", "0,1,last", "--per-record", "-o", tmp_path / "records.npz")
    run(program, "embed", fasta, "--layers", "last:raw", "--pool", "max", "--overlap", 12, "-o", tmp_path / "max.npz")
    run(program, "embed", fasta, "--pool", "none", "-o", tmp_path / "none.npz")
    last = model.shape.layers

    program_says = np.load(tmp_path / "records.npz")
    layers, places = model.embed(str(fasta), layers=[0, 1, "last"], places=True)
    assert list(layers) == [0, 1, "last"]
    for key, name in ((0, "layer_0"), (1, "layer_1"), ("last", f"layer_{last}")):
        np.testing.assert_array_equal(layers[key], program_says[name])
    assert list(places.name) == list(program_says["name"]) == ["one", "two", "long"]
    np.testing.assert_array_equal(places.end, [30, 20, 15 * model.shape.max_tokens])

    program_says = np.load(tmp_path / "max.npz")
    rows, places = model.embed(fasta, "last:raw", "max", windows=True, overlap=12, places=True)
    np.testing.assert_array_equal(rows, program_says[f"layer_{last}_raw"])
    np.testing.assert_array_equal(places.start, program_says["record_start"])
    np.testing.assert_array_equal(places.end, program_says["record_end"])

    program_says = np.load(tmp_path / "none.npz")
    values, offsets = model.embed(fasta, pooling="none", windows=True)
    np.testing.assert_array_equal(values, program_says[f"layer_{last}"])
    np.testing.assert_array_equal(offsets, program_says["offsets"])


def test_list_and_file_and_stream_are_alike(model, fasta, long_bases):
    rows = model.embed([SHORT, ODD, long_bases])
    np.testing.assert_array_equal(model.embed(fasta), rows)
    np.testing.assert_array_equal(np.stack(list(model.embed_iter(fasta))), rows)
    np.testing.assert_allclose(np.stack(list(model.embed_iter(iter([SHORT, ODD, long_bases])))), rows, atol=1e-6)


def test_embed_iter_takes_no_more_than_it_gives(model):
    taken = 0

    def source():
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield SHORT

    stream = model.embed_iter(source(), batch_tokens=64)
    assert next(stream).shape == (model.shape.hidden,)
    assert 0 < taken < 1_000


def test_places_of_records_of_other_packages(model):
    class Sequence:  # as pyfaidx has it
        name, start, end, orientation = "Chr1", 101, 130, -1
        seq = SHORT

        def __str__(self):
            return self.seq

    class Record:  # as pysam has it
        name, sequence = "read", ODD

    class FastaRecord:  # as pyfaidx has whole sequences
        name, long_name = "Chr2", "Chr2 of a plant"

        def __str__(self):
            return ODD

    np.testing.assert_array_equal(model.embed([FastaRecord()]), model.embed([ODD]))
    assert list(model.embed([FastaRecord()], places=True)[1].name) == ["Chr2"]
    rows, places = model.embed([Sequence(), Record()], places=True)
    np.testing.assert_array_equal(rows, model.embed([SHORT, ODD]))
    assert list(places.name) == ["Chr1", "read"] and list(places.strand) == ["-", "+"]
    assert list(places.start) == [100, 0] and list(places.end) == [130, 20]


def test_open_genomes_of_other_packages(model):
    class Pysam:
        references = ("a", "b")

        def fetch(self, name):
            return {"a": SHORT, "b": ODD}[name]

    class Pyfaidx:
        faidx = None

        def keys(self):
            return ["a", "b"]

        def __getitem__(self, name):
            return Pysam().fetch(name)

    for genome in (Pysam(), Pyfaidx()):
        rows, places = model.embed(genome, places=True)
        np.testing.assert_array_equal(rows, model.embed([SHORT, ODD]))
        assert list(places.name) == ["a", "b"]


def test_logits_equal_the_program(model, program, fasta, tmp_path):
    run(program, "logits", fasta, "-o", tmp_path / "logits.npz")
    run(program, "logits", fasta, "--probabilities", "-o", tmp_path / "p.npz")
    values, offsets = model.logits(fasta, windows=True)
    program_says = np.load(tmp_path / "logits.npz")
    np.testing.assert_allclose(values, program_says["logits"], atol=1e-5)
    np.testing.assert_array_equal(offsets, program_says["offsets"])
    values, _ = model.logits(fasta, windows=True, probabilities=True)
    np.testing.assert_allclose(values, np.load(tmp_path / "p.npz")["probabilities"], atol=1e-6)


def test_attention_equals_the_program(model, program, tmp_path):
    path = tmp_path / "two.fa"
    path.write_text(f">a\n{SHORT}\n>b\n{ODD}\n")
    run(program, "attention", path, "--maps", "1:0,2:1", "-o", tmp_path / "maps.npz")
    maps = model.attention([SHORT, ODD], [(1, 0), (2, 1)])
    program_says = np.load(tmp_path / "maps.npz")
    for i in range(2):
        np.testing.assert_allclose(maps[i][0], program_says[f"layer_1_head_0/{i}"], atol=1e-6)
        np.testing.assert_allclose(maps[i][1], program_says[f"layer_2_head_1/{i}"], atol=1e-6)
    np.testing.assert_allclose(maps[0].sum(axis=2), 1, atol=1e-5)


@pytest.mark.parametrize("per_base", [False, True])
def test_unmask_equals_the_program(model, program, fasta, tmp_path, per_base):
    words = ["--per-base"] if per_base else ["--top", 3]
    run(program, "unmask", "--every", fasta, *words, "-o", tmp_path / "x.tsv")
    with open(tmp_path / "x.tsv") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = model.unmask(fasta, every=True, top=3, per_base=per_base)
    if per_base:
        expected = np.array([[float(row[base]) for base in "ACGT"] for row in rows])
        np.testing.assert_allclose(found.bases.reshape(-1, 4), expected, atol=2e-5)
        return
    assert [row["kmer"] for row in rows] == list(found.kmers().ravel())
    np.testing.assert_allclose(found.probability.ravel(), [float(row["probability"]) for row in rows], rtol=1e-3)
    np.testing.assert_array_equal(np.repeat(found.places.start, 3), [int(row["record_start"]) for row in rows])
    np.testing.assert_allclose(
        np.repeat(found.true_probability, 3), [float(row["true_probability"]) for row in rows], rtol=1e-3
    )


def test_unmask_fills_masks(model):
    found = model.unmask([SHORT, "ATTCCG<mask>TGACCG"], top=2)
    assert found.ids.shape == (1, 2) and list(found.places.record) == [1]
    assert list(found.places.start) == [6] and list(found.true_id) == [-1]
    assert np.isnan(found.true_probability).all() and found.bases is None


def test_log_likelihood_is_the_sum_of_unmask(model, long_bases):
    sums = model.log_likelihood([SHORT, "ACGT", long_bases])
    assert sums.dtype == np.float64 and sums[1] == 0
    found = model.unmask([SHORT, "ACGT", long_bases], every=True, top=1)
    for i in (0, 2):
        rows = found.places.record == i
        np.testing.assert_allclose(sums[i], np.log(found.true_probability[rows].astype(float)).sum(), rtol=1e-4)
    both = [model.log_likelihood([SHORT * 3], masking=masking)[0] for masking in ("alone", "sevenths")]
    assert max(both) < 0 and both[0] != both[1]


def test_predictions_equal_those_of_the_training():
    root = pathlib.Path(__file__).resolve().parents[2] / "tests"
    predictor = agront.Predictor(root / "data/v0.1/finetuned", base=root / "golden/model")
    assert predictor.task == "binary"
    predictions = predictor.predict(root / "data/v0.1/test.fa")
    assert predictions.values.dtype == np.float64 and predictions.values.shape[1] == len(predictor.outputs) == 1
    assert ((predictions.values >= 0) & (predictions.values <= 1)).all()
    assert len(predictions.places.name) == len(predictions.values)


def test_tokens_and_back():
    tokens = agront.tokenize("atcccgRnTCGAcacn<mask>U")
    assert tokens.ids.dtype == np.int32 and tokens.ids[0] == 3 and tokens.end[-1] == 23
    assert tokens.texts[:2] == ["<cls>", "ATCCCG"]
    assert agront.decode(tokens.ids) == "ATCCCGNNTCGACACN<mask>T"
    view = np.repeat(tokens.ids.astype(np.int64), 2)[::2]
    assert agront.decode(view) == agront.decode(tokens.ids)
    assert agront.reverse_complement("AACGn") == "NCGTT"


def test_arrays_outlive_the_model_and_are_no_copies():
    rows = agront.load().embed([SHORT] * 4)
    assert not rows.flags.owndata and rows.flags.writeable
    part = rows[1:2]
    total = float(rows.sum())
    del rows
    assert float(part.sum()) * 4 == pytest.approx(total, rel=1e-5)
    np.testing.assert_array_equal(np.from_dlpack(part), part)


def test_a_pickled_model_is_its_source(model, tmp_path):
    data = pickle.dumps(model)
    assert len(data) < 1_000
    again = pickle.loads(data)
    np.testing.assert_array_equal(again.embed([SHORT]), model.embed([SHORT]))
    again = pickle.loads(data.replace(model.hash.encode(), b"0" * 64))
    with pytest.raises(agront.Error, match="expected the model that was pickled"):
        again.embed([SHORT])


def test_a_gzipped_file(model, tmp_path):
    path = tmp_path / "x.fa.gz"
    path.write_bytes(gzip.compress(f">a\n{SHORT}\n".encode()))
    np.testing.assert_array_equal(model.embed(path), model.embed([SHORT]))


def test_help_says_shapes():
    for thing in (agront.load, agront.Model.embed, agront.Model.unmask, agront.Predictor, agront.tokenize):
        assert len(thing.__doc__) > 80
    assert os.path.exists(os.path.join(os.path.dirname(agront.__file__), "py.typed"))


def test_import_is_quick_and_brings_little():
    code = "import sys, agront; print(*(m for m in ('torch', 'pandas', 'sklearn', 'tqdm') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
