# SPDX-License-Identifier: Apache-2.0
"""Labelled predictions to try scores on, and their scores by scikit-learn and SciPy.

A case is {"name", "task": {"kind", "outputs"}, "labels", "predictions"}: rows in one list, missing labels None. Needs
scikit-learn 1.7 or later (its brier_score_loss takes several classes) and SciPy.
"""

import warnings

import numpy as np
import scipy.stats
import sklearn.calibration
import sklearn.metrics

BINS = 15
YES_NO = ["auroc", "auprc", "accuracy", "f1", "precision", "recall", "mcc", "log_loss", "brier", "ece"]
NUMBERS = ["r2", "pearson", "pearson_squared", "spearman", "mse", "mae"]


def calibration_error(came_true, probability):
    bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], probability)
    return sum(abs(np.sum(probability[bins == b]) - np.sum(came_true[bins == b])) for b in range(BINS)) / len(bins)


def yes_no(labels, probability):
    present = ~np.isnan(labels)
    truth, p = labels[present].astype(int), probability[present]
    if len(truth) == 0:
        return dict.fromkeys(YES_NO, np.nan)
    said = (p > 0.5).astype(int)
    metrics = sklearn.metrics
    return {"auroc": metrics.roc_auc_score(truth, p), "auprc": metrics.average_precision_score(truth, p),
            "accuracy": metrics.accuracy_score(truth, said), "f1": metrics.f1_score(truth, said),
            "precision": metrics.precision_score(truth, said), "recall": metrics.recall_score(truth, said),
            "mcc": metrics.matthews_corrcoef(truth, said), "log_loss": metrics.log_loss(truth, p, labels=[0, 1]),
            "brier": metrics.brier_score_loss(truth, p, labels=[0, 1]), "ece": calibration_error(truth, p)}


def numbers(labels, predictions):
    present = ~np.isnan(labels)
    y, p = labels[present], predictions[present]
    if len(y) == 0:
        return dict.fromkeys(NUMBERS, np.nan)
    pearson = scipy.stats.pearsonr(y, p).statistic if len(y) > 1 else np.nan
    spearman = scipy.stats.spearmanr(y, p).statistic if len(y) > 1 else np.nan
    return {"r2": sklearn.metrics.r2_score(y, p), "pearson": pearson, "pearson_squared": pearson**2,
            "spearman": spearman, "mse": sklearn.metrics.mean_squared_error(y, p),
            "mae": sklearn.metrics.mean_absolute_error(y, p)}


def mean(per_output, name):
    return np.nanmean([scores[name] for scores in per_output])


def multilabel(labels, probability, names):
    per_output = [yes_no(labels[:, i], probability[:, i]) for i in range(len(names))]
    overall = {name: mean(per_output, name) for name in YES_NO}
    present = ~np.isnan(labels)
    said = probability > 0.5
    whole = present.any(axis=1)
    overall["accuracy"] = np.mean(((said == labels) | ~present).all(axis=1)[whole]) if whole.any() else np.nan
    truth, decision = labels[present].astype(int), said[present].astype(int)
    overall["f1_micro"] = sklearn.metrics.f1_score(truth, decision) if len(truth) else np.nan
    overall["hamming_loss"] = sklearn.metrics.hamming_loss(truth, decision) if len(truth) else np.nan
    if present.all() and len(labels):  # where scikit-learn has the score itself
        assert overall["accuracy"] == sklearn.metrics.accuracy_score(labels.astype(int), said.astype(int))
        assert overall["f1_micro"] == sklearn.metrics.f1_score(labels.astype(int), said.astype(int), average="micro")
    return overall | {"outputs": dict(zip(names, per_output))}


