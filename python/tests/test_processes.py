# SPDX-License-Identifier: Apache-2.0
"""Threads, forks, signals, progress and memory."""

import gc
import multiprocessing
import os
import signal
import threading
import time
import warnings

import numpy as np
import pytest

import agront

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"


def status_bytes(key):
    """VmRSS: resident now. VmHWM: the most since the last reset_peak()."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(key + ":"))


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def growth(work, times):
    """Bytes that a leak would leave: the smallest growth of three rounds, as a leak grows in each of them, while the
    arenas of the allocator settle."""
    rounds = []
    for _ in range(3):
        gc.collect()
        before = status_bytes("VmRSS")
        for _ in range(times):
            work()
        gc.collect()
        rounds.append(status_bytes("VmRSS") - before)
    return min(rounds)


def test_threads_of_python_share_a_model(model):
    expected = model.embed([SHORT] * 10)
    right = []

    def work():
        for _ in range(5):
            right.append(np.array_equal(model.embed([SHORT] * 10), expected))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 15


def test_python_goes_on_while_the_model_works(model, long_bases):
    rounds = 0
    done = threading.Event()

    def count():
        nonlocal rounds
        while not done.is_set():
            rounds += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    began, rounds_before = time.monotonic(), rounds
    while time.monotonic() - began < 0.5:
        model.embed([long_bases] * 4, progress=False)
    rounds_within = rounds - rounds_before
    done.set()
    thread.join()
    assert rounds_within > 20


@pytest.mark.parametrize("name", ["embed", "log_likelihood", "logits", "unmask"])
def test_an_interrupt_ends_a_call(model, long_bases, name):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts tests with & ignores it
    many = [long_bases] * 200
    call = {
        "embed": lambda: model.embed(many * 10),
        "log_likelihood": lambda: model.log_likelihood(many),
        "logits": lambda: model.logits(many, windows=True),
        "unmask": lambda: model.unmask(many, every=True),
    }[name]
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        call()
    timer.join()
    assert time.monotonic() - began < 120  # on a machine that is busy, too; all of it takes longer
    assert np.isfinite(model.embed([SHORT])).all()


def test_an_interrupt_ends_a_job():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        agront.bench(tokens=64, repeat=1000)  # some minutes
    timer.join()


def test_progress_calls_a_function(model, long_bases):
    heard = []
    model.embed([long_bases] * 3, progress=heard.append)
    assert heard and heard[-1].label == "embedding" and heard[-1].unit == "tokens"
    assert heard[-1].fraction == 1 and [p.done for p in heard] == sorted(p.done for p in heard)


def test_progress_that_raises_ends_the_call(model, long_bases):
    def mine(progress):
        raise RuntimeError(f"enough of {progress.label}")

    for call in (model.embed, model.log_likelihood):
        with pytest.raises(RuntimeError, match="enough of"):
            call([long_bases] * 20, progress=mine)
    assert np.isfinite(model.embed([SHORT])).all()


def test_a_call_says_nothing_where_nobody_looks(model, long_bases, capfd):
    model.embed([long_bases] * 20)
    assert capfd.readouterr() == ("", "")


def _in_child(queue, model):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        rows = model.embed([SHORT])
        model.embed([SHORT])
        queue.put((rows, [str(warning.message) for warning in heard], len(os.listdir("/proc/self/task"))))


def test_a_fork_works_on_one_thread_and_says_so_once(model):
    expected = model.embed([SHORT])
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(queue, model))
    child.start()
    rows, heard, _ = queue.get(timeout=60)
    child.join(timeout=60)
    assert child.exitcode == 0
    np.testing.assert_allclose(rows, expected, atol=1e-6)
    assert len(heard) == 1 and "forked" in heard[0]


def test_loads_and_releases_leak_nothing():
    def load():  # one that no other handle has: the weights are read each time
        agront.load(precision="int8", threads=1).embed([SHORT])

    for _ in range(10):
        load()
    assert growth(load, 20) < 8 << 20


def test_a_thousand_handles_leak_nothing(model):
    def load():
        agront.load(threads=1).embed([SHORT])

    for _ in range(100):
        load()
    assert growth(load, 1000) < 4 << 20


def test_failures_leak_nothing(model):
    def fail():
        with pytest.raises(agront.Error):
            model.embed([SHORT, "X"])

    for _ in range(20):
        fail()
    assert growth(fail, 300) < 8 << 20


def test_outputs_are_held_once(model):
    def embed(records):
        return model.embed(["ACGTAC" * 10] * records, 0, "none", progress=False).values

    embed(2_000)  # batches of the same shape: what the model needs for its work is there
    gc.collect()
    before = status_bytes("VmRSS")
    reset_peak()
    size = embed(12_000).nbytes
    assert size > 200 << 20
    assert status_bytes("VmHWM") - before < 1.5 * size  # a second copy, even for a moment: at least twice
