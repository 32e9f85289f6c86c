# SPDX-License-Identifier: Apache-2.0
"""What a device of XLA gives from Python is what the processor gives. tools/test_plugins.sh installs two plugins for
processors; without them these tests are skipped, aloud."""

import json
import os
import pathlib
import pickle
import subprocess
import sys

import numpy as np
import pytest

import agront
from conftest import ROOT

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
BASES = [SHORT, "ATTTCTCTCTNTCgattaca", SHORT * 9]
FOLDER = pathlib.Path(os.environ.get("AGRONT_TEST_PLUGINS", ROOT / "build/plugins"))
PLUGINS = sorted(map(str, [*FOLDER.glob("*/xla_plugins/*/*.so"), *FOLDER.glob("*/*/*plugin*.so")]))
BOUND = 1e-5  # of the norm of the difference over the norm, in float32

if not PLUGINS:
    pytest.skip(f"no plugin of XLA in {FOLDER}: tools/test_plugins.sh installs two", allow_module_level=True)


@pytest.fixture(scope="module", autouse=True)
def programs(tmp_path_factory):
    """Nothing is taken from, or kept for, other runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AGRONT_PROGRAM_CACHE", str(tmp_path_factory.mktemp("programs")))
        yield


@pytest.fixture(scope="module", params=PLUGINS, ids=lambda path: pathlib.Path(path).stem)
def plugin(request):
    return request.param


@pytest.fixture(scope="module")
def on_device(plugin):
    return agront.load(device=plugin)


def assert_close(got, want, bound=BOUND):
    assert got.shape == want.shape and got.dtype == want.dtype
    assert np.linalg.norm(got - want) <= bound * np.linalg.norm(want)
    assert not np.array_equal(got, want) or not got.any()  # the device computed, and not the processor


def test_every_call_of_a_model(on_device, model):
    assert_close(on_device.embed(BASES), model.embed(BASES))
    rows, wanted = (one.embed(BASES, [1, "last:raw"], "none") for one in (on_device, model))
    for key in (1, "last:raw"):
        assert_close(rows.values[key], wanted.values[key])
    np.testing.assert_array_equal(rows.offsets, wanted.offsets)
    assert_close(np.stack(list(on_device.embed_iter(BASES))), model.embed(BASES))
    assert_close(on_device.logits(BASES).values, model.logits(BASES).values)
    assert_close(on_device.attention(BASES, [(2, 1)])[2], model.attention(BASES, [(2, 1)])[2])
    assert_close(on_device.unmask(BASES, every=True).true_probability[:5], model.unmask(BASES, every=True).true_probability[:5])
    assert_close(on_device.log_likelihood(BASES), model.log_likelihood(BASES))
    asked = {"variants": [("a", 40, BASES[2][40], "T")], "genome": {"a": BASES[2]}, "window_bp": 126}
    assert_close(on_device.score_variants(**asked).pll, model.score_variants(**asked).pll, 1e-3)  # a small difference of sums


def test_bf16_and_int8(plugin, model):
    rows = agront.load(precision="bf16", device=plugin).embed(BASES)
    assert_close(rows, model.embed(BASES), 0.02)
    with pytest.raises(agront.UsageError, match="int8: xla-cpu computes in fp32 or bf16"):
        agront.load(precision="int8", device=plugin)


def test_a_pickled_model_knows_its_device(on_device, plugin):
    again = pickle.loads(pickle.dumps(on_device))
    assert plugin.encode() in pickle.dumps(again)
    np.testing.assert_array_equal(again.embed(BASES), on_device.embed(BASES))


def test_a_predictor(plugin):
    folder, base = ROOT / "tests/data/v0.1/finetuned", ROOT / "tests/golden/model"
    got, want = (
        agront.Predictor(folder, base=base, device=device).predict(ROOT / "tests/data/v0.1/test.fa").values
        for device in (plugin, "cpu")
    )
    assert_close(got, want)


def test_an_embedder_of_scikit_learn(plugin, model):
    pytest.importorskip("sklearn")
    from sklearn.base import clone

    from agront.sklearn import Embedder

    assert_close(clone(Embedder(layer=2, device=plugin)).fit_transform(BASES), model.embed(BASES, 2))


@pytest.mark.parametrize("job", ["evaluate", "bench", "score"])
def test_jobs(plugin, tmp_path, job):
    fasta = tmp_path / "x.fa"
    fasta.write_text("".join(f">{i}\n{bases}\n" for i, bases in enumerate(BASES)))
    variants = tmp_path / "x.vcf"
    variants.write_text("##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + f"2\t41\t.\t{BASES[2][40]}\tT\t.\t.\t.\n")
    said = {
        "evaluate": lambda: agront.evaluate(fasta, mlm=True, every=True, device=plugin)["provenance"],
        "bench": lambda: agront.bench(tokens=64, repeat=1, device=plugin),
        "score": lambda: agront.score(variants=variants, genome=fasta, window_bp=126, device=plugin, output=tmp_path / "y.vcf"),
    }[job]()
    assert "xla-cpu" in json.dumps(said), said


def test_info_verifies_on_the_device(plugin, tmp_path):
    (tmp_path / "x.fa").write_text(f">a\n{SHORT * 9}\n")
    got, want = (
        agront.info(verify_precision=tmp_path / "x.fa", precision="bf16", device=device)["bf16.log_likelihood_change"]
        for device in (plugin, "cpu")
    )
    assert got != want and abs(float(got.split()[0])) < 0.5
    with pytest.raises(agront.UsageError, match="int8: xla-cpu computes"):
        agront.info(verify_precision=tmp_path / "x.fa", precision="int8", device=plugin)


def test_what_is_no_device(tmp_path):
    from agront.sklearn import Embedder

    for call in (
        lambda: agront.load(device="gpu"),
        lambda: agront.Predictor(ROOT / "tests/data/v0.1/finetuned", base=ROOT / "tests/golden/model", device="gpu"),
        lambda: Embedder(device="gpu").fit(BASES),
        lambda: agront.bench(device="gpu"),
    ):
        with pytest.raises(agront.UsageError, match="device gpu: expected cpu, cuda"):
            call()
    with pytest.raises(TypeError, match="device: expected a str"):
        agront.Predictor(tmp_path, device=1)
    with pytest.raises(TypeError, match="device"):  # training is on processors
        agront.finetune(task="binary", train="x.fa", output=tmp_path / "run", device="cuda")


def test_a_fork_says_that_it_cannot_use_a_device(plugin, on_device):
    on_device.embed(BASES)
    code = "import os, sys, agront\n" + f"""
model = agront.load(device={plugin!r})
model.embed([{SHORT!r}])
child = os.fork()
if child == 0:
    for call in (lambda: model.embed([{SHORT!r}]), lambda: agront.load(device={plugin!r}).embed([{SHORT!r}])):
        try:
            call()
        except agront.Error as error:
            print(error, flush=True)
    del model  # gives nothing back to the plugin, whose threads are not here
    os._exit(0)
sys.exit(os.waitpid(child, 0)[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("expected the process that started it, got a fork of that one") == 2


def test_packages_of_this_python_are_looked_at(plugin):
    """Without a variable that names its environment, as a kernel of Jupyter has none."""
    packages = pathlib.Path(plugin).parents[2 if "xla_plugins" in plugin else 1]
    code = f"import sys; sys.path.insert(0, {str(packages)!r}); import agront; print(agront.info(devices=True)['xla-cpu'])"
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert plugin in done.stdout and "none" not in done.stdout