def classes(labels, probability, names):
    present = ~np.isnan(labels)
    truth, p = labels[present].astype(int), probability[present]
    said = p.argmax(axis=1) if len(p) else truth
    keep = ["auroc", "auprc", "f1", "precision", "recall"]
    per_output = []
    for index in range(len(names)):
        scores = yes_no(np.where(present, labels == index, np.nan), probability[:, index])
        if len(truth):
            a, b = (truth == index).astype(int), (said == index).astype(int)
            scores |= {"f1": sklearn.metrics.f1_score(a, b), "precision": sklearn.metrics.precision_score(a, b),
                       "recall": sklearn.metrics.recall_score(a, b)}
        per_output.append({name: scores[name] for name in keep})
    if len(truth) == 0:
        return dict.fromkeys(["accuracy", "f1", "mcc", "auroc", "auprc", "log_loss", "brier", "ece"], np.nan) | {
            "outputs": dict(zip(names, per_output))}
    every = list(range(len(names)))
    overall = {"accuracy": sklearn.metrics.accuracy_score(truth, said),
               "f1": sklearn.metrics.f1_score(truth, said, average="macro"),
               "mcc": sklearn.metrics.matthews_corrcoef(truth, said), "auroc": mean(per_output, "auroc"),
               "auprc": mean(per_output, "auprc"), "log_loss": sklearn.metrics.log_loss(truth, p, labels=every),
               "brier": sklearn.metrics.brier_score_loss(truth, p, labels=every),
               "ece": calibration_error(said == truth, p.max(axis=1))}
    if len(np.unique(truth)) == len(names) > 2:
        ovr = sklearn.metrics.roc_auc_score(truth, p, multi_class="ovr", labels=every)
        assert abs(overall["auroc"] - ovr) < 1e-12
    return overall | {"outputs": dict(zip(names, per_output))}


def curves(labels, probability):
    """The curves of a binary task, from the highest threshold; none when scikit-learn has none without a warning."""
    present = ~np.isnan(labels)
    truth, p = labels[present].astype(int), probability[present]
    if len(np.unique(truth)) < 2:
        return None
    fpr, tpr, thresholds = sklearn.metrics.roc_curve(truth, p)
    precision, recall, _ = sklearn.metrics.precision_recall_curve(truth, p)
    share, mean_probability = sklearn.calibration.calibration_curve(truth, p, n_bins=BINS)
    return {"roc": [fpr, tpr], "roc_thresholds": thresholds[1:], "precision_recall": [recall[::-1], precision[::-1]],
            "calibration": [mean_probability, share]}


def scores_of(case):
    names = case["task"]["outputs"]
    kind = case["task"]["kind"]
    labels = np.array(case["labels"], dtype=float)  # None becomes NaN
    predictions = np.array(case["predictions"], dtype=float).reshape(-1, len(names))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the cases that are not defined
        with np.errstate(all="ignore"):
            if kind == "binary":
                return yes_no(labels, predictions[:, 0])
            if kind in ("multiclass", "token"):
                return classes(labels, predictions, names)
            labels = labels.reshape(-1, len(names))
            if kind == "multilabel":
                return multilabel(labels, predictions, names)
            per_output = [numbers(labels[:, i], predictions[:, i]) for i in range(len(names))]
            if len(names) == 1:
                return per_output[0]
            return {name: mean(per_output, name) for name in NUMBERS} | {"outputs": dict(zip(names, per_output))}


def make_case(name, kind, outputs, labels, predictions):
    labels = [None if np.isnan(value) else float(value) for value in np.asarray(labels, dtype=float).ravel()]
    return {"name": name, "task": {"kind": kind, "outputs": outputs}, "labels": labels,
            "predictions": [float(value) for value in np.asarray(predictions).ravel()]}


