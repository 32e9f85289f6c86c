# SPDX-License-Identifier: Apache-2.0
"""What the package raises. Texts are one line: the place first, then what was expected and what was there."""


class Error(Exception):
    """Bad input, a broken file, a full disk: something that the user can mend."""


class UsageError(Error, ValueError):
    """A request that makes no sense for this model or job, such as layer 99 of 40."""


class MissingFileError(Error, FileNotFoundError):
    """A file, a folder or a model that does not exist."""


for _class in (Error, UsageError, MissingFileError):
    _class.__module__ = "agront"
