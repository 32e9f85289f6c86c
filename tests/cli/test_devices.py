# SPDX-License-Identifier: Apache-2.0
"""Commands on XLA's CPU plugins give what they give on the processor, by the norm of the difference over the norm.

tools/test_plugins.sh installs the plugins, an old and a new one; without them these tests are skipped, aloud."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

import numpy as np

from labelled_support import FinetuneTest
from score_support import KEYS, ScoreTest
from support import GENES, PROGRAM, SHAPE, ProgramTest, read_table, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("AGRONT_TEST_PLUGINS", ROOT / "build" / "plugins"))
PLUGINS = sorted(path for pattern in ("*/xla_plugins/*/*.so", "*/*/*plugin*.so") for path in FOLDER.glob(pattern))
FAULTY = pathlib.Path(PROGRAM).resolve().parent / "tests" / "faulty_plugin.so"
BOUND = 2e-6 * (SHAPE["num_hidden_layers"] + 2)  # in float32


def difference(got, want):
    got, want = np.asarray(got, "float64"), np.asarray(want, "float64")
    assert got.shape == want.shape, (got.shape, want.shape)
    return np.linalg.norm(got - want) / np.linalg.norm(want)


@unittest.skipUnless(PLUGINS, f"no plugin of XLA in {FOLDER}: tools/test_plugins.sh installs two")
class Devices(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.write("genes.fa", GENES)
        # Plugins keep some memory until the process ends, which a leak sanitizer reports.
        self.environment = {"AGRONT_PROGRAM_CACHE": str(self.path("programs")),
                            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}

    def on(self, device, command, *words, output):
        """A command on a device; it says nothing but what it says on the processor."""
        self.succeed(command, *words, "-o", self.path(output), "--force", "--device", device, "-q",
                     environment=self.environment)
        return self.path(output)

    def arrays(self, device, command, *words):
        with np.load(self.on(device, command, self.path("genes.fa"), "-m", self.path("model"), *words,
                             output="out.npz")) as archive:
            return dict(archive)

    def same_arrays(self, command, *words):
        want = self.arrays("cpu", command, *words)
        for plugin in PLUGINS:
            got = self.arrays(plugin, command, *words)
            self.assertEqual(list(got), list(want))
            for name in set(got) - {"provenance"}:
                if got[name].dtype.kind == "f":
                    self.assertLess(difference(got[name], want[name]), BOUND, f"{plugin}: {name}")
                else:
                    np.testing.assert_array_equal(got[name], want[name])

    def test_embed(self):
        self.same_arrays("embed", "--layers", "all")
        self.same_arrays("embed", "--layers", "0,last:raw", "--pool", "none")

    def test_logits(self):
        self.same_arrays("logits")

    def test_attention(self):
        self.same_arrays("attention", "--maps", "1:0,2:3")

    def test_four_devices(self):
        want = self.arrays("cpu", "embed")["layer_2"]
        for plugin in PLUGINS:
            got = self.arrays(f"{plugin}:4", "embed")
            self.assertLess(difference(got["layer_2"], want), BOUND, plugin)
            self.assertEqual(json.loads(str(got["provenance"]))["device"], "xla-cpu:4")

    def test_provenance_names_device_and_plugin(self):
        of_cpu = json.loads(str(self.arrays("cpu", "embed")["provenance"]))
        self.assertNotIn("device", of_cpu)
        for plugin in PLUGINS:
            provenance = json.loads(str(self.arrays(plugin, "embed", "--precision", "bf16")["provenance"]))
            self.assertEqual(provenance["device"], "xla-cpu")
            self.assertRegex(provenance["device_plugin"], rf"^{plugin.name}, PJRT 0\.\d+$")
            self.assertEqual(provenance["precision"], "bf16")

    def test_a_plugin_is_found_by_its_name(self):
        package = next(parent for parent in PLUGINS[0].parents if parent.parent == FOLDER)
        self.environment |= {"PYTHONPATH": str(package), "VIRTUAL_ENV": "", "CONDA_PREFIX": ""}
        got = self.arrays("xla-cpu", "embed")
        self.assertTrue(json.loads(str(got["provenance"]))["device_plugin"].startswith(PLUGINS[0].name))

    def test_list_of_devices(self):
        """Plugins keep quiet there, too."""
        for plugin in PLUGINS:
            package = next(parent for parent in plugin.parents if parent.parent == FOLDER)
            status, lines, err = run("info", "--devices", environment={**self.environment, "PYTHONPATH": str(package),
                                                                       "VIRTUAL_ENV": "", "CONDA_PREFIX": ""})
            self.assertEqual((status, err), (0, ""))
            self.assertRegex(lines, rf"(?m)^xla-cpu: .*: 1 x cpu, PJRT 0\.\d+ of {re.escape(str(plugin))}$")

    def test_unmask_score_and_evaluate(self):
        for device in ("cpu", PLUGINS[-1]):
            rows = read_table(self.on(device, "unmask", self.path("genes.fa"), "-m", self.path("model"), "--every",
                                      output="unmask.tsv"))
            loss = json.loads(self.on(device, "evaluate", "--mlm", self.path("genes.fa"), "-m", self.path("model"), "--every",
                                      "--json", output="loss.json").read_text())["loss"]
            numbers = [float(value) for row in rows for key, value in row.items() if key.endswith("probability")]
            if device == "cpu":
                want, want_loss = numbers, loss
        self.assertGreater(len(want), 5)
        self.assertLess(difference(numbers, want), 1e-4)  # of what a table has: six digits
        self.assertLess(abs(loss - want_loss), BOUND * want_loss)

    def test_cost_of_precision(self):
        """bf16 against fp32, both on the device; memory of the processor's engine says nothing there."""
        lines = self.succeed("info", "-m", self.path("model"), "--verify-precision", self.path("genes.fa"), "--device", PLUGINS[0],
                             "-q", environment=self.environment)
        found = dict(line.split(": ", 1) for line in lines.splitlines())
        self.assertGreater(float(found["bf16.least_cosine"]), 0.99)
        self.assertLess(float(found["bf16.least_cosine"]), 1)
        self.assertFalse([key for key in found if key.startswith(("int8", "memory"))])
        self.assertRegex(found["device_plugin"], rf"^{PLUGINS[0].name}, PJRT 0\.\d+$")
        self.assertIn("device", found)

    def test_predict(self):
        run, train = self.path("run"), self.write_binary("train.fa", 40, 1)
        self.succeed(*self.words("run", "--train", train))
        predicted = {}
        for device in ("cpu", PLUGINS[-1]):
            rows = read_table(self.on(device, "predict", run, train, output="predicted.tsv"))
            predicted[device] = [float(value) for row in rows for key, value in row.items() if key.startswith("predicted")]
        self.assertGreater(len(predicted["cpu"]), 39)
        self.assertLess(difference(predicted[PLUGINS[-1]], predicted["cpu"]), 1e-4)

    def test_programs_are_kept(self):
        for plugin in PLUGINS:
            self.arrays(plugin, "embed")
            kept = {path: path.read_bytes() for path in self.path("programs").iterdir()}
            self.arrays(plugin, "embed")
            self.assertEqual({path: path.read_bytes() for path in self.path("programs").iterdir()}, kept)
            for path, content in kept.items():
                path.write_bytes(content[:-100])
            want, got = self.arrays("cpu", "embed"), self.arrays(plugin, "embed")
            self.assertLess(difference(got["layer_2"], want["layer_2"]), BOUND)
            for path, content in kept.items():
                self.assertEqual(len(path.read_bytes()), len(content), "it was not compiled again")
            shutil.rmtree(self.path("programs"))

    def test_two_devices_where_one_is(self):
        """A CPU plugin has as many as it is asked for; one that is not known by its name has four."""
        shutil.copy(PLUGINS[0], self.path("other.so"))
        self.refuse("embed", self.path("genes.fa"), "-m", self.path("model"), "-o", self.path("out.npz"), "--device",
                    f"{self.path('other.so')}:9", says=["other.so, PJRT 0.", "expected 9 devices, got 4"],
                    environment=self.environment)


    def test_a_batch_that_does_not_fit_shrinks_once(self):
        """And the numbers are right."""
        self.write("genes.fa", "".join(f">{i}\n{'ACGTTGCA' * (10 + i)}\n" for i in range(30)))
        want = self.arrays("cpu", "embed")
        for plugin, run in zip(PLUGINS, (0, 2), strict=False):
            self.environment |= {"AGRONT_REAL_PLUGIN": str(plugin), "AGRONT_FAULTY_PLUGIN": "full-once",
                                 "AGRONT_FAULT_RUN": str(run), "AGRONT_PROGRAM_CACHE": "off"}  # one file has one hash
            got = self.arrays(FAULTY, "embed")
            self.assertLess(difference(got["layer_2"], want["layer_2"]), BOUND, plugin)

    def trace(self, *words):
        """What the program asks of a device, in order."""
        self.path("trace").unlink(missing_ok=True)
        self.environment |= {"AGRONT_REAL_PLUGIN": str(PLUGINS[0]), "AGRONT_FAULTY_PLUGIN": "",
                             "AGRONT_FAULT_TRACE": str(self.path("trace"))}
        self.arrays(FAULTY, "embed", *words)
        return [line.split()[0] for line in self.path("trace").read_text().splitlines()]

    def test_results_are_read_while_the_next_are_computed(self):
        """The next pass is on the device before the results of this one are read, in batches that a device is given."""
        self.write("genes.fa", "".join(f">{i}\n{'ACGTTGCA' * 20}\n" for i in range(150)))  # 4,200 tokens
        one_batch = self.trace()
        passes = one_batch.count("execute")
        self.assertGreater(passes, 8)
        self.assertEqual(one_batch, ["execute", *["execute", "read"] * (passes - 1), "read"])
        self.assertNotEqual(self.trace("--batch-tokens", 2048), one_batch)

    def test_killed_while_it_compiles(self):
        """No half of a program is kept, and the next run works."""
        want = self.arrays("cpu", "embed")
        for plugin in PLUGINS:
            mark = self.path("mark")
            self.environment |= {"AGRONT_REAL_PLUGIN": str(plugin), "AGRONT_FAULTY_PLUGIN": "slow-compiler",
                                 "AGRONT_FAULT_MARK": str(mark)}
            program = subprocess.Popen([PROGRAM, "embed", self.path("genes.fa"), "-m", self.path("model"), "-o",
                                        self.path("killed.npz"), "--device", FAULTY, "-q"],
                                       env={**os.environ, **self.environment})
            deadline = time.monotonic() + 60
            while not mark.exists() and program.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertTrue(mark.exists(), plugin)
            program.kill()
            program.wait()
            self.assertFalse(self.path("killed.npz").exists())
            self.assertEqual(list(self.path("programs").glob("*")), [])
            self.environment["AGRONT_FAULTY_PLUGIN"] = ""
            for _ in range(2):  # compiled, then loaded
                got = self.arrays(FAULTY, "embed")
                self.assertLess(difference(got["layer_2"], want["layer_2"]), BOUND, plugin)
            self.assertEqual(len(list(self.path("programs").iterdir())), 1)
            shutil.rmtree(self.path("programs"))
            mark.unlink()

    def bench_attention(self, fault, capability="9.0"):
        """The kernel that is chosen by itself on a GPU of this kind."""
        self.environment |= {"AGRONT_FAULTY_PLUGIN": fault, "AGRONT_FAULT_CAPABILITY": capability,
                             "AGRONT_REAL_PLUGIN": str(PLUGINS[0]), "AGRONT_PROGRAM_CACHE": "off"}
        return json.loads(self.succeed("bench", "-m", self.path("model"), "--device", FAULTY, "--precision", "bf16", "--tokens", 8,
                                       "--repeat", 1, "--json", environment=self.environment))["attention"]

    def test_attention_by_cudnn(self):
        """By what it is said to compute: the program gives it rows and sequences as it should."""
        self.write("genes.fa", "".join(f">{i}\n{'ACGTTGCATC' * (1 + i % 7)}\n" for i in range(40)))
        want = self.arrays("cpu", "embed", "--pool", "none", "--precision", "fp32")["layer_2"]
        own = difference(self.arrays("cpu", "embed", "--pool", "none", "--precision", "bf16")["layer_2"], want)
        for kernel in ("packed", "bias", "plain"):
            for plugin in PLUGINS:
                self.environment |= {"AGRONT_REAL_PLUGIN": str(plugin), "AGRONT_FAULTY_PLUGIN": "cuda-fused",
                                     "AGRONT_FAULT_CAPABILITY": "9.0", "AGRONT_DEVICE_ATTENTION": kernel,
                                     "AGRONT_PROGRAM_CACHE": "off"}
                got = self.arrays(FAULTY, "embed", "--pool", "none", "--precision", "bf16")["layer_2"]
                self.assertLess(difference(got, want), 2 * own, f"{plugin}: {kernel}")
        four = self.arrays(f"{FAULTY}:4", "embed", "--pool", "none", "--precision", "bf16")["layer_2"]
        self.assertLess(difference(four, want), 2 * own)

    def test_attention_is_chosen_by_the_device(self):
        self.assertEqual(self.bench_attention("cuda-fused", "9.0"), "packed")
        self.assertEqual(self.bench_attention("cuda-fused", "8.0"), "bias")
        self.assertEqual(self.bench_attention("cuda-fused", "7.5"), "plain")
        self.assertEqual(self.bench_attention("cuda"), "plain", "the plugin has no cuDNN")
        self.assertEqual(self.bench_attention("cuda-wrong"), "plain", "it computes something else")

    def test_attention_that_cannot_be_had(self):
        def refuse(kernel, fault, *says, precision="bf16"):
            self.environment |= {"AGRONT_FAULTY_PLUGIN": fault, "AGRONT_FAULT_CAPABILITY": "9.0",
                                 "AGRONT_REAL_PLUGIN": str(PLUGINS[0]), "AGRONT_DEVICE_ATTENTION": kernel,
                                 "AGRONT_PROGRAM_CACHE": "off"}
            self.refuse("embed", self.path("genes.fa"), "-m", self.path("model"), "-o", self.path("out.npz"), "--device",
                        FAULTY, "--precision", precision, says=says, environment=self.environment)
        refuse("fast", "cuda", 'AGRONT_DEVICE_ATTENTION: expected auto, plain, packed or bias, got "fast"')
        refuse("packed", "cuda", "AGRONT_DEVICE_ATTENTION=packed: faulty_plugin.so", "compiling: ", "__cudnn$fmhaSoftmax")
        refuse("bias", "cuda-wrong", "AGRONT_DEVICE_ATTENTION=bias: ", "expected what plain attention gives")
        refuse("packed", "cuda-fused", "AGRONT_DEVICE_ATTENTION=packed: expected --precision bf16", precision="fp32")

    def test_a_write_that_was_killed_is_cleared_away(self):
        """Another run, which writes the same program, removes what a killed one left beside it."""
        self.arrays(PLUGINS[0], "embed")
        program, = self.path("programs").iterdir()
        left, whole = program.with_name(program.name + ".999999999.partial"), program.read_bytes()
        left.write_bytes(whole[:1000])
        program.unlink()
        self.arrays(PLUGINS[0], "embed")
        self.assertEqual([path.name for path in self.path("programs").iterdir()], [program.name])


