# SPDX-License-Identifier: Apache-2.0
"""The jobs of the program as functions."""

import inspect
import json
import re
import subprocess

import numpy as np
import pytest

import agront

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
JOBS = (
    agront.finetune,
    agront.pretrain,
    agront.corpus,
    agront.evaluate,
    agront.score,
    agront.convert,
    agront.info,
    agront.bench,
)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    draw = np.random.default_rng(3)
    for name, count in (("train", 40), ("test", 16)):
        with open(folder / f"{name}.fa", "w") as file:
            for i in range(count):
                letters = "GGC" if i % 2 else "AAT"
                bases = "".join(draw.choice(list("ACGT" + letters * 3), 60))
                file.write(f">{name}{i}|{i % 2}\n{bases}\n")
    return folder


@pytest.fixture(scope="module")
def run(labelled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "out"
    metrics = agront.finetune(
        task="binary",
        train=labelled / "train.fa",
        test=str(labelled / "test.fa"),
        method="probe",
        epochs=2,
        learning_rate=np.float64(1e-2),
        baselines=False,
        bootstrap=0,
        output=folder,
    )
    return folder, metrics


def test_finetune_gives_metrics_and_a_model(run, labelled):
    folder, metrics = run
    assert metrics == json.loads((folder / "metrics.json").read_text()) and "test" in metrics
    assert not (folder / "baselines").exists()
    predictor = agront.Predictor(folder)
    predictions = predictor.predict(labelled / "test.fa")
    assert predictions.values.shape == (16, 1)
    frame = predictions.to_pandas()
    assert list(frame.columns[-1:]) == predictor.outputs
    table = np.genfromtxt(folder / "predictions.tsv", delimiter="\t", names=True, dtype=None, encoding="utf-8")
    np.testing.assert_allclose(predictions.values[:, 0], table[table.dtype.names[-1]], atol=1e-4)


def test_evaluate_gives_scores(run, labelled, tmp_path):
    folder, metrics = run
    scores = agront.evaluate(folder, labelled / "test.fa", bootstrap=0)
    assert scores["test"]["auroc"] == pytest.approx(metrics["test"]["auroc"], abs=1e-6)
    path = tmp_path / "scores.json"
    masked = agront.evaluate(labelled / "test.fa", mlm=True, every=True, output=path)
    assert masked["perplexity"] > 1 and json.loads(path.read_text()) == masked


def test_info_equals_the_program(program):
    said = agront.info()
    lines = subprocess.run([program, "info"], check=True, capture_output=True, text=True).stdout.splitlines()
    keys = [line.split(": ", 1)[0] for line in lines if ": " in line]
    assert list(said) == keys and agront.load().hash in said.values()


def test_convert_and_load(tmp_path):
    folder = agront.convert("agront-mini", output=tmp_path / "converted")
    rows = agront.load(folder).embed([SHORT])
    np.testing.assert_allclose(rows, agront.load().embed([SHORT]), atol=1e-6)
    with pytest.raises(agront.Error, match="exists"):
        agront.convert("agront-mini", output=tmp_path / "converted")
    agront.convert(output=tmp_path / "converted", force=True, precision="bf16")


def test_bench_gives_numbers():
    said = agront.bench(tokens=64, repeat=1)
    assert any(isinstance(value, (int, float)) and value > 0 for value in said.values())


@pytest.fixture
def genome(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(f">chr1\n{SHORT * 20}\n")
    return path


def test_score_gives_counts_and_the_programs_file(genome, program, tmp_path):
    variants = tmp_path / "in.vcf"
    header = "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    variants.write_text(header + "chr1\t301\t.\tA\tC,G\t.\t.\t.\nchr1\t310\t.\tA\tC\t.\t.\t.\n")
    said = agront.score(variants=variants, genome=genome, scores=["llr", "marginal"], output=tmp_path / "out.vcf")
    assert said["records"] == "2" and said["alleles"] == "2 scored, 1 ref_differs"
    words = [program, "score", "--variants", variants, "--genome", genome, "--scores", "llr,marginal", "-q"]
    subprocess.run([*words, "-o", tmp_path / "program.vcf"], check=True)
    assert (tmp_path / "out.vcf").read_text() == (tmp_path / "program.vcf").read_text()


def test_a_list_of_regions(genome):
    both = agront.evaluate(mlm=True, every=True, genome=genome, region=["chr1:1-60", "chr1:200-230:-"])
    one = agront.evaluate(mlm=True, every=True, genome=genome, region="chr1:1-60")
    assert (both["hidden"], one["hidden"]) == (15, 10)
    said = f"agront.evaluate(genome={str(genome)!r}, region='chr1:1-60', mlm=True, every=True)"
    assert one["provenance"]["command"] == said


def test_corpus_and_pretrain(tmp_path):
    draw = np.random.default_rng(5)
    (tmp_path / "g.fa").write_text(">chr1\n" + "".join(draw.choice(list("ACGT"), 40_000)) + "\n")
    (tmp_path / "genomes.tsv").write_text("species\tfasta\tregions\tweight\nx\tg.fa\t.\t.\n")
    said = agront.corpus(
        tmp_path / "genomes.tsv", output=tmp_path / "corpus", window_tokens=64, block_bp=2000, progress=None
    )
    assert isinstance(said, dict) and said
    assert agront.corpus(tmp_path / "corpus", verify=True) is None
    last = agront.pretrain(
        corpus=tmp_path / "corpus",
        init="agront-mini",
        steps=2,
        window_tokens=64,
        batch_tokens=256,
        validate_every=2,
        output=tmp_path / "run",
    )
    assert last["step"] == 2 and last["loss"] > 0


def test_a_callable_hears_of_a_job_and_ends_it(labelled, tmp_path):
    class Enough(Exception):
        pass

    def stop(progress):
        raise Enough(progress.label)

    with pytest.raises(Enough):
        agront.finetune(
            task="binary", train=labelled / "train.fa", method="lora", output=tmp_path / "run", progress=stop
        )
    heard = []
    agront.evaluate(labelled / "test.fa", mlm=True, progress=heard.append)
    assert heard and isinstance(heard[0], agront.Progress)


@pytest.mark.parametrize(
    "call, error, says",
    [
        (lambda p: agront.finetune(), TypeError, "output"),
        (lambda p: agront.finetune(output=p, trian="x"), TypeError, "trian"),
        (lambda p: agront.finetune(output=p, train=p / "none.fa"), agront.MissingFileError, "none.fa: no such file"),
        (lambda p: agront.finetune(output=p, train=b"x"), TypeError, "train: expected a text"),
        (lambda p: agront.finetune(output=p, epochs="many"), agront.UsageError, "epochs"),
        (lambda p: agront.finetune(output=p, epochs=True), TypeError, "epochs: expected a value"),
        (lambda p: agront.finetune(output=p, baselines="no"), TypeError, "baselines: expected True or False"),
        (lambda p: agront.finetune(output=p, method="magic"), agront.UsageError, "method"),
        (lambda p: agront.finetune(output=p, method="full", rank=4, train="x"), agront.UsageError, "--rank goes with"),
        (lambda p: agront.corpus(p / "none.tsv", output=p / "x"), agront.MissingFileError, "none.tsv"),
        (lambda p: agront.corpus(None, output=p / "x"), agront.UsageError, "MANIFEST"),
        (lambda p: agront.evaluate(p), agront.UsageError, "expected DIR and TEST"),
        (lambda p: agront.evaluate(3, mlm=True), TypeError, "evaluate"),
        (lambda p: agront.info(p / "none"), agront.MissingFileError, "none"),
        (lambda p: agront.convert("agront-mini"), TypeError, "output"),
        (lambda p: agront.convert("agront-mini", output=None), agront.UsageError, "output"),
        (lambda p: agront.score(variants=p / "x.vcf", genome=p / "x.fa"), TypeError, "output"),
        (lambda p: agront.score(variants=p / "x.vcf", genome=p / "x.fa", output=None), agront.UsageError, "output"),
        (lambda p: agront.score(variants=p / "x.vcf", genome=p / "x.fa", output=p / "y.vcf"), FileNotFoundError, "x.vcf"),
        (lambda p: agront.bench(tokens=-1), agront.UsageError, "tokens"),
        (lambda p: agront.bench(threads=5000), agront.UsageError, "threads"),
        (lambda p: agront.pull("/no"), agront.UsageError, "."),
        (lambda p: agront.pull(None), TypeError, "name"),
    ],
)
def test_wrong_options(tmp_path, call, error, says):
    with pytest.raises(error, match=says):
        call(tmp_path)
    assert np.isfinite(agront.load().embed([SHORT])).all()


def test_signatures_are_those_of_the_program(program):
    for job in JOBS:
        text = subprocess.run([program, job.__name__, "--help"], check=True, capture_output=True, text=True).stdout
        parameters = inspect.signature(job).parameters
        for flag in re.findall(r"^ +(?:-[a-z], ?)?--([a-z][a-z0-9-]+)", text, re.MULTILINE):
            name = flag.removeprefix("no-").replace("-", "_")
            assert name in parameters or flag in ("help", "quiet", "json"), (job.__name__, flag)
        assert len(job.__doc__) > 200 and "--" not in job.__doc__.replace("---", "")
    assert inspect.signature(agront.finetune).parameters["learning_rate"].default is None
    assert inspect.signature(agront.finetune).parameters["baselines"].default is True
    assert inspect.signature(agront.finetune).parameters["epochs"].default == 10
