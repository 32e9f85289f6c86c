# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a device: the program says it in a line, and leaves nothing behind. No plugin of XLA is needed:
one of the tests' own (tests/plugins/fake_plugin.cc) has the faults."""

import pathlib
import shutil
import subprocess
import unittest

from support import GENES, PROGRAM, ProgramTest, write_model

FAKE = pathlib.Path(PROGRAM).resolve().parent / "tests" / "fake_plugin.so"


class DeviceFaults(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("genes.fa", GENES)
        write_model(self.path("model"))

    def refuse_device(self, device, *says, status=1, fault="", command="embed", options=(), **environment):
        alone = {"VIRTUAL_ENV": "", "CONDA_PREFIX": "", "PYTHONPATH": "", "PATH": "", "HOME": str(self.folder),
                 "PJRT_NAMES_AND_LIBRARY_PATHS": "", "TPU_LIBRARY_PATH": "", "AGRONT_PROGRAM_CACHE": "off"}
        return self.refuse(command, self.path("genes.fa"), "-m", self.path("model"), "-o", self.path("out.npz"), "--device",
                           device, *options, status=status, says=says,
                           environment={**alone, "AGRONT_FAKE_PLUGIN": fault, **environment})

    def test_words_that_are_no_device(self):
        for device in ("gpu", "cuda:", "cuda:0", "cuda:many", "cuda:99999", "cpu:2", "../plugin", "xla-cpu:1:1"):
            with self.subTest(device):
                self.refuse_device(device, "device", device, status=2)

    def test_no_plugin(self):
        for device, package in (("cuda", "jax-cuda13-plugin[with-cuda]"), ("tpu:4", "libtpu"), ("xla-cpu", "xla-cpu-pjrt")):
            self.refuse_device(device, f"device {device.split(':')[0]}: expected its plugin", f"pip install {package}")

    def test_a_variable_names_what_is_not_there(self):
        self.refuse_device("cuda", "/none/x.so: expected a PJRT plugin", PJRT_NAMES_AND_LIBRARY_PATHS="cuda:/none/x.so")
        self.refuse_device("tpu", "/none/y.so: expected a PJRT plugin", TPU_LIBRARY_PATH="/none/y.so")

    def test_wrong_files(self):
        self.refuse_device(self.write("text.so", "no library"), "text.so: expected a PJRT plugin for this machine")
        self.refuse_device(self.path("missing.so"), "missing.so: expected a PJRT plugin for this machine")
        other_machine = bytearray(FAKE.read_bytes())
        other_machine[18:20] = b"\xb7\x00"  # AArch64's number in the header of an ELF file
        self.refuse_device(self.write("arm.so", bytes(other_machine)), "arm.so: expected a PJRT plugin for this machine")
        self.refuse_device(self.write("cut.so", FAKE.read_bytes()[:3000]), "cut.so: expected a PJRT plugin for this machine")
        self.write("empty.c", "")
        subprocess.run(["cc", "-shared", "-o", self.path("library.so"), self.path("empty.c")], check=True)
        self.refuse_device(self.path("library.so"), "library.so: expected a PJRT plugin, got a library without GetPjrtApi")

    def test_versions(self):
        self.refuse_device(FAKE, "expected PJRT 0.40 or a later 0.x, got 0.30", fault="old")
        self.refuse_device(FAKE, "expected PJRT 0.40 or a later 0.x, got 1.81", fault="other")

    def test_no_device(self):
        self.refuse_device(FAKE, "fake_plugin.so, PJRT 0.81: starting: No visible GPU devices.\\nSee", fault="no-device")
        self.refuse_device(FAKE, "expected a device, got none", fault="none")
        self.refuse_device(f"{FAKE}:2", "expected 2 devices, got 1 (Fake 1)")

    def test_a_plugin_that_does_not_start(self):
        self.refuse_device(FAKE, "expected it to start within 1 seconds (AGRONT_DEVICE_SECONDS)", fault="hang",
                           AGRONT_DEVICE_SECONDS="1")
        self.refuse_device(FAKE, 'AGRONT_DEVICE_SECONDS: expected a number of seconds from 1 to 3600, got "soon"',
                           AGRONT_DEVICE_SECONDS="soon")

    def test_full_devices(self):
        self.refuse_device(FAKE, "Fake 1", "of memory for the weights, got less", "--precision bf16", fault="full-weights")
        long = "".join(f">{i}\n{'ACGTTGCA' * 20}\n" for i in range(30))  # 30 windows: rows that can be halved
        self.write("genes.fa", long)
        self.refuse_device(FAKE, "a pass of 4 rows of 64 tokens, got less", fault="full-pass")

    def test_batches_of_devices(self):
        """An accelerator has larger ones than the processor, unless they are said, before or behind the device."""
        self.write("genes.fa", "".join(f">{i}\n{'ACGTTGCA' * 20}\n" for i in range(200)))  # 5,600 tokens, two in a row
        self.refuse_device(FAKE, "a pass of 4 rows", fault="full-pass")
        self.refuse_device(FAKE, "a pass of 1 rows", options=("--batch-tokens", 128), fault="full-pass")
        self.refuse(*map(str, ("embed", "--batch-tokens", 128, self.path("genes.fa"), "--device", FAKE, "-m", self.path("model"),
                               "-o", self.path("out.npz"))), says=["a pass of 1 rows"],
                    environment={"AGRONT_FAKE_PLUGIN": "full-pass", "AGRONT_PROGRAM_CACHE": "off"})

    def test_a_device_that_fails_while_it_computes(self):
        self.refuse_device(FAKE, "fake_plugin.so, PJRT 0.81: computing: It cannot.")

    def test_precisions(self):
        self.refuse_device(FAKE, "precision int8", "fp32 or bf16", options=("--precision", "int8"), status=2)
        self.refuse_device(FAKE, "precision tf32: fake (Fake 1) computes in fp32 or bf16", options=("--precision", "tf32"), status=2)
        self.refuse_device("cpu", "precision tf32: expected fp32, bf16, int8 or auto", options=("--precision", "tf32"), status=2)

    def test_list_of_devices(self):
        shutil.copy(FAKE, self.path("fake_tpu.so"))
        environment = {"TPU_LIBRARY_PATH": str(self.path("fake_tpu.so")), "HOME": str(self.folder), "PATH": "",
                       "PJRT_NAMES_AND_LIBRARY_PATHS": f"cuda:{self.path('none.so')}", "VIRTUAL_ENV": "", "PYTHONPATH": ""}
        lines = dict(line.split(": ", 1) for line in
                     self.succeed("info", "--devices", environment=environment).splitlines())
        self.assertEqual(list(lines), ["cpu", "cuda", "tpu", "rocm", "oneapi", "xla-cpu"])
        self.assertRegex(lines["tpu"], r"^Google TPUs: 1 x Fake 1, PJRT 0.81 of .*fake_tpu.so$")
        self.assertRegex(lines["cuda"], "^NVIDIA GPUs: none: .*none.so: expected a PJRT plugin")
        self.assertRegex(lines["rocm"], "^AMD GPUs: none: .*pip install jax-rocm7-pjrt$")

    def test_the_processor_needs_no_plugin(self):
        """It links to none, and opens none."""
        self.assertNotRegex(subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout, "(?i)pjrt|xla|tpu")
        self.succeed("embed", self.path("genes.fa"), "-m", self.path("model"), "-o", self.path("out.npz"),
                     environment={"PJRT_NAMES_AND_LIBRARY_PATHS": "cuda:/none/x.so", "AGRONT_DEVICE_SECONDS": "soon"})


if __name__ == "__main__":
    unittest.main()
