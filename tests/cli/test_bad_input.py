# SPDX-License-Identifier: Apache-2.0
"""Bad input ends with one line that names the place, what was expected and what was there; nothing is left behind."""

import gzip
import json
import os
import resource
import signal
import pickle
import random
import re
import struct
import subprocess
import unittest
import zipfile

import numpy as np

from support import PROGRAM, ProgramTest, model_config, model_tensors, run, safetensors_bytes, write_model


class Sequences(ProgramTest):
    def refuse_fasta(self, content, *says):
        name = "x.fa.gz" if content[:2] == b"\x1f\x8b" else "x.fa"
        path = self.write(name, content)
        self.refuse("embed", path, "-o", self.path("out.npz"), says=[name, *says])
        self.refuse("unmask", "--every", path, "-o", self.path("out.tsv"), says=[name, *says])

    def test_refuses_what_is_not_fasta(self):
        self.refuse_fasta(b"", "empty file")
        self.refuse_fasta(random.Random(1).randbytes(5000), ":1:1:", "'>'")
        self.refuse_fasta(b">a\nACGT\n>b\n>c\nACGT\n", ":3:", "record b", "got none")
        self.refuse_fasta(b">a\nACGTAC<mask\n>b\nACGTAC\n", ":3:1:", "<mask>")
        self.refuse_fasta(b">caf\xe9\nACGT\n", ":1:", "UTF-8", "caf\\xe9")
        self.refuse_fasta(b">a\nACGT\n>p\nMKVLAT\n", ":4:4:", "'L'", "record p")

    def test_refuses_truncated_gzip(self):
        text = ">a\n" + "".join(random.Random(2).choices("ACGT", k=100000)) + "\n"
        whole = gzip.compress(text.encode())
        for cut in (len(whole) // 2, len(whole) - 4):
            self.refuse_fasta(whole[:cut], "truncated")

    def test_refuses_files_that_are_not_there(self):
        self.refuse("tokenize", self.path("no.fa"), says=["no.fa", "no such file"])
        self.refuse("tokenize", self.folder, says=["folder"])
        self.refuse("tokenize", status=2, says=["FASTA"])
        self.refuse("tokenize", "--genome", self.write("g.fa", ">a\nACGT\n"), status=2, says=["regions"])

    def test_refuses_regions_outside(self):
        genome = self.write("g.fa", ">chr1\nACGTACGTAC\n")
        bed = self.write("r.bed", "chr1\t0\t4\nchr1\t5\t11\n")
        self.refuse("embed", "--genome", genome, "--regions", bed, "-o", self.path("out.npz"),
                    says=["r.bed:2", "chr1:5-11", "10 bases"])

    def test_takes_the_legal_oddities(self):
        text = ">a\r\nACGT\r\n\r\nacgt\n>a\nA\n\n>b\nACGTAC"
        out = self.succeed("tokenize", self.write("x.fa", text))
        self.assertEqual(out.count("\na\t"), 2)
        self.assertIn("b\t0\t6", out)

    def test_streams_a_line_of_a_hundred_million_bases(self):
        # A line of 2 Gb takes the same way; AGRONT_LONG_LINE=2000000000 tries it.
        length = int(os.environ.get("AGRONT_LONG_LINE", "100000000"))
        program = subprocess.Popen([PROGRAM, "tokenize", "-", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        count = subprocess.Popen(["tail", "-n", "1"], stdin=program.stdout, stdout=subprocess.PIPE)
        program.stdin.write(b">chr\n")
        block = b"ACGTTGCA" * 125000
        for _ in range(length // len(block)):
            program.stdin.write(block)
        program.stdin.close()
        last = count.communicate()[0].decode().split("\t")
        program.stdout.close()
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(program.returncode, 0)
        self.assertEqual(last[2], str(length))
        self.assertLess(usage.ru_maxrss, 200000, "kB: the record is not held in memory")


class Options(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("x.fa", ">a\nACGTACGTAC\n")

    def test_refuses_layers_and_heads_that_are_not_there(self):
        out = self.path("out.npz")
        self.refuse("embed", self.fasta, "-o", out, "--layers", "99", status=2, says=["99"])
        self.refuse("attention", self.fasta, "-o", out, "--maps", "1:99", status=2, says=["1:99"])
        self.refuse("attention", self.fasta, "-o", out, "--maps", "0:0", status=2, says=["0:0"])
        self.refuse("attention", self.fasta, "-o", out, "--maps", "nonsense", status=2, says=["nonsense"])
        self.refuse("embed", self.fasta, "-o", self.path("out.xls"), status=2, says=["out.xls"])
        self.refuse("embed", self.fasta, "-o", out, "--pool", "max", "--per-record", status=2, says=["per-record"])
        self.refuse("embed", self.fasta, "-o", out, "--overlap", "6138", status=2, says=["6138", "6137"])
        self.refuse("tokenize", self.fasta, "--overlap", "-1", status=2, says=["-1"])
        self.refuse("embed", self.fasta, "-o", out, "--pool", "median", status=2, says=["pool", "mean", "median"])

    def test_refuses_numbers_of_threads_and_tokens(self):
        for words in (["tokenize", self.fasta], ["info"], ["convert", "-o", self.path("m")],
                      ["embed", self.fasta, "-o", self.path("out.npz")]):
            self.refuse(*words, "--threads", "100000", status=2, says=["threads", "100000"])
            self.refuse(*words, "--threads", "-1", status=2, says=["threads", "-1"])
        self.refuse("tokenize", self.fasta, "--batch-tokens", "0", status=2, says=["batch-tokens"])
        self.refuse("evaluate", "--mlm", self.fasta, "--masking-ratio", "2", status=2, says=["2"])
        self.refuse("evaluate", "--mlm", self.write("n.fa", ">n\nNNNN\n"), says=["n.fa", "6-mers"])

    def test_keeps_the_input_and_other_files(self):
        self.refuse("tokenize", self.fasta, "-o", self.fasta, "--force", status=2, says=["x.fa", "input"])
        model = write_model(self.folder / "model")
        self.refuse("convert", model, "-o", model, "--force", status=2, says=["another folder"])
        (model / "thesis.txt").write_text("precious")
        self.refuse("convert", "-o", model, "--force", says=["thesis.txt"])
        self.assertEqual((model / "thesis.txt").read_text(), "precious")
        self.refuse("attention", self.fasta, "-o", self.path("a.svg"), "--plot", self.path("a.svg"), "--maps", "1:0",
                    status=2, says=["plot"])
        self.refuse("attention", self.fasta, "-o", self.path("a.npz"), "--plot", "/dev/full", "--maps", "1:0",
                    says=["No space left"])

    def test_a_signal_leaves_nothing(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            program = subprocess.Popen([PROGRAM, "tokenize", "-", "-o", self.path("out.tsv"), "-q"],
                                       stdin=subprocess.PIPE)
            program.stdin.write(b">a\n" + b"ACGTTGCA" * 10 ** 6)
            program.stdin.flush()
            while not list(self.folder.glob("out.tsv.*.partial")):
                self.assertIsNone(program.poll())
            program.send_signal(number)
            self.assertEqual(program.wait(), -number)
            program.stdin.close()
            self.assertEqual(list(self.folder.glob("out.tsv*")), [])

    def test_writes_through_links(self):
        target = self.write("target.tsv", "old")
        link = self.path("link.tsv")
        link.symlink_to(target)
        self.refuse("tokenize", self.fasta, "-o", link, says=["exists"])
        self.succeed("tokenize", self.fasta, "-o", link, "--force")
        self.assertTrue(link.is_symlink())
        self.assertTrue(target.read_text().startswith("name\t"))

    def test_unmask_needs_something_masked(self):
        self.refuse("unmask", self.fasta, says=["no <mask>", "--every"])

    def test_verifying_a_precision_needs_sequences(self):
        self.refuse("info", "--verify-precision", self.write("empty.fa", ""), says=["empty.fa", "empty file"])
        self.refuse("info", "--verify-precision", self.write("n.fa", ">a\nNNNNNNNNNNNNACG\n"), says=["n.fa", "6-mer"])
        self.refuse("info", "--verify-precision", self.path("no.fa"), says=["no.fa", "no such file"])
        self.refuse("info", "--verify-precision", self.fasta, "--verify-windows", "0", status=2, says=["windows", "0"])
        self.refuse("info", "--precision", "fp16", status=2, says=["fp16"])
        self.refuse("info", "--verify-precision", self.fasta, "-o", self.fasta, "--force", status=2, says=["x.fa"])

    def test_does_not_overwrite(self):
        out = self.write("out.tsv", "precious")
        self.refuse("tokenize", self.fasta, "-o", out, says=["out.tsv", "--force"])
        self.assertEqual(out.read_text(), "precious")
        self.succeed("tokenize", self.fasta, "-o", out, "--force")
        self.assertNotEqual(out.read_text(), "precious")

    def test_refuses_outputs_that_cannot_be_written(self):
        self.refuse("tokenize", self.fasta, "-o", self.folder / "no" / "out.tsv", says=["no folder"])
        self.refuse("embed", self.fasta, "-o", "/proc/out.npz", says=["/proc", "cannot"])
        self.refuse("tokenize", self.fasta, "-o", "/dev/full", says=["No space left"])
        self.refuse("convert", "-o", self.fasta, says=["expected a folder"])

    def test_a_file_size_limit_leaves_nothing(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))

        fasta = self.write("y.fa", ">a\n" + "ACGTTGCA" * 4000 + "\n")
        before = set(self.folder.iterdir())
        for words in (["embed", fasta, "-o", self.path("o.npz"), "--pool", "none"],
                      ["unmask", "--every", fasta, "-o", self.path("o.tsv")], ["convert", "-o", self.path("model")]):
            done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, preexec_fn=limit)
            self.assertEqual((done.returncode, "File too large" in done.stderr), (1, True), done.stderr)
            self.assertEqual(set(self.folder.iterdir()), before)

    @unittest.skipIf("fsanitize" in os.environ.get("AGRONT_FLAGS", ""), "sanitizers reserve terabytes of addresses")
    def test_short_memory_leaves_nothing(self):
        """From what a job needs downwards, whatever it is doing when memory ends. With our own products: oneDNN writes
        to memory that it did not get."""
        fasta = self.write("y.fa", "".join(f">a{i}\n" + "ACGTTGCAGATC" * 40 + "\n" for i in range(8)))
        out = self.path("o.npz")
        words = [PROGRAM, "embed", str(fasta), "-o", str(out), "--threads", "2", "--batch-tokens", "400", "-q"]
        before = set(self.folder.iterdir())

        def run_with(mebibytes):
            done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "AGRONT_CPU": "avx2"},
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20)))
            if done.returncode == 0:
                out.unlink()
            return done

        enough = next(size for size in range(100, 4000, 20) if run_with(size).returncode == 0)
        refused = 0
        for size in range(enough, enough - 80, -3):
            done = run_with(size)
            if done.returncode in (127, 0):  # 127: there is no memory to load the program
                continue
            refused += 1
            self.assertEqual((size, done.returncode), (size, 1), done.stderr)
            self.assertRegex(done.stderr, r"\A(agront: .*|\nlibgomp: Thread creation failed.*)\n\Z")
            self.assertEqual(set(self.folder.iterdir()), before)
        self.assertGreater(refused, 0)

    def test_a_full_disk_leaves_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True).returncode != 0:
            self.skipTest("cannot mount a small file system here; the test of a file size limit ran")
        self.addCleanup(subprocess.run, ["umount", str(disk)])
        fasta = self.write("y.fa", ">a\n" + "ACGTTGCA" * 4000 + "\n")
        for words in (["embed", fasta, "-o", disk / "o.npz", "--layers", "all", "--pool", "none"],
                      ["embed", fasta, "-o", disk / "o.safetensors", "--layers", "all", "--pool", "none"],
                      ["logits", fasta, "-o", disk / "o.npz"], ["unmask", "--every", fasta, "-o", disk / "o.tsv"],
                      ["convert", "-o", disk / "model"]):
            self.refuse(*words, says=["No space left"])
            self.assertEqual(list(disk.iterdir()), [])


