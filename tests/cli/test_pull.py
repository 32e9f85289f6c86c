# SPDX-License-Identifier: Apache-2.0
"""Models by their names: what is fetched, where it goes, which variables say so. The hub plays on loopback."""

import json
import os
import shutil
import unittest

from hub_support import REPOSITORY, Answer, Hub, HubTest, Server, sha256, umask
from support import run

PUBLISHED = "InstaDeepAI/agro-nucleotide-transformer-1b"
LICENCE = "licence CC BY-NC-SA 4.0 (https://creativecommons.org/licenses/by-nc-sa/4.0/): not for commercial use"


def published_texts():
    """Small files of the published model, byte by byte."""
    config = {"architectures": ["EsmForMaskedLM"], "attention_probs_dropout_prob": 0.0, "emb_layer_norm_before": False,
              "esmfold_config": None, "hidden_dropout_prob": 0.0, "hidden_size": 1500, "initializer_range": 0.02,
              "intermediate_size": 5120, "is_folding_model": False, "layer_norm_eps": 1e-12, "mask_token_id": 2,
              "max_position_embeddings": 1026, "model_type": "esm", "num_attention_heads": 20, "num_hidden_layers": 40,
              "pad_token_id": 1, "position_embedding_type": "absolute", "tie_word_embeddings": False,
              "token_dropout": False, "torch_dtype": "float32", "transformers_version": "4.32.0.dev0", "use_cache": False,
              "vocab_list": None, "vocab_size": 4105}
    kmers = [a + b + c + d + e + f for a in "ATCG" for b in "ATCG" for c in "ATCG" for d in "ATCG" for e in "ATCG"
             for f in "ATCG"]
    words = ["<unk>", "<pad>", "<mask>", "<cls>", *kmers, *"ATCGN", "<eos>", "<bos>"]
    tokenizer = {"clean_up_tokenization_spaces": True, "eos_token": None, "model_max_length": 1024,
                 "tokenizer_class": "EsmTokenizer"}
    special = {f"{name}_token": f"<{name}>" for name in ("cls", "mask", "pad", "unk")}
    return {"vocab.txt": "\n".join(words).encode(),
            **{f"{name}.json": (json.dumps(content, indent=2) + "\n").encode() for name, content in
               (("config", config), ("tokenizer_config", tokenizer), ("special_tokens_map", special))}}


