# SPDX-License-Identifier: Apache-2.0
"""Pulls from servers that fail, lie, or send what nobody asked for: right files or one clear line, and no third thing."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
import unittest

from hub_support import REPOSITORY, Answer, HubTest, sha256
from support import PROGRAM


class Answers(HubTest):
    """What a hub may say instead of a model."""

    def test_missing_private_and_gated_models(self):
        line = self.refuse_to_pull(["nobody/none: ", "401 RepoNotFound", "private or gated", "/nobody/none, and set HF_TOKEN"],
                                   "nobody/none")
        self.assertNotIn("the one that is set", line)
        self.refuse_to_pull("(the one that is set may not)", "nobody/none", HF_TOKEN="hf_abc")
        self.hub.fault("/api/", lambda request, answer: Answer(403, X_Error_Code="GatedRepo", X_Error_Message="Ask first"))
        self.refuse_to_pull(["403 GatedRepo, Ask first", f"accept the licence at {self.hub.origin}/{REPOSITORY}", "HF_TOKEN"])
        self.hub.fault("/api/", lambda request, answer: Answer(404))
        self.refuse_to_pull(["answers 404", "expected a model of this name"])
        self.hub.fault("/api/", lambda request, answer: Answer(418))
        self.refuse_to_pull("answers 418")
        self.assertFalse(self.root.exists())

    def test_a_file_that_the_store_does_not_give(self):
        self.hub.fault("/resolve/.*safetensors", lambda request, answer: Answer(403, X_Error_Code="GatedRepo"))
        self.refuse_to_pull(["403 GatedRepo", "accept the licence"])
        self.assertFalse((self.folder_in_cache / "refs").exists())
        self.assertFalse((self.snapshot / "config.json").exists(), "half a model")

    def test_descriptions_that_are_none(self):
        for body, says in ((b"<html>", "expected JSON"), (b"[]", "expected a model's description"), (b"", "JSON"),
                           (b'{"sha": "../../etc"}', "got ../../etc"), (b'{"sha": "ABC"}', "40 hexadecimal digits"),
                           (b'{"sha": 7}', "expected a model's description"), (b"[" * 100_000, "nested"),
                           (b"x" * (33 << 20), "expected at most 33554432 bytes")):
            self.hub.fault("/revision/", lambda request, answer, body=body: Answer(body=body))
            self.refuse_to_pull(["/revision/main", says])
        other = "0" * 40
        self.hub.fault("/revision/", lambda request, answer: Answer(body=json.dumps({"sha": other})))
        self.refuse_to_pull(f"expected commit {self.commit}, got {other}", f"{REPOSITORY}@{self.commit}")
        self.assertFalse(self.root.exists())

    def test_listings_that_are_none(self):
        good = {"type": "file", "path": "config.json", "size": 3, "oid": "a" * 40}
        for changes, says in (({"path": "../config.json"}, "inside of the model's folder, got ../config.json"),
                              ({"path": "/etc/passwd"}, "got /etc/passwd"), ({"path": "a/../../b"}, "got a/../../b"),
                              ({"path": "a\\..\\b"}, "inside"), ({"path": "a\nb"}, r"got a\nb"), ({"path": ""}, "inside"),
                              ({"path": "a//b"}, "inside"), ({"path": "./a"}, "inside"), ({"path": 3}, "inside"),
                              ({"path": "x" * 300}, "inside"), ({"size": -1}, "the size of a file, got -1"),
                              ({"size": 1 << 60}, "the size of a file"), ({"size": "3"}, "the size of a file"),
                              ({"oid": "a" * 64}, "40 hexadecimal digits"), ({"oid": "../" + "a" * 37}, "checksum"),
                              ({"lfs": {"oid": "b" * 40, "size": 3}}, "64 hexadecimal digits"),
                              ({"lfs": {"oid": "b" * 64}}, "the size of a file, got none")):
            self.hub.fault("/tree/", lambda request, answer, entry={**good, **changes}: Answer(body=json.dumps([entry])))
            self.refuse_to_pull(["/tree/", says])
        for body, says in (("{}", "expected a list of files, got object"), ("3", "expected a list of files")):
            self.hub.fault("/tree/", lambda request, answer, body=body: Answer(body=body))
            self.refuse_to_pull(says)
        self.hub.fault("/tree/", lambda request, answer: Answer(body="[]", Link='<http://127.0.0.2:1/x>; rel="next"'))
        self.refuse_to_pull(["expected the next page of the listing from the same server", "127.0.0.2"])
        self.assertFalse(self.root.exists())

    def test_without_a_checksum_nothing_is_fetched(self):
        self.hub.has_tree = False
        self.hub.fault("config.json", lambda request, answer: Answer(body=answer.body))
        self.refuse_to_pull(["config.json: expected an ETag with the file's checksum, got none"])
        self.hub.fault("config.json", lambda request, answer: Answer(body=answer.body, ETag='"5f-abc"'))
        self.refuse_to_pull(["expected an ETag with the file's checksum, got 5f-abc"])
        self.hub.fault("config.json", lambda request, answer: Answer(ETag=f'"{"a" * 40}"', Content_Length=None))
        self.refuse_to_pull(["config.json: expected the file's size, got none"])
        self.assertEqual({request.method for request in self.hub.requests if "/resolve/" in request.path}, {"HEAD"})

    def test_headers_without_end(self):
        self.hub.fault("/revision/", lambda request, answer: Answer(**{f"X_{i}": "y" * 4000 for i in range(50)}))
        self.refuse_to_pull("expected at most 65536 bytes of headers")


class Waiting(HubTest):
    """Servers that are busy, slow, or gone."""

    def test_asks_again(self):
        self.hub.fault("/revision/", lambda request, answer: Answer(503), 1)
        self.hub.fault("/tree/", lambda request, answer: Answer(429, Retry_After="2"), 1)
        self.hub.fault("config.json", lambda request, answer: Answer(500), 1)
        self.store.fault("/store/", lambda request, answer: Answer(403), 1)  # the address ran out
        start = time.monotonic()
        _, err = self.succeed_to_pull()
        self.assertGreaterEqual(time.monotonic() - start, 5)
        self.assertIn("answers 429; asking again in 2 s (1 of 5)", err)
        self.assertEqual(len(set(request.query for request in self.store.requests)), 2, "an old address")
        self.check_cache()

    def test_gives_up(self):
        self.hub.fault("/revision/", lambda request, answer: Answer(500, X_Error_Message="Down\x1b[2J"))
        status, _, err = self.pull(REPOSITORY, "--retries", 1)
        self.assertEqual(status, 1)
        self.assertRegex(err.splitlines()[-1], r"answers 500, Down\\x1b\[2J; gave up, having asked 2 times$")
        self.assertEqual(len(self.hub.requests), 2)

    def test_a_server_that_wants_hours_is_not_waited_for(self):
        for wait, said in (("4000", "67 minutes"), (time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 7200)),
                                                   "2.0 hours")):
            self.hub.fault("/revision/", lambda request, answer, wait=wait: Answer(429, Retry_After=wait))
            status, _, err = self.pull()
            self.assertEqual((status, len(err.splitlines())), (1, 1))
            self.assertIn(f"answers 429; it wants to be asked again in {said}", err)

    def test_nobody_answers(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.refuse_to_pull("connect", HF_ENDPOINT=f"http://127.0.0.1:{closed.getsockname()[1]}")

    def test_a_stalled_transfer_is_continued(self):
        def stall(request, answer):
            answer.cut, answer.pause = 100_000, 30
        self.store.fault("/store/", stall, 1)
        start = time.monotonic()
        _, err = self.succeed_to_pull(HF_HUB_DOWNLOAD_TIMEOUT="2")
        self.assertLess(time.monotonic() - start, 20)
        self.assertRegex(err, "asking again")
        self.assertEqual(self.store.requests[-1].headers["Range"], "bytes=100000-")
        self.check_cache()
        for value in ("0", "x", "1e3", "99999"):
            self.refuse_to_pull(["HF_HUB_DOWNLOAD_TIMEOUT: expected whole seconds"], HF_HUB_DOWNLOAD_TIMEOUT=value)


class Contents(HubTest):
    """Bytes that are not those of the file."""

    def ranges(self):
        return [request.headers.get("Range") for request in self.store.requests]

    def test_cuts_are_continued(self):
        def cut(request, answer):
            answer.cut = 150_000
        self.store.fault("/store/", cut, 4)
        self.succeed_to_pull()
        self.assertEqual(self.ranges(), [None, *(f"bytes={150_000 * i}-" for i in range(1, 5))])
        self.check_cache()

    def test_a_range_that_is_answered_by_the_whole_file_starts_over(self):
        def cut(request, answer):
            answer.cut = 150_000
        self.store.fault("/store/", cut, 1)
        self.store.fault("/store/", lambda request, answer: Answer(body=self.weights) if "Range" in request.headers else None)
        self.succeed_to_pull()
        self.assertEqual(self.ranges(), [None, "bytes=150000-"])
        self.check_cache()

    def test_a_range_that_cannot_be_had_starts_over(self):
        def cut(request, answer):
            answer.cut = 150_000
        self.store.fault("/store/", cut, 1)
        self.store.fault("/store/", lambda request, answer: Answer(416) if "Range" in request.headers else None)
        self.succeed_to_pull()
        self.assertEqual(self.ranges(), [None, "bytes=150000-", None])
        self.check_cache()

    def test_another_range_than_asked_for(self):
        for text, says in (("bytes 5-9/852000", "expected bytes from 150000 on, got Content-Range bytes 5-9"),
                           ("bytes 150000-200000/7", "bytes, got one of 7"), (None, "got Content-Range none"),
                           ("nonsense", "got Content-Range nonsense")):
            shutil.rmtree(self.path("hf"), ignore_errors=True)
            def cut(request, answer, text=text):
                if answer.status == 200:
                    answer.cut = 150_000
                else:
                    answer.headers["Content-Range"] = text
            self.store.faults.clear()
            self.store.fault("/store/", cut)
            status, _, err = self.pull(REPOSITORY, "--retries", 1)
            self.assertEqual(status, 1, err)
            self.assertIn(says, err.splitlines()[-1])
            self.assertEqual([path.stat().st_size for path in self.partials()], [150_000])

    def test_wrong_bytes_are_fetched_once_more_and_then_refused(self):
        damaged = bytes([self.weights[0] ^ 1]) + self.weights[1:]
        self.store.fault("/store/", lambda request, answer: Answer(body=damaged), 1)
        _, err = self.succeed_to_pull()
        self.assertRegex(err, r"expected SHA-256 \w{64}, got \w{64}; starting over")
        self.check_cache()
        shutil.rmtree(self.root)
        self.store.requests.clear()
        self.store.fault("/store/", lambda request, answer: Answer(body=damaged))
        self.refuse_to_pull(["expected SHA-256 ", "what was fetched is deleted"])
        self.assertEqual(self.ranges(), [None, None])
        self.assertEqual(self.partials(), [])
        self.assertFalse((self.snapshot / "model.safetensors").exists())
        self.assertFalse((self.folder_in_cache / "refs").exists())

    def test_what_came_before_is_checked_again(self):
        def cut(request, answer):
            answer.cut = 150_000
        self.store.fault("/store/", cut, 1)
        self.refuse_to_pull("bytes")
        partial, = self.partials()
        partial.write_bytes(b"x" + partial.read_bytes()[1:])
        _, err = self.succeed_to_pull()
        self.assertIn("starting over", err)
        self.assertEqual(self.ranges(), [None, "bytes=150000-", None])
        self.check_cache()

    def test_wrong_sizes(self):
        for body, says in ((self.weights + b"x", "got more; what was fetched is deleted"),
                           (self.weights[:-1], f"expected {len(self.weights)} bytes, got {len(self.weights) - 1}")):
            self.store.fault("/store/", lambda request, answer, body=body: Answer(body=body))
            self.refuse_to_pull(says)
        shutil.rmtree(self.root)
        self.hub.fault("config.json", lambda request, answer: Answer(body=b"{}"))
        self.refuse_to_pull(["config.json: expected ", " bytes, got 2"])

    def test_a_file_that_was_changed_is_noticed_before_it_is_fetched(self):
        def change(request, answer):
            answer.headers["X-Linked-Etag"] = f'"{sha256(b"new")}"'
        self.hub.fault("/resolve/.*safetensors", change)
        self.refuse_to_pull([f"expected the file with checksum {sha256(self.weights)}", "it was changed"])
        self.assertEqual([path.stat().st_size for path in self.partials()], [0])

    def test_compressed_files_are_refused(self):
        self.store.fault("/store/", lambda request, answer: Answer(body=answer.body, Content_Encoding="gzip"))
        self.refuse_to_pull("expected the file as it is, got it compressed (gzip)")
        self.assertEqual({request.headers["Accept-Encoding"] for request in self.store.requests}, {"identity"})

    def test_a_body_without_length(self):
        self.store.fault("/store/", lambda request, answer: Answer(body=answer.body, Content_Length=None, Connection="close"))
        self.succeed_to_pull()
        self.check_cache()


class Disks(HubTest):
    def test_no_more_may_be_written(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        done = subprocess.run([PROGRAM, "pull", REPOSITORY, "-q"], env={**os.environ, **self.environment}, text=True,
                              capture_output=True, preexec_fn=limit, restore_signals=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot write: File too large; what is there is kept", done.stderr)
        self.assertEqual([path.stat().st_size for path in self.partials()], [300_000])
        self.succeed_to_pull()
        self.assertEqual(self.store.requests[-1].headers["Range"], "bytes=300000-")
        self.check_cache()

    def on_small_disk(self, kilobytes, meanwhile=":"):
        """A pull into a file system of this size; the shell's command `meanwhile` runs beside it."""
        mount = self.path("disk")
        mount.mkdir(exist_ok=True)
        script = (f'cd "{mount}"; mount -t tmpfs -o size={kilobytes}k tmpfs . && cd "{mount}" || exit 77; "$@" & process=$!; '
                  f'{meanwhile}; wait $process; status=$?; find . -name "*.agront-partial" >&2; exit $status')
        words = ["unshare", "-rm", "sh", "-c", script, "sh", PROGRAM, "pull", REPOSITORY, "-q", "--retries", "0"]
        try:
            done = subprocess.run(words, env={**os.environ, **self.environment, "HF_HOME": str(mount)}, text=True,
                                  capture_output=True)
        except FileNotFoundError:
            self.skipTest("no program unshare")
        if done.returncode == 77 or "unshare:" in done.stderr:
            self.skipTest("no file system of one's own (unshare -rm)")
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_a_disk_that_is_too_small(self):
        self.assertRegex(self.on_small_disk(600), r"agront: \S+: expected room for 0.000852 GB, got 0.000\d+ GB")
        self.assertEqual(self.hub.paths("/resolve/"), [])

    def test_a_disk_that_others_fill(self):
        def slow(request, answer):
            answer.rate = 300_000
        self.store.fault("/store/", slow)
        err = self.on_small_disk(1200, "sleep 1; dd if=/dev/zero of=others bs=1k count=2000 2>/dev/null")
        self.assertIn("cannot write: No space left on device; what is there is kept", err)
        self.assertTrue(err.strip().endswith(".agront-partial"), err)

    def test_folders_that_cannot_be_made_or_written(self):
        self.write("hf", "a file")
        self.refuse_to_pull(["cannot make the folder", "hub"])
        self.refuse_to_pull(["cannot make the folder"], REPOSITORY, "--to", self.path("hf") / "x")
        if os.getuid() == 0:
            self.skipTest("root may write everywhere")
        self.path("hf").unlink()
        self.path("hf").mkdir(mode=0o500)
        self.refuse_to_pull(["Permission denied"])


if __name__ == "__main__":
    unittest.main()
