# SPDX-License-Identifier: Apache-2.0
"""The transformer in scikit-learn's own machinery, and tables of other packages."""

import pickle

import numpy as np
import pytest

import agront

pytest.importorskip("sklearn")
from sklearn.base import clone  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402

from agront.sklearn import Embedder  # noqa: E402


@pytest.fixture(scope="module")
def examples():
    draw = np.random.default_rng(1)
    labels = np.arange(60) % 2
    letters = [list("ACGT" + ("GGC" if label else "AAT") * 3) for label in labels]
    return ["".join(draw.choice(some, 90)) for some in letters], labels


def test_a_probe_in_a_pipeline(examples, model):
    sequences, labels = examples
    probe = make_pipeline(Embedder(layer=2), LogisticRegression(max_iter=500)).fit(sequences, labels)
    assert probe.score(sequences, labels) > 0.9
    np.testing.assert_array_equal(Embedder(layer=2).transform(sequences), model.embed(sequences, 2))


def test_clone_and_grid_search(examples):
    sequences, labels = examples
    embedder = Embedder("agront-mini", layer=1)
    assert clone(embedder).get_params() == embedder.get_params()
    pipeline = Pipeline([("embed", embedder), ("fit", LogisticRegression(max_iter=500))])
    search = GridSearchCV(pipeline, {"embed__layer": [0, 2], "embed__pooling": ["mean", "cls"]}, cv=2)
    search.fit(sequences, labels)
    assert search.best_score_ > 0.8


def test_names_and_pandas_out(examples):
    pandas = pytest.importorskip("pandas")
    sequences, _ = examples
    embedder = Embedder(layer="last:raw").set_output(transform="pandas")
    frame = embedder.fit_transform(pandas.Series(sequences))
    assert isinstance(frame, pandas.DataFrame) and frame.columns[1] == "layer_last_raw_1"
    np.testing.assert_array_equal(
        Embedder().transform(pandas.DataFrame({"bases": sequences})), Embedder().transform(np.array(sequences)[:, None])
    )


def test_a_pickled_pipeline_has_no_weights(examples, model):
    sequences, labels = examples
    probe = make_pipeline(Embedder(model), LogisticRegression(max_iter=500)).fit(sequences, labels)
    data = pickle.dumps(probe)
    assert len(data) < 20_000
    np.testing.assert_array_equal(pickle.loads(data).predict(sequences), probe.predict(sequences))


def test_one_column_of_polars(examples):
    polars = pytest.importorskip("polars")
    sequences, _ = examples
    np.testing.assert_array_equal(Embedder().transform(polars.DataFrame({"x": sequences})), Embedder().transform(sequences))


def test_what_does_not_fit(examples):
    with pytest.raises(agront.UsageError, match="X: expected one column of sequences, got 2"):
        Embedder().transform(np.array([examples[0], examples[0]]).T)
    with pytest.raises(agront.UsageError):
        Embedder(pooling="none").transform(examples[0])
    with pytest.raises(agront.UsageError):
        Embedder(layer=[1, 2]).transform(examples[0])
    with pytest.raises(agront.MissingFileError):
        Embedder("/no/such/model").fit(examples[0])


def test_tables(examples, model):
    pytest.importorskip("pandas")
    rows, places = model.embed(examples[0], places=True)
    frame = agront.frames.to_pandas(rows, places)
    assert frame.shape == rows.shape and frame.index.names[0] == "name"
    assert np.shares_memory(frame.to_numpy(), rows)
    with pytest.raises(ValueError, match="rows"):
        agront.frames.to_pandas(rows[1:], places)
    assert list(places.to_pandas().columns)[:5] == ["name", "chrom", "start", "end", "strand"]
    assert len(model.unmask(examples[0][:2], every=True).to_pandas()) == 2 * 15 * 5


@pytest.mark.parametrize("package, function", [("polars", "to_polars"), ("anndata", "to_anndata"), ("xarray", "to_xarray")])
def test_tables_of_others(examples, model, package, function):
    pytest.importorskip(package)
    rows, places = model.embed(examples[0], places=True)
    table = getattr(agront.frames, function)(rows, places)
    assert len(table) == len(rows)