class Cache(HubTest):
    def test_fetches_what_a_model_needs(self):
        out, err = self.succeed_to_pull()
        self.assertEqual(out, str(self.snapshot))
        self.assertIn(f"{REPOSITORY}: licence mit\n", err)
        self.check_cache()
        self.assertIn("Signature: 8a477f597d28d172789f06886806bc55", (self.root / "CACHEDIR.TAG").read_text())
        self.assertEqual(len(self.hub.paths("/resolve/")), 3)
        self.assertTrue(self.hub.paths("/resolve/")[-1].endswith("model.safetensors"))
        self.assertEqual({path.stat().st_mode & 0o777 for path in self.folder_in_cache.glob("blobs/*")}, {0o666 & ~umask()})
        self.assertEqual(self.succeed("info", out), self.succeed("info", self.snapshot))

    def test_fetches_nothing_twice(self):
        self.succeed_to_pull()
        self.hub.requests.clear()
        self.assertIn("all is there", self.succeed_to_pull()[1])
        self.assertEqual(self.hub.paths("/resolve/"), [])
        (self.snapshot / "config.json").unlink()  # its content is still there
        self.succeed_to_pull()
        self.assertEqual(self.hub.paths("/resolve/"), [])
        self.check_cache()

    def test_revisions(self):
        old, self.files["config.json"] = self.commit, self.files["config.json"] + b"\n"
        self.hub.add(REPOSITORY, {**self.files, "config.json": b"{}"}, "refs/pr/1")
        self.succeed_to_pull()
        self.commit = self.hub.add(REPOSITORY, self.files)
        self.snapshot = self.snapshot.with_name(self.commit)
        self.hub.requests.clear()
        self.succeed_to_pull()
        self.assertEqual([path.split("/")[-1] for path in self.hub.paths("/resolve/")], ["config.json"])
        self.assertEqual((self.folder_in_cache / "refs" / "main").read_text(), self.commit)
        self.assertTrue((self.snapshot.with_name(old) / "config.json").is_file(), "an older snapshot was touched")
        out, _ = self.succeed_to_pull(f"{REPOSITORY}@refs/pr/1")
        self.assertEqual((self.snapshot.with_name(os.path.basename(out)) / "config.json").read_bytes(), b"{}")
        self.assertEqual((self.folder_in_cache / "refs" / "refs" / "pr" / "1").read_text(), os.path.basename(out))
        self.assertEqual(self.succeed_to_pull(f"{REPOSITORY}@{old}")[0], str(self.snapshot.with_name(old)))
        self.assertEqual(sorted(path.name for path in (self.folder_in_cache / "refs").iterdir()), ["main", "refs"])
        self.refuse_to_pull(["404 RevisionNotFound", "with this revision"], f"{REPOSITORY}@v9")

    def test_variables_say_where_the_cache_is(self):
        home = str(self.path("home"))
        for place, changes in (("a", {"HF_HUB_CACHE": self.path("a"), "HUGGINGFACE_HUB_CACHE": self.path("b")}),
                               ("b", {"HUGGINGFACE_HUB_CACHE": self.path("b")}),
                               ("c/hub", {"HF_HOME": "$PLACE/c", "PLACE": self.folder}),
                               ("d/hub", {"HF_HOME": "${PLACE}/d", "PLACE": self.folder}),
                               ("home/e/hub", {"HF_HOME": "~/e", "HOME": home}),
                               ("f/huggingface/hub", {"HF_HOME": "", "XDG_CACHE_HOME": self.path("f"), "HOME": home}),
                               ("home/.cache/huggingface/hub", {"HF_HOME": "", "HOME": home})):
            out, _ = self.succeed_to_pull(**{name: str(value) for name, value in changes.items()})
            self.assertEqual(out, str(self.path(place) / self.snapshot.relative_to(self.root)))
            self.assertTrue(os.path.isfile(out + "/config.json"))

    def test_without_links_the_files_lie_in_the_snapshot(self):
        for _ in range(2):
            self.hub.requests.clear()
            self.succeed_to_pull(HF_HUB_DISABLE_SYMLINKS="1")
        self.assertEqual(self.hub.paths("/resolve/"), [])
        self.assertFalse((self.snapshot / "model.safetensors").is_symlink())
        self.assertEqual((self.snapshot / "model.safetensors").read_bytes(), self.weights)
        self.assertEqual(list((self.folder_in_cache / "blobs").iterdir()), [])

    def test_what_other_programs_fetched_is_kept(self):
        # A content that several models share lies elsewhere, with a link in blobs/.
        shared = self.root / "blobs" / "ab" / "abcd"
        shared.parent.mkdir(parents=True)
        shared.write_bytes(self.weights)
        blobs = self.folder_in_cache / "blobs"
        blobs.mkdir(parents=True)
        blob = blobs / sha256(self.weights)
        blob.symlink_to("../../blobs/ab/abcd")
        (blobs / f"{sha256(self.weights)}.12345678.incomplete").write_bytes(b"theirs")
        self.succeed_to_pull()
        self.assertEqual(self.hub.paths("safetensors"), [])
        self.assertEqual(os.readlink(blob), "../../blobs/ab/abcd")
        self.assertEqual((self.snapshot / "model.safetensors").read_bytes(), self.weights)
        self.assertEqual(len(list(blobs.glob("*.incomplete"))), 1)

    def test_a_damaged_content_is_fetched_again(self):
        self.succeed_to_pull()
        blob = (self.snapshot / "model.safetensors").resolve()
        for damaged in (self.weights[:-1], bytes([self.weights[0] ^ 1]) + self.weights[1:]):
            blob.write_bytes(damaged)
            self.succeed_to_pull()
            self.check_cache()

    def test_the_listing_may_have_pages_or_not_be_there(self):
        self.hub.page = 2
        self.succeed_to_pull()
        self.assertEqual(len(self.hub.paths("/tree/")), 4)
        self.check_cache()
        shutil.rmtree(self.root)
        self.hub.has_tree = False
        self.succeed_to_pull()
        self.check_cache()
        self.assertNotIn("HEAD", [request.method for request in self.store.requests])

    def test_other_weights(self):
        jax = {"jax_model/hyperparams.json": b"{}", "jax_model/pytree_ckpt.joblib": b"tree", "README.md": b"Jax\n"}
        self.hub.add("plants/jax", {**jax, "jax_model/evil.py": b"1/0"}, licence=None)
        out, err = self.succeed_to_pull("plants/jax")
        self.assertIn("plants/jax: no licence is stated here", err)
        tree = os.path.join(out, "jax_model", "pytree_ckpt.joblib")
        self.assertEqual(os.readlink(tree), f"../../../blobs/{sha256(b'tree')}")
        self.assertEqual(sorted(os.listdir(out + "/jax_model")), ["hyperparams.json", "pytree_ckpt.joblib"])
        parts = {f"model-0000{i}-of-00002.safetensors": b"part %d" % i for i in (1, 2)}
        self.hub.add("plants/parts", {**parts, "model.safetensors.index.json": b"{}", "pytorch_model.bin": b"no"})
        self.assertEqual(sorted(os.listdir(self.succeed_to_pull("plants/parts")[0])),
                         sorted([*parts, "model.safetensors.index.json"]))
        self.hub.add("plants/tf", {"tf_model.h5": b"h5", "config.json": b"{}"})
        self.refuse_to_pull(["plants/tf: expected weights", "model.safetensors"], "plants/tf")

    def test_quiet_shows_the_licence_and_nothing_else(self):
        self.assertEqual(self.succeed_to_pull(REPOSITORY, "-q")[1], f"{REPOSITORY}: licence mit\n")
        self.hub.cards[REPOSITORY] = "cc-by-nc-4.0"
        self.assertEqual(self.succeed_to_pull(REPOSITORY, "-q")[1],
                         f"{REPOSITORY}: licence cc-by-nc-4.0: not for commercial use\n")