@unittest.skipUnless(PLUGINS, f"no plugin of XLA in {FOLDER}: tools/test_plugins.sh installs two")
class Scores(ScoreTest):
    def test_variants(self):
        """Substitutions, an insertion and a deletion, by every score."""
        deletion = self.chr1[499:503]
        source = self.vcf([("chr1", 150, self.chr1[149], self.other(self.chr1, 150)), ("chr1", 500, deletion, deletion[0]),
                           ("chr1", 700, self.chr1[699], self.chr1[699] + "GATTAC")])
        environment = {"AGRONT_PROGRAM_CACHE": "off"}
        want = self.score(source, "--scores", "llr,marginal,pll")
        for plugin in PLUGINS:
            got = self.score(source, "--scores", "llr,marginal,pll", "--device", plugin, environment=environment)
            for one, other in zip(got, want, strict=True):
                self.assertEqual(list(one), list(other))
                self.assertEqual(one["AGRONT_STATUS"], other["AGRONT_STATUS"])
                for key in set(KEYS) & set(one):
                    self.assertEqual(one[key][0] == ".", other[key][0] == ".", key)
                    if one[key][0] != ".":
                        self.assertAlmostEqual(float(one[key][0]), float(other[key][0]), delta=1e-4, msg=f"{plugin}: {key}")
            numbers = [[record[key][0] != "." for record in got] for key in ("AGRONT_LLR", "AGRONT_PLL")]
            self.assertEqual(numbers, [[True, False, False], [True, True, True]])


