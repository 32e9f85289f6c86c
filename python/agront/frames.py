# SPDX-License-Identifier: Apache-2.0
"""Embeddings as tables of other packages, which are imported only here: pandas, polars, anndata, xarray.

    rows, places = model.embed("promoters.fa", places=True)
    table = agront.frames.to_pandas(rows, places)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._results import Places
from ._types import Floats

if TYPE_CHECKING:
    import anndata
    import pandas
    import polars
    import xarray

__all__ = ["to_anndata", "to_pandas", "to_polars", "to_xarray"]

_FIELDS = ("name", "chrom", "start", "end", "strand")


def _check(rows: Any, places: Places) -> NDArray[Any]:
    array = np.asarray(rows)
    if array.ndim != 2 or len(array) != len(places.record):
        raise ValueError(f"rows: expected one for each of {len(places.record)} places, got an array {array.shape}")
    return array


def to_pandas(rows: Floats, places: Places) -> pandas.DataFrame:
    """A pandas.DataFrame: a column for each channel (float32), indexed by name, chrom, start, end, strand."""
    import pandas

    array = _check(rows, places)
    index = pandas.MultiIndex.from_arrays([getattr(places, field) for field in _FIELDS], names=_FIELDS)
    return pandas.DataFrame(array, index=index, copy=False)


def to_polars(rows: Floats, places: Places) -> polars.DataFrame:
    """A polars.DataFrame: name, chrom, start, end, strand, and `embedding`, an array of float32 a row."""
    import polars

    array = _check(rows, places)
    frame = polars.DataFrame({field: polars.Series(getattr(places, field)) for field in _FIELDS})
    return frame.with_columns(polars.Series("embedding", array))


def to_anndata(rows: Floats, places: Places) -> anndata.AnnData:
    """An anndata.AnnData: X the embeddings, obs the places."""
    import anndata
    import pandas

    array = _check(rows, places)
    obs = pandas.DataFrame({field: getattr(places, field) for field in _FIELDS})
    obs.index = obs.index.astype(str)
    return anndata.AnnData(X=array, obs=obs)


def to_xarray(rows: Floats, places: Places) -> xarray.DataArray:
    """An xarray.DataArray with the dimensions record and channel, and the places as coordinates of record."""
    import xarray

    array = _check(rows, places)
    coordinates = {field: ("record", getattr(places, field)) for field in _FIELDS}
    return xarray.DataArray(array, dims=("record", "channel"), coords=coordinates, name="embedding")