class Offline(HubTest):
    def test_checks_what_is_there_and_asks_nobody(self):
        for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            self.refuse_to_pull([f"{variable} is set", str(self.root)], **{variable: "1"})
        self.refuse_to_pull("HF_HUB_OFFLINE is set", self.hub.origin, "--to", self.path("new"), HF_HUB_OFFLINE="yes")
        self.assertEqual(self.hub.requests, [])
        self.succeed_to_pull(HF_HUB_OFFLINE="0")
        self.hub.requests.clear()
        self.assertEqual(self.succeed_to_pull(HF_HUB_OFFLINE="TRUE")[0], str(self.snapshot))
        (self.snapshot / "model.safetensors").resolve().write_bytes(self.weights[:-1] + b"x")
        self.refuse_to_pull(["model.safetensors: expected SHA-256", "unset HF_HUB_OFFLINE"], HF_HUB_OFFLINE="1")
        (self.snapshot / "config.json").resolve().write_bytes(b"{}")
        (self.snapshot / "model.safetensors").resolve().write_bytes(self.weights)
        self.refuse_to_pull(["config.json: expected git's SHA-1"], HF_HUB_OFFLINE="1")
        self.assertEqual(self.hub.requests, [])


class Folders(HubTest):
    def test_to_a_folder(self):
        target = self.path("new") / "model"
        self.assertEqual(self.succeed_to_pull(REPOSITORY, "--to", target)[0], str(target))
        self.assertEqual(sorted(os.listdir(target)), ["README.md", "config.json", "model.safetensors"])
        self.assertEqual((target / "model.safetensors").read_bytes(), self.weights)
        self.assertFalse(self.root.exists())
        (target / "config.json").write_text("{}")
        self.refuse_to_pull(["config.json: expected", "--force"], REPOSITORY, "--to", target)
        self.assertEqual((target / "config.json").read_text(), "{}")
        self.succeed_to_pull(REPOSITORY, "--to", target, "--force")
        self.assertEqual((target / "config.json").read_bytes(), self.files["config.json"])

    def serve_folder(self, files):
        def answer_to(request):
            content = files.get(request.path.removeprefix("/models/agro nt/").replace("%20", " "))
            content = files.get(request.path.split("/")[-1]) if content is None else content
            return Answer(404) if content is None else Answer(body=content).with_range(request)
        return self.open(Server(answer_to))

    def test_from_a_plain_folder_with_sums(self):
        sums = "".join(f"{sha256(content)}  {name}\n" for name, content in self.files.items())
        server = self.serve_folder({**self.files, "SHA256SUMS": sums.encode()})
        address = server.origin + "/models/tiny/"
        _, err = self.succeed_to_pull(address, "--to", self.path("new"), HF_TOKEN="hf_secret")
        self.assertIn("no licence is stated here", err)
        self.assertEqual(sorted(os.listdir(self.path("new"))), ["README.md", "config.json", "model.safetensors"])
        self.assertEqual({request.headers.get("Authorization") for request in server.requests}, {None})
        server.fault("/config.json", lambda request, answer: Answer(body=b"x" * len(self.files["config.json"])))
        self.refuse_to_pull(["config.json: expected SHA-256"], address, "--to", self.path("other"))
        self.assertEqual(os.listdir(self.path("other")), [])

    def test_bad_sums(self):
        for line, says in (("no sum\n", "SHA256SUMS:1: expected a SHA-256"),
                           (f"\n{'a' * 64}  ../up\n", "SHA256SUMS:2: expected a path inside of the folder, got ../up")):
            server = self.serve_folder({"SHA256SUMS": line.encode()})
            self.refuse_to_pull(says, server.origin, "--to", self.path("new"))

    def test_a_plain_folder_without_sums_is_the_published_model(self):
        server = self.serve_folder({**published_texts(), "pytorch_model.bin": b"not the weights"})
        line = self.refuse_to_pull(["pytorch_model.bin: expected 3965239677 bytes, got"], server.origin, "--to",
                                   self.path("new"))
        self.assertNotIn("not for commercial use", line)
        self.assertEqual(sorted(name for name in os.listdir(self.path("new")) if "agront-partial" not in name),
                         ["config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"])
        server = self.serve_folder({**published_texts(), "vocab.txt": b"A" * 28718})
        self.refuse_to_pull(["vocab.txt: expected SHA-256 f1b544e2"], server.origin, "--to", self.path("other"))