class Models(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("x.fa", ">a\nACGTACGTAC\n")

    def refuse_model(self, folder, *says):
        self.refuse("embed", self.fasta, "--model", folder, "-o", self.path("out.npz"), says=says)

    def refuse_config(self, *says, **changes):
        self.refuse_model(write_model(self.folder / "model", config=model_config(**changes)), "config.json", *says)

    def test_takes_the_model_that_the_others_damage(self):
        self.succeed("embed", self.fasta, "--model", write_model(self.folder / "model"), "-o", self.path("out.npz"))

    def test_refuses_other_architectures_by_name(self):
        self.refuse_config("position_embedding_type", "rotary", position_embedding_type="rotary")
        self.refuse_config("token_dropout", token_dropout=True)
        self.refuse_config("tie_word_embeddings", tie_word_embeddings=True)
        self.refuse_config("tie_word_embeddings", "default", tie_word_embeddings=...)
        self.refuse_config("emb_layer_norm_before", emb_layer_norm_before=True)
        self.refuse_config("model_type", "bert", model_type="bert")
        self.refuse_config("vocabulary", "4105", vocab_size=33)
        self.refuse_config("heads", num_attention_heads=5)
        self.refuse_config("hidden_size", hidden_size=-24)
        self.refuse_config("hidden_size", hidden_size="24")
        self.refuse_config("num_hidden_layers", num_hidden_layers=10 ** 12)

    def test_refuses_gated_linear_units_by_name(self):
        tensors = model_tensors()
        for layer in range(2):
            name = f"esm.encoder.layer.{layer}.intermediate.dense."
            tensors[name + "weight"] = np.zeros((80, 24), "<f4")
            tensors[name + "bias"] = np.zeros(80, "<f4")
        self.refuse_model(write_model(self.folder / "model", weights=safetensors_bytes(tensors)), "GLU")

    def test_refuses_missing_and_misshapen_tensors(self):
        tensors = model_tensors()
        name = "esm.encoder.layer.1.output.dense.weight"
        whole = tensors.pop(name)
        tensors["something.else"] = whole
        self.refuse_model(write_model(self.folder / "model", weights=safetensors_bytes(tensors)), name, "missing")
        tensors[name] = whole.T.copy()
        model = write_model(self.folder / "model", weights=safetensors_bytes(tensors))
        self.refuse_model(model, name, "[24, 40]", "[40, 24]")
        self.refuse_model(write_model(self.folder / "model", config=model_config(num_hidden_layers=40)), "40 layers")

    def test_refuses_tensors_of_a_larger_model(self):
        model = write_model(self.folder / "model", config=model_config(num_hidden_layers=1))
        self.refuse_model(model, "encoder.layer.1.", "1 layers")
        tensors = model_tensors()
        tensors["esm.encoder.layer.0.attention.self.rotary_embeddings.inv_freq"] = np.zeros(3, "<f4")
        self.refuse_model(write_model(self.folder / "model", weights=safetensors_bytes(tensors)), "rotary")

    def test_refuses_weights_that_are_not_finite(self):
        tensors = model_tensors()
        tensors["lm_head.bias"] = np.full(4105, np.nan, "<f4")
        model = write_model(self.folder / "model", weights=safetensors_bytes(tensors))
        self.refuse("unmask", "--every", self.fasta, "--model", model, says=["finite", "info --verify"])
        tensors["lm_head.bias"] = np.full(4105, 1e5, "<f4")
        model = write_model(self.folder / "model", weights=safetensors_bytes(tensors))
        self.refuse("convert", model, "-o", self.path("fp16"), "--precision", "fp16",
                    says=["65504", "head.decoder.bias"])

    def test_refuses_json_nested_without_end(self):
        deep = "[" * 300000 + "]" * 300000
        model = write_model(self.folder / "model")
        config = json.dumps(model_config(vocab_size=0)).replace('"vocab_size": 0', f'"vocab_size": {deep}')
        (model / "config.json").write_text(config)
        self.refuse_model(model, "config.json", "100 deep")
        header = ('{"lm_head.bias": {"dtype": "F32", "shape": [%s], "data_offsets": [0, 0]}}' % deep).encode()
        model = write_model(self.folder / "model", weights=struct.pack("<Q", len(header)) + header)
        self.refuse_model(model, "model.safetensors", "100 deep")

    def test_refuses_damaged_safetensors(self):
        good = safetensors_bytes(model_tensors())
        name = "lm_head.bias"

        def changed(**entry):
            def change(header):
                header[name].update(entry)
                return header
            return safetensors_bytes(model_tensors(), change)

        end = json.loads(good[8:8 + struct.unpack("<Q", good[:8])[0]])[name]["data_offsets"][1]
        for reason, weights in (
                ("the file ends after 92", good[:100]), ("data within", good[:-8]), ("got an empty file", b""),
                ('got text that begins "garbage"', b"garbage"),
                ("header of at most 100000000", struct.pack("<Q", 2 ** 60) + good[8:]),
                ("overlaps", changed(data_offsets=[0, 4 * 4105])),
                ("got 9223372036854775808", changed(data_offsets=[end, 2 ** 63])),
                ("expected 8210 bytes", changed(dtype="F16")), ('got "Q4"', changed(dtype="Q4")),
                ("2^58 elements", changed(shape=[2 ** 40, 2 ** 40])), ("got -1", changed(shape=[-1]))):
            self.refuse_model(write_model(self.folder / "model", weights=weights), "model.safetensors", reason)

    def test_refuses_int8_weights_that_would_saturate_or_have_no_scales(self):
        name = "esm.encoder.layer.0.intermediate.dense.weight"

        def model(value, scales):
            tensors = model_tensors()
            tensors[name] = np.full(tensors[name].shape, value, "i1")
            if scales is not None:
                tensors[name + "_scale"] = np.full(scales, 0.01, "<f4")

            def change(header):
                header[name]["dtype"] = "I8"
                return header
            return write_model(self.folder / "model", weights=safetensors_bytes(tensors, change))

        out = len(model_tensors()[name])
        fasta = self.write("x.fa", ">a\nACGTACGTACGT\n")
        self.succeed("embed", fasta, "--model", model(64, (out, 1)), "--precision", "int8", "-o", self.path("x.npz"))
        self.refuse_model(model(65, (out, 1)), "model.safetensors", name, "[-64, 64]", "65")
        self.refuse_model(model(1, None), name + "_scale", "missing")
        self.refuse_model(model(1, (out,)), name + "_scale", f"[{out}, 1]", f"[{out}]")

    def test_refuses_pickles_that_want_more_than_tensors(self):
        class Attack:
            def __reduce__(self):
                return os.system, (f"touch {self.folder}/attacked",)

        Attack.folder = self.folder
        folder = self.folder / "model"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(model_config()))
        with zipfile.ZipFile(folder / "pytorch_model.bin", "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"a": Attack()}))
            archive.writestr("archive/version", "3\n")
        self.refuse_model(folder, "pytorch_model.bin", "system")
        jax = self.folder / "jax" / "jax_model"
        jax.mkdir(parents=True)
        (jax / "hyperparams.json").write_text(json.dumps({
            "alphabet_size": 4105, "embed_dim": 24, "attention_heads": 4, "num_layers": 2, "ffn_embed_dim": 40,
            "max_positions": 32}))
        (jax / "pytree_ckpt.joblib").write_bytes(pickle.dumps({"a": Attack()}))
        self.refuse_model(self.folder / "jax", "pytree_ckpt.joblib", "system")
        self.assertFalse((self.folder / "attacked").exists())

    def test_refuses_folders_without_a_model(self):
        self.refuse_model(self.folder, "config.json")
        self.refuse_model(self.path("nowhere"), "nowhere")

    def test_verify_finds_weights_that_are_not_finite(self):
        tensors = model_tensors()
        tensors["esm.encoder.layer.1.output.dense.weight"][3, 7] = np.nan
        folder = write_model(self.folder / "model", weights=safetensors_bytes(tensors))
        self.succeed("info", folder)
        self.refuse("info", folder, "--verify", says=["encoder.block.1.ffn.contract.weight", "[3, 7]", "nan"])

    def test_packed_weights_that_do_not_fit(self):
        model = write_model(self.folder / "model")
        self.succeed("convert", model, "-o", self.path("packed"), "--packed")
        weights = self.path("packed") / "packed.safetensors"
        whole = weights.read_bytes()
        fasta = self.write("genes.fa", ">a\nACGTACGTACGT\n")

        def refuse_with(change, says):
            length = int.from_bytes(whole[:8], "little")
            header = change(whole[8:8 + length].decode().rstrip())
            header = header.encode() + b" " * (-(8 + len(header)) % 64)
            weights.write_bytes(len(header).to_bytes(8, "little") + header + whole[8 + length:])
            self.refuse("embed", fasta, "--model", self.path("packed"), "-o", self.path("x.npz"), says=says)

        first = "esm.encoder.layer.0.attention.self.query.weight_packed."
        layout = re.search(re.escape(first) + r"([\w.-]+)", whole[8:2000].decode()).group(1)
        refuse_with(lambda header: header.replace(first + layout, first + "panels99"), [first, "panels99", "convert"])
        refuse_with(lambda header: header.replace(first, first.replace("query", "quark")), ["query.weight", "missing"])
        refuse_with(lambda header: header.replace('"U8"', '"I8"', 1), [first, "uint8", "got int8"])
        lines = int(re.search(r'"shape":\[(\d+),64\]', whole[8:2000].decode()).group(1))
        refuse_with(lambda header: header.replace(f'"shape":[{lines},64]', f'"shape":[{lines - 1},64]', 1)
                    .replace(f"[0,{64 * lines}]", f"[0,{64 * (lines - 1)}]", 1), [first, "bytes for [24, 24]"])

    def test_info_finds_weights_that_are_not_those_recorded(self):
        model = write_model(self.folder / "model")
        self.succeed("convert", model, "-o", self.path("copy"))
        weights = self.path("copy") / "model.safetensors"
        raw = bytearray(weights.read_bytes())
        raw[-2] ^= 1
        weights.write_bytes(raw)
        self.refuse("info", self.path("copy"), says=["model hash"])


class Processor(ProgramTest):
    def test_refuses_instructions_that_do_not_exist(self):
        fasta = self.write("x.fa", ">a\nACGTACGT\n")
        for word in ("avx", "AVX2", "avx2 ", "?" * 5000):
            said = self.refuse("embed", fasta, "-o", self.path("out.npz"), status=2, environment={"AGRONT_CPU": word},
                               says=["AGRONT_CPU", "avx512", "avx2 or nothing"])
            self.assertLess(len(said), 500)
        self.succeed("embed", fasta, "-o", self.path("out.npz"), environment={"AGRONT_CPU": ""})
        # A set that this processor lacks, if there is one; the narrower ones run.
        results = [run("embed", fasta, "-o", self.path(f"{word}.npz"), "-q", environment={"AGRONT_CPU": word})
                   for word in ("amx", "avx512_bf16", "avx512_vnni", "avx512", "avx2_vnni", "avx2")]
        statuses = [status for status, _, _ in results]
        self.assertEqual(statuses, sorted(statuses, reverse=True))
        self.assertEqual(statuses[-1], 0)
        for status, _, err in results:
            if status:
                self.assertEqual(status, 2)
                self.assertIn("AGRONT_CPU: expected what this processor has", err)
                self.assertEqual(len(err.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
