# SPDX-License-Identifier: Apache-2.0
"""Bad input gives an exception that says what was expected, and the process goes on."""

import gzip

import numpy as np
import pytest

import agront

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"


@pytest.fixture(autouse=True)
def still_usable(model):
    yield
    assert np.isfinite(model.embed([SHORT])).all()


def test_the_classes_are_those_of_python_too():
    assert issubclass(agront.UsageError, (agront.Error, ValueError))
    assert issubclass(agront.UsageError, ValueError) and issubclass(agront.MissingFileError, FileNotFoundError)
    assert issubclass(agront.MissingFileError, agront.Error) and not issubclass(agront.Error, OSError)
    assert agront.Error.__module__ == "agront"


@pytest.mark.parametrize(
    "wrong, says",
    [
        (None, "expected a list of str or the path"),
        (b"ACGT", "got bytes"),
        (bytearray(b"ACGT"), "got bytearray"),
        ({"a": SHORT}, "got dict"),
        (7, "got int"),
        ([SHORT, None], "sequence 1: expected a str, got NoneType"),
        ([SHORT, b"ACGT"], "sequence 1: expected a str, got bytes"),
        ([[SHORT]], "sequence 0: expected a str, got list"),
        (np.array([b"ACGT"]), "sequence 0: expected a str, got bytes_"),
        (np.zeros((2, 3), np.float32), "sequence 0: expected a str, got ndarray"),
        (np.array([1, 2]), "sequence 0: expected a str, got int64"),
    ],
)
def test_what_is_no_sequence(model, wrong, says):
    calls = [model.embed, model.logits, model.unmask, model.log_likelihood, lambda x: list(model.embed_iter(x))]
    for call in calls + [lambda x: model.attention(x, [(1, 0)])]:
        with pytest.raises(TypeError, match=says):
            call(wrong)


def test_arrays_and_views_of_str_are_sequences(model):
    rows = model.embed([SHORT, "ACGTACGTACGT"])
    array = np.array([SHORT, "x", "ACGTACGTACGT", "x"])
    np.testing.assert_array_equal(model.embed(array[::2]), rows)
    np.testing.assert_array_equal(model.embed((SHORT, "ACGTACGTACGT")), rows)
    np.testing.assert_array_equal(model.embed(s for s in (SHORT, "ACGTACGTACGT")), rows)


def test_no_sequences_give_no_rows(model):
    channels = model.shape.hidden
    for nothing in ([], (), iter(()), np.array([], dtype=str)):
        assert model.embed(nothing).shape == (0, channels)
    values, offsets = model.embed([], pooling="none")
    assert values.shape == (0, channels) and list(offsets) == [0]
    rows, places = model.embed([], [0, "last"], places=True)
    assert rows[0].shape == (0, channels) and len(places.name) == 0
    assert model.logits([]).values.shape == (0, model.shape.vocabulary)
    assert model.attention([], [(1, 0)]) == [] and list(model.embed_iter([])) == []
    assert model.unmask([], top=3).kmers().shape == (0, 3) and model.log_likelihood([]).shape == (0,)
    assert agront.decode([]) == "" and list(agront.tokenize("").texts) == ["<cls>"]


def test_generators_that_raise(model):
    def source():
        yield SHORT
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        model.embed(source())
    with pytest.raises(KeyError, match="mine"):
        list(model.embed_iter(source()))


def test_a_str_is_a_path(model):
    with pytest.raises(agront.MissingFileError, match="no such file; pass a list for sequences"):
        model.embed(SHORT * 1000)
    with pytest.raises(FileNotFoundError):
        list(model.embed_iter(SHORT))
    with pytest.raises(ValueError, match="null"):
        model.embed("a\0b")


@pytest.mark.parametrize("bases", ["ACGTXA", "ACGé", "", " ", "\ud800"])
def test_letters_that_are_no_bases(model, bases):
    calls = [model.embed, model.logits, model.unmask, model.log_likelihood, lambda x: model.attention(x, [(1, 0)])]
    for call in calls + [lambda x: list(model.embed_iter(x))]:
        with pytest.raises((agront.Error, ValueError), match="sequence 1|surrogates"):
            call([SHORT, bases])
    with pytest.raises(agront.Error, match="base 4: expected"):
        agront.tokenize("ACGTXA")


def test_files_that_are_none(model, tmp_path):
    (tmp_path / "text").write_text("no FASTA\n")
    (tmp_path / "empty").write_text("")
    (tmp_path / "letters").write_text(">a\nACGT\n>b\nACXGT\n")
    (tmp_path / "cut.gz").write_bytes(gzip.compress((">a\n" + SHORT * 99).encode())[:-20])
    for name, says in (("text", "text:1"), ("empty", "empty"), ("letters", "letters:4"), ("cut.gz", "cut.gz")):
        for call in (model.embed, model.logits, model.log_likelihood, lambda x: list(model.embed_iter(x))):
            with pytest.raises(agront.Error, match=says):
                call(tmp_path / name)
    with pytest.raises(agront.Error):
        model.embed(tmp_path)