def degenerate_cases():
    nan = np.nan
    p = [0.1, 0.9, 0.5, 0.7]
    for name, labels, predictions in [
            ("only no", [0, 0, 0, 0], p), ("only yes", [1, 1, 1, 1], p), ("one example", [1], [0.3]),
            ("no examples", [], []), ("all missing", [nan, nan], [0.2, 0.4]), ("all tied", [0, 1, 1, 0], [0.5] * 4),
            ("said no of all", [0, 1, 1, 0], [0.1, 0.2, 0.3, 0.1]), ("certain and wrong", [0, 1], [1.0, 0.0]),
            ("certain and right", [0, 1, 1], [0.0, 1.0, 1.0]), ("some missing", [0, nan, 1, 1], p),
            ("on the edges of bins", [0, 1] * 8, [i / BINS for i in range(BINS + 1)]),
            ("on the edges as products", [1, 0] * 8, [i * (1 / BINS) for i in range(BINS + 1)])]:
        yield make_case(name, "binary", ["yes"], labels, predictions)
    x = [1.0, 2.0, 3.0, 5.0]
    for name, labels, predictions in [
            ("constant labels", [2.0] * 4, x), ("constant labels, told exactly", [2.0] * 3, [2.0] * 3),
            ("constant predictions", x, [1.5] * 4), ("one number", [1.0], [2.0]), ("one number, exact", [2.0], [2.0]),
            ("no numbers", [], []), ("two numbers", [1.0, 3.0], [2.0, 1.0]), ("ties", [1, 1, 2, 2, 3], [2, 1, 1, 3, 3]),
            ("exact", x, x), ("far from zero", [1e6 + value for value in x], [1e6 + 1.5, 1e6 + 2, 1e6 + 2, 1e6 + 6]),
            ("missing numbers", [1.0, nan, 3.0, 4.0], x)]:
        yield make_case(name, "regression", ["number"], labels, predictions)
    three = ["a", "b", "c"]
    even = np.full((3, 3), 1 / 3)
    mixed = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3]]
    for name, labels, predictions in [
            ("one class", [1, 1, 1], mixed), ("a class not there", [0, 1, 1], mixed), ("all even", [0, 1, 2], even),
            ("no classes", [], []), ("classes missing", [0, nan, 2], mixed)]:
        yield make_case(name, "multiclass", three, labels, predictions)
    two = [[0.7, 0.2], [0.1, 0.6], [0.5, 0.9]]
    for name, labels in [("an output of one kind", [[1, 1], [0, 1], [1, 1]]), ("no label", [[nan] * 2] * 3),
                         ("an output missing", [[1, nan], [0, nan], [0, nan]]),
                         ("labels missing", [[1, 0], [nan, 1], [0, nan]])]:
        yield make_case(name, "multilabel", ["x", "y"], labels, two)
    for name, labels in [("an output constant", [[1, 3], [2, 3], [4, 3]]), ("outputs missing", [[1, nan]] * 3)]:
        yield make_case(name, "regression", ["x", "y"], labels, two)


def random_cases(seed, sizes):
    random = np.random.default_rng(seed)

    def missing(labels):
        return np.where(random.random(np.shape(labels)) < 0.2, np.nan, labels)

    def rounded(values):  # ties
        return np.round(values, 1)

    for size in sizes:
        truth = random.integers(0, 2, size).astype(float)
        p = np.clip(0.3 * truth + random.random(size) * 0.7, 0, 1)
        yield make_case(f"binary {size}", "binary", ["yes"], truth, p)
        yield make_case(f"binary {size} with ties", "binary", ["yes"], missing(truth), rounded(p))
        y = random.normal(size=(size, 3))
        guess = 0.5 * y + random.normal(size=(size, 3))
        yield make_case(f"number {size}", "regression", ["x"], y[:, 0], guess[:, 0])
        yield make_case(f"numbers {size}", "regression", ["x", "y", "z"], missing(rounded(y)), rounded(guess))
        scale = 10.0 ** random.integers(-6, 7)
        yield make_case(f"large or small numbers {size}", "regression", ["x"], y[:, 0] * scale + scale,
                        guess[:, 0] * scale + scale)
        index = random.integers(0, 4, size)
        logits = random.normal(size=(size, 4)) + 1.5 * np.eye(4)[index]
        soft = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        yield make_case(f"classes {size}", "multiclass", list("abcd"), index, soft)
        yield make_case(f"tokens {size}", "token", list("abcd"), missing(index.astype(float)), soft)
        several = random.integers(0, 2, (size, 3)).astype(float)
        q = np.clip(0.2 * several + random.random((size, 3)) * 0.8, 0, 1)
        yield make_case(f"labels {size}", "multilabel", ["x", "y", "z"], several, q)
        yield make_case(f"labels {size} missing", "multilabel", ["x", "y", "z"], missing(several), rounded(q))
