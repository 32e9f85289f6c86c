# SPDX-License-Identifier: Apache-2.0
"""How far a call is, shown or told; and what the library says beside."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Union

_log = logging.getLogger("agront")


class Progress(NamedTuple):
    """What a function given as ``progress=`` is called with."""

    label: str  #: what is done: "embedding"
    unit: str  #: what is counted: "tokens"
    done: int  #: units so far
    fraction: float | None  #: of the whole, 0 to 1; None where that is not known


ProgressOption = Union[bool, Callable[[Progress], Any], None]

#: (progress, interval, notice), as the compiled part takes them.
Heard = tuple[Any, float, Any]

#: Calls that end sooner show nothing.
SECONDS_BEFORE_SHOWN = 1.0
SECONDS_BETWEEN = 0.1


class _Shown:
    """On standard error, by tqdm where it is installed."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bar: Any = None
        self._label: str | None = None
        self._wide = 0

    def __call__(self, label: str, unit: str, done: int, fraction: float) -> None:
        if time.monotonic() - self._began < SECONDS_BEFORE_SHOWN:
            return
        if self._label != label:
            self.close()
            self._label, self._bar = label, _tqdm_bar(label)
        if self._bar is not None:
            self._bar.n = max(0.0, round(100 * fraction, 1))
            self._bar.set_postfix_str(f"{done:,} {unit}")
        elif sys.stderr.isatty():
            share = f"{100 * fraction:5.1f} %  " if fraction >= 0 else ""
            line = f"{label}: {share}{done:,} {unit}"
            sys.stderr.write("\r" + line.ljust(self._wide))
            sys.stderr.flush()
            self._wide = len(line)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._wide:
            sys.stderr.write("\r" + " " * self._wide + "\r")
        self._bar, self._wide = None, 0


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return bool(shell and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell")


def _tqdm_bar(label: str) -> Any:
    if not (sys.stderr.isatty() or _in_notebook()):
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(total=100, desc=label, unit="%", leave=False, bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}")


def _notice(kind: str, text: str) -> None:
    if kind == "warning":
        warnings.warn(text, stacklevel=4)
    else:
        _log.info("%s", text)


@contextlib.contextmanager
def heard(progress: ProgressOption) -> Iterator[Heard]:
    """For the time of a call."""
    _after_fork.tell_once()
    if callable(progress):
        yield (
            lambda label, unit, done, fraction: progress(
                Progress(label, unit, done, fraction if fraction >= 0 else None)
            ),
            0.0,
            _notice,
        )
        return
    if not isinstance(progress, (bool, type(None))):
        raise TypeError(f"progress: expected True, False or a function, got {type(progress).__name__}")
    if not progress:
        yield None, 0.0, _notice
        return
    shown = _Shown()
    try:
        yield shown, SECONDS_BETWEEN, _notice
    finally:
        shown.close()


class _AfterFork:
    """After a fork the threads of the parent are not there: the child works on one, and says so once."""

    def __init__(self) -> None:
        self._is_to_tell = False
        self.is_used = False
        os.register_at_fork(after_in_child=self._in_child)

    def _in_child(self) -> None:
        self._is_to_tell = self.is_used

    def tell_once(self) -> None:
        self.is_used = True
        if self._is_to_tell:
            self._is_to_tell = False
            warnings.warn(
                "this process was forked after agront had worked, and works on one thread; start processes by spawn or "
                "forkserver, or load in each",
                RuntimeWarning,
                stacklevel=4,
            )


_after_fork = _AfterFork()