HEADERS = list(FOLDER.glob("*/xla_plugins/*/include/pjrt_c_api.h"))


@unittest.skipUnless(HEADERS, "the package xla-cpu-pjrt, which has the header, is not there: tools/test_plugins.sh")
class Interface(ProgramTest):
    def test_structs_are_those_of_the_header(self):
        """Sizes, places and names of all that we declare, compared by the compiler."""
        ours = (ROOT / "src/device/xla/pjrt_structs.h").read_text() + (ROOT / "src/device/xla/pjrt_api.h").read_text()
        checks = []
        for struct, body in re.findall(r"^struct (PJRT_\w+) \{\n(.*?)^\};", ours, re.M | re.S):
            fields = re.findall(r"^  (?:  )?[^/\n{}()]*?[ *](\w+);$", body, re.M)
            fields += re.findall(r"\(\*(\w+)\)\(", body)
            self.assertGreater(len(fields), 0, struct)
            if struct != "PJRT_Api":  # of which we know the beginning
                checks.append(f"static_assert(sizeof(ours::{struct}) == sizeof(::{struct}));")
            checks += [f"static_assert(offsetof(ours::{struct}, {field}) == offsetof(::{struct}, {field}) && "
                       f"sizeof(ours::{struct}::{field}) == sizeof(::{struct}::{field}));" for field in fields]
        for name in re.findall(r"^  (PJRT_\w+_k?[A-Za-z0-9_]+)(?: = \d+)?,$", ours, re.M):
            checks.append(f"static_assert(int(ours::{name}) == int(::{name}));")
        self.assertGreater(len(checks), 350)
        source = self.write("layout.cc", f'#include "{HEADERS[0]}"\n#include "device/xla/pjrt_api.h"\n'
                                         "namespace ours = agront::device::xla;\n" + "\n".join(checks) + "\nint main() {}\n")
        done = subprocess.run(["c++", "-std=c++20", "-fsyntax-only", "-I", ROOT / "src", source], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr[:3000])


if __name__ == "__main__":
    unittest.main()