def test_models_that_are_none(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(agront.Error, match="config.json"):
        agront.load(tmp_path)
    with pytest.raises(agront.MissingFileError):
        agront.load("/no/such/model")
    with pytest.raises(agront.MissingFileError):
        agront.load("agront-1b-that-is-not-here/x")
    with pytest.raises(agront.MissingFileError):
        agront.Predictor("/no/such/model")
    with pytest.raises(agront.Error):
        agront.Predictor(tmp_path)
    with pytest.raises(agront.Error):
        agront.load(adapter=tmp_path / "none")
    for wrong in (None, 7, [], b"x"):
        with pytest.raises(TypeError, match="name_or_folder"):
            agront.load(wrong)
    with pytest.raises(agront.UsageError, match="precision: expected fp32, bf16, int8, tf32 or auto, got 'fp8'"):
        agront.load(precision="fp8")
    with pytest.raises(agront.UsageError):
        agront.load(threads=-1)
    with pytest.raises(TypeError, match="threads"):
        agront.load(threads=1.5)


@pytest.mark.parametrize(
    "options, error, says",
    [
        ({"layers": 99}, agront.UsageError, "layer 99"),
        ({"layers": -1}, agront.UsageError, "layer -1"),
        ({"layers": "first"}, agront.UsageError, "layers: expected a number"),
        ({"layers": []}, agront.UsageError, "layers: expected one or more"),
        ({"layers": [1, 1]}, agront.UsageError, "layer"),
        ({"layers": None}, TypeError, "layers"),
        ({"layers": 1.0}, TypeError, "layers"),
        ({"layers": True}, TypeError, "layers"),
        ({"pooling": "median"}, agront.UsageError, "pooling: expected mean, max, cls or none, got 'median'"),
        ({"pooling": None}, TypeError, "pooling"),
        ({"overlap": -1}, agront.UsageError, "overlap"),
        ({"overlap": 10**6}, agront.UsageError, "overlap"),
        ({"batch_tokens": 0}, agront.UsageError, "batch-tokens"),
        ({"batch_tokens": 10**30}, agront.UsageError, "batch_tokens: expected a number below"),
        ({"batch_tokens": "512"}, TypeError, "batch_tokens: expected a whole number"),
        ({"windows": "no"}, TypeError, "windows: expected True or False, got str"),
        ({"places": 1}, TypeError, "places: expected True or False, got int"),
        ({"progress": "yes"}, TypeError, "progress"),
    ],
)
def test_options_of_embed(model, options, error, says):
    with pytest.raises(error, match=says):
        model.embed([SHORT], **options)


def test_options_of_the_others(model):
    with pytest.raises(agront.UsageError, match="top"):
        model.unmask([SHORT], top=-1)
    with pytest.raises(agront.UsageError, match="masking"):
        model.log_likelihood([SHORT], masking="all")
    with pytest.raises(agront.UsageError, match="layers 1 to"):
        model.attention([SHORT], [(99, 0)])
    for wrong in ([1], ["12x"], [(1, 2, 3)]):
        with pytest.raises(TypeError, match="maps"):
            model.attention([SHORT], wrong)
    for wrong in (None, 5, "1:0"):
        with pytest.raises(TypeError, match="maps: expected pairs"):
            model.attention([SHORT], wrong)
    with pytest.raises(agront.UsageError, match="maps"):
        model.attention([SHORT], [])
    for wrong in ("x", 1.5, True, [2]):
        with pytest.raises(TypeError, match="threads: expected a whole number"):
            agront.set_num_threads(wrong)
    with pytest.raises(agront.UsageError, match="threads: expected 0"):
        agront.set_num_threads(-1)
    with pytest.raises(agront.UsageError, match="batch_tokens"):
        model.logits([SHORT], batch_tokens=0)
    with pytest.raises(TypeError, match="one sequence"):
        agront.tokenize([SHORT])
    for call in (agront.tokenize, agront.reverse_complement, lambda x: agront.load(precision=x)):
        with pytest.raises(ValueError, match="got half a character at 0"):
            call("\ud800")
    for wrong in (np.zeros(3), None, "abc", [1.5], np.zeros((2, 2), int)):
        with pytest.raises(TypeError, match="ids"):
            agront.decode(wrong)
    with pytest.raises(agront.Error, match="ids"):
        agront.decode([4105])


def test_switches_are_true_or_false(model, tmp_path):
    for call in (
        lambda: model.logits([SHORT], probabilities="no"),
        lambda: model.logits([SHORT], windows=None),
        lambda: model.logits([SHORT], places=0),
        lambda: model.unmask([SHORT], every=1),
        lambda: model.unmask([SHORT], per_base="yes"),
        lambda: model.score_variants([], {"a": SHORT}, shared_masks=0),
        lambda: agront.Predictor(tmp_path, any_length=1),
        lambda: agront.pull("a/b", force="no"),
    ):
        with pytest.raises(TypeError, match="expected True or False"):
            call()


def test_a_stream_says_at_once_what_does_not_fit(model):
    for options in ({"layers": 99}, {"pooling": "median"}, {"batch_tokens": 0}, {"layers": [1, 1]}):
        with pytest.raises(agront.UsageError):
            model.embed_iter([], **options)


def test_long_sequences_ask_for_windows(model, long_bases):
    for call in (
        lambda: model.embed([SHORT, long_bases], pooling="max"),
        lambda: model.embed([SHORT, long_bases], pooling="none"),
        lambda: model.logits([SHORT, long_bases]),
        lambda: model.attention([SHORT, long_bases], [(1, 0)]),
    ):
        with pytest.raises(agront.UsageError, match="sequence 1: longer than the model's window; expected windows=True"):
            call()
    with pytest.raises(agront.Error, match="cut it into windows"):
        model.tokenize(long_bases)


def test_messages_are_short_and_printable(model):
    with pytest.raises(agront.Error) as caught:
        model.embed(["ACGT\x1b[31m" + "X" * 10_000])
    assert len(str(caught.value)) < 300 and "\x1b" not in str(caught.value)
