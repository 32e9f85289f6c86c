# SPDX-License-Identifier: Apache-2.0
"""Pulls that are killed, and pulls at the same time: what is there in the end is right."""

import os
import random
import shutil
import signal
import time
import unittest

from hub_support import REPOSITORY, HubTest, sha256


class Ended(HubTest):
    def slow(self, rate):
        def change(request, answer):
            answer.rate = rate
        self.store.faults.clear()
        self.store.fault("/store/", change)

    def wait_for_partial(self, size):
        for _ in range(200):
            if any(path.stat().st_size >= size for path in self.partials() if path.exists()):
                return
            time.sleep(0.05)
        self.fail("nothing is fetched")

    def test_twenty_kills_end_with_a_right_file(self):
        self.slow(500_000)
        random.seed(20)
        there = 0
        for _ in range(20):
            process = self.start("-q")
            time.sleep(random.uniform(0.05, 0.4))
            self.assertIsNone(process.poll(), "it was too fast for this test")
            process.send_signal(random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
            process.communicate()
            self.assertFalse((self.folder_in_cache / "refs").exists())
            partials = [path for path in self.partials() if path.name.startswith(sha256(self.weights))]
            self.assertLessEqual(len(partials), 1)
            for partial in partials:
                content = partial.read_bytes()
                self.assertEqual(content, self.weights[:len(content)])
                self.assertGreaterEqual(len(content), there, "what was there is lost")
                there = min(len(content), 10_000) if len(content) > 0.6 * len(self.weights) else len(content)
                os.truncate(partial, there)  # of a file that is nearly whole, so that the next pull has something to do
        self.assertGreater(there, 0)
        self.slow(None)
        self.succeed_to_pull()
        self.check_cache()
        self.assertEqual(self.partials(), [])

    def test_what_a_killed_pull_left_is_gone_on_with(self):
        self.slow(300_000)
        process = self.start("-q")
        self.wait_for_partial(100_000)
        process.kill()
        process.communicate()
        left = self.partials()[0].stat().st_size
        self.slow(None)
        start = time.monotonic()
        self.succeed_to_pull()
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(self.store.requests[-1].headers["Range"], f"bytes={left}-")
        self.check_cache()

    def test_two_at_once(self):
        self.slow(600_000)
        processes = [self.start() for _ in range(3)]
        outputs = [process.communicate() for process in processes]
        self.assertEqual([process.returncode for process in processes], [0] * 3, outputs)
        self.check_cache()
        self.assertEqual(len(self.store.requests), 1, "fetched twice")
        waited = [err for _, err in outputs if "waiting for process" in err]
        self.assertEqual(len(waited), 2, outputs)

    def test_the_one_that_is_waited_for_dies(self):
        self.slow(300_000)
        first = self.start("-q")
        self.wait_for_partial(100_000)
        second = self.start()
        time.sleep(0.5)
        self.assertIsNone(second.poll())
        self.slow(None)
        first.kill()
        first.communicate()
        out, err = second.communicate()
        self.assertEqual(second.returncode, 0, err)
        self.assertIn("waiting for process", err)
        self.assertRegex(self.store.requests[-1].headers["Range"], r"bytes=\d{6}-")
        self.check_cache()

    def test_from_another_machine(self):
        blobs = self.folder_in_cache / "blobs"
        blobs.mkdir(parents=True)
        partial = blobs / f"{sha256(self.weights)}.node7-4026531836-123-456.agront-partial"
        partial.write_bytes(self.weights[:200_000])
        process = self.start()
        time.sleep(1.5)
        self.assertIsNone(process.poll(), "took what somebody may be working on")
        os.utime(partial, (time.time() - 4000,) * 2)
        out, err = process.communicate()
        self.assertEqual(process.returncode, 0, err)
        self.assertIn("waiting for process 123 on node7", err)
        self.assertEqual(self.store.requests[-1].headers["Range"], "bytes=200000-")
        self.check_cache()

    def test_names_that_are_no_process(self):
        blobs = self.folder_in_cache / "blobs"
        blobs.mkdir(parents=True)
        for name in ("", "a", "a-b", "a-0-x-y", "a-1--1-1", "-", "---"):
            partial = blobs / f"{sha256(self.weights)}.{name}.agront-partial"
            partial.write_bytes(b"x")
            os.utime(partial, (1, 1))
        (blobs / f"{sha256(self.weights)}.link.agront-partial").symlink_to("/dev/zero")
        self.succeed_to_pull()
        self.assertEqual((self.snapshot / "model.safetensors").read_bytes(), self.weights)

    def test_a_partial_file_that_is_taken_away_meanwhile(self):
        self.slow(300_000)
        process = self.start("-q", "--retries", "0")
        self.wait_for_partial(100_000)
        self.partials()[0].unlink()
        _, err = process.communicate()
        self.assertEqual(process.returncode, 1)
        self.assertIn("another process took the file over or removed it", err)
        self.assertFalse((self.folder_in_cache / "blobs" / sha256(self.weights)).exists())

    def test_into_a_folder(self):
        self.slow(300_000)
        process = self.start(REPOSITORY, "--to", self.path("new"), "-q")
        for _ in range(100):
            time.sleep(0.05)
            partials = list(self.path("new").glob("model.safetensors.*.agront-partial"))
            if partials and partials[0].stat().st_size > 100_000:
                break
        process.kill()
        process.communicate()
        self.assertFalse((self.path("new") / "model.safetensors").exists())
        self.slow(None)
        self.succeed_to_pull(REPOSITORY, "--to", self.path("new"))
        self.assertEqual((self.path("new") / "model.safetensors").read_bytes(), self.weights)
        self.assertEqual(len(list(self.path("new").iterdir())), 3)


if __name__ == "__main__":
    unittest.main()
