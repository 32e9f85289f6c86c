#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the cache that `agront pull` writes with the one that huggingface_hub writes, and reads each with the other.

    python3 tools/compare_hub.py --agront build/release/agront

Both pull a small model from a hub on loopback. Links, contents, revisions and marks must be the same; what one fetched the
other must find, offline, and must not fetch again. transformers loads the model by its name from our cache, where it is
installed. Says so and ends with 0 where huggingface_hub is missing.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Files of theirs alone: locks, and listings that they keep.
OF_THEIRS = {".locks", "trees", ".gitignore"}

SNAPSHOT = """
import huggingface_hub, sys
print(huggingface_hub.snapshot_download(sys.argv[1], allow_patterns=sys.argv[2].split(",")))
"""
SCAN = """
import huggingface_hub, sys
report = huggingface_hub.scan_cache_dir()
repository, = report.repos
revision, = repository.revisions
assert not report.warnings, report.warnings
for path in sys.argv[3:]:
    found = huggingface_hub.try_to_load_from_cache(sys.argv[1], path)
    assert isinstance(found, str), (path, found)
print(revision.snapshot_path, sorted(revision.refs), len(revision.files), repository.size_on_disk)
"""
LOAD = """
import sys, transformers
model = transformers.AutoModelForMaskedLM.from_pretrained(sys.argv[1])
tokenizer = transformers.AutoTokenizer.from_pretrained(sys.argv[1])
print(model.num_parameters(), tokenizer("ATTCCG").input_ids)
"""


def python(script, environment, *words):
    done = subprocess.run([sys.executable, "-c", script, *words], env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip().splitlines()[-1]


def tree(root):
    """Path -> what a link leads to, or a file's content."""
    found = {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not OF_THEIRS.intersection(parts) and (path.is_symlink() or path.is_file()):
            found["/".join(parts)] = os.readlink(path) if path.is_symlink() else path.read_bytes()
    # The text of this mark says who made the folder.
    found["CACHEDIR.TAG"] = found["CACHEDIR.TAG"].splitlines()[0]
    return found


def expect(what, is_right):
    print(("ok      " if is_right else "WRONG   ") + what)
    if not is_right:
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PROGRAM", type=pathlib.Path, required=True)
    agront = parser.parse_args().agront.resolve()
    try:
        import huggingface_hub
    except ImportError:
        print("skipped: no huggingface_hub (pip install huggingface_hub)")
        return
    os.environ["AGRONT"] = str(agront)
    sys.path.insert(0, str(ROOT / "tests/cli"))
    from hub_support import Hub, Store, folder_files
    from support import model_config, write_model

    name = "plants/tiny-agront"
    print(f"huggingface_hub {huggingface_hub.__version__}")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        write_model(work / "tiny", model_config())
        subprocess.run([agront, "convert", work / "tiny", "-o", work / "model", "-q"], check=True)
        files = {**folder_files(work / "model"), "README.md": b"---\nlicense: mit\n---\n", "modeling.py": b"1/0\n"}
        store = Store()
        hub = Hub(store)
        hub.add(name, files)
        wanted = sorted(set(files) - {"modeling.py"})

        def environment(home, **changes):
            clean = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGING"))}
            return {**clean, "HF_HOME": str(work / home), "HF_ENDPOINT": hub.origin, "HF_HUB_DISABLE_XET": "1",
                    "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", **changes}

        def pull(home, **changes):
            return subprocess.run([agront, "pull", name, "-q"], env=environment(home, **changes), check=True, text=True,
                                  capture_output=True).stdout.strip()

        def download(home, **changes):
            return python(SNAPSHOT, environment(home, **changes), name, ",".join(wanted))

        def fetched():
            """How many contents were sent since the last time."""
            small = [request.path for request in hub.requests
                     if "/resolve/" in request.path and request.method == "GET" and not Hub.is_large(request.path)]
            sent = len(small) + sum(request.method == "GET" for request in store.requests)
            hub.requests.clear()
            store.requests.clear()
            return sent

        ours, theirs = pull("ours"), download("theirs")
        expect(f"both fetched {len(wanted)} files", fetched() == 2 * len(wanted))
        expect("the caches are the same, link by link and byte by byte",
               tree(work / "ours/hub") == tree(work / "theirs/hub"))
        offline = {"HF_HUB_OFFLINE": "1"}
        expect("huggingface_hub finds ours offline", download("ours", **offline) == ours)
        print("        " + python(SCAN, environment("ours", **offline), name, "", *wanted))
        expect("agront checks theirs offline", pull("theirs", **offline) == theirs)
        info = subprocess.run([agront, "info", "-m", name], env=environment("theirs"), check=True, capture_output=True)
        expect("agront runs theirs by name", theirs.encode() in info.stdout)
        expect("nobody was asked", not hub.requests)
        pull("theirs")
        download("ours")
        expect("neither fetches again what the other one fetched", fetched() == 0)
        try:
            import transformers
        except ImportError:
            print("skipped: no transformers")
            return
        loaded = python(LOAD, environment("ours", **offline), name)
        expect(f"transformers {transformers.__version__} loads ours by name: {loaded}", loaded.endswith("[3, 367]"))
        expect("nobody was asked", not hub.requests)


if __name__ == "__main__":
    main()