class Published(HubTest):
    def add(self, weights=b"other weights", **files):
        self.hub.add(PUBLISHED, {**published_texts(), "pytorch_model.bin": weights, "model.safetensors": b"newer",
                                 "README.md": b"card\n", **files}, licence="cc-by-nc-sa-4.0")

    def test_a_hub_with_other_files_is_refused_before_anything_is_fetched(self):
        self.add()
        for name in ("agront-1b", PUBLISHED):
            self.refuse_to_pull(["pytorch_model.bin: expected the published file of 3965239677 bytes, got one of 13"], name)
        self.hub.fault("/tree/", lambda request, answer: Answer(body=answer.body.replace(
            b'"size": 13, "pointer', b'"size": 3965239677, "pointer')))
        self.refuse_to_pull(["pytorch_model.bin: expected the published file, SHA-256 eff67add"], "agront-1b")
        self.assertEqual(self.hub.paths("/resolve/"), [])

    def test_the_licence_comes_before_the_weights(self):
        self.add()
        fake = b"eff67add0325047da01c1e7022d05c0b6cbe1b5cc5580d6e9ccca19ace8eb6e8"
        self.hub.fault("/tree/", lambda request, answer: Answer(body=answer.body.replace(
            b'"size": 13, "pointer', b'"size": 3965239677, "pointer').replace(sha256(b"other weights").encode(), fake)))
        seen = []
        self.hub.fault("pytorch_model.bin", lambda request, answer: seen.append(request.path))
        for quiet in ([], ["-q"]):
            status, out, err = self.pull("agront-1b", "--retries", "0", *quiet)
            self.assertEqual((status, out), (1, ""))
            self.assertTrue(err.startswith(f"{PUBLISHED}: {LICENCE}\n"), err)
            self.assertIn("it was changed", err)
        self.assertEqual(len(seen), 2)
        self.assertEqual(len(self.hub.paths("/resolve/.*model.safetensors")), 0)

    def test_a_small_file_that_differs(self):
        self.add(**{"vocab.txt": b"A" * 28718})
        self.hub.fault("/tree/", lambda request, answer: Answer(body=answer.body.replace(
            b'"size": 13, "pointer', b'"size": 3965239677, "pointer').replace(
            sha256(b"other weights").encode(), b"eff67add0325047da01c1e7022d05c0b6cbe1b5cc5580d6e9ccca19ace8eb6e8")))
        self.refuse_to_pull(["vocab.txt: expected SHA-256 f1b544e2"], "agront-1b")

    def test_another_revision_is_taken_as_it_is(self):
        self.add()
        self.hub.add(PUBLISHED, {"config.json": b"{}", "pytorch_model.bin": b"old"}, "v0", licence="cc-by-nc-sa-4.0")
        out, err = self.succeed_to_pull("agront-1b@v0")
        self.assertIn(LICENCE, err)
        self.assertEqual(sorted(os.listdir(out)), ["config.json", "pytorch_model.bin"])


class Usage(HubTest):
    def test_names(self):
        for name in ("agront", "a/b/c", "a/..", "../a", "a/b@", "a/b@../c", "a b/c", "a/b@-x", "a//b", "", "a/b@x//y",
                     ".a/b", "a--b/c", "a/b\n"):
            self.refuse_to_pull("expected agront-1b, ORG/NAME or ORG/NAME@REVISION", name, status=2)
        self.refuse_to_pull("expected --to DIR", self.hub.origin + "/x", status=2)
        self.refuse_to_pull("expected an address", "ftp://host/x", "--to", self.path("new"))
        self.assertEqual(self.hub.requests, [])

    def test_without_libcurl_the_package_is_named(self):
        for name in ("libcurl.so.4", "libcurl-gnutls.so.4"):
            self.write(name, b"no library")
        self.refuse_to_pull(["libcurl.so.4", "install libcurl", "libcurl4"], LD_LIBRARY_PATH=str(self.folder))
        self.succeed("info", environment={"LD_LIBRARY_PATH": str(self.folder)})


if __name__ == "__main__":
    unittest.main()
