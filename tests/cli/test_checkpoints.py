# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that are not what they seem: read right, or refused by the name of what is wrong."""

import collections
import gzip
import io
import json
import pickle
import shutil
import struct
import sys
import types
import unittest
import zipfile

import numpy as np

from labelled_support import FinetuneTest
from pretrain_support import PretrainTest
from support import GENES, SHAPE, ProgramTest, model_config, model_tensors, safetensors_bytes, write_model

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "ab" * 32 + "\nsize 3955000000\n"
PAGE = "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"
OTHERS = ((LFS, "got a pointer of Git LFS"), (PAGE, "got an HTML page"), ("", "got an empty file"),
          ("Entry not found", 'got text that begins "Entry not found"'), (gzip.compress(b"{}"), "got a gzip file"))
HYPERPARAMETERS = {"alphabet_size": 4105, "embed_dim": SHAPE["hidden_size"], "num_layers": SHAPE["num_hidden_layers"],
                   "attention_heads": SHAPE["num_attention_heads"], "ffn_embed_dim": SHAPE["intermediate_size"],
                   "max_positions": SHAPE["max_position_embeddings"] - 2, "k_for_kmers": 6, "key_dim": None}


def vocabulary(letters="ATCG"):
    kmers = [""]
    for _ in range(6):
        kmers = [kmer + letter for kmer in kmers for letter in letters]
    return ["<unk>", "<pad>", "<mask>", "<cls>", *kmers, *letters, "N", "<eos>", "<bos>"]


def jax_parameters(tensors):
    """The same weights as Haiku names them."""
    parameters = collections.defaultdict(dict)

    def add(module, name, value):
        parameters["esm_transformer/" + module][name] = value

    def add_linear(module, source):
        add(module, "w", np.ascontiguousarray(tensors[source + ".weight"].T))
        add(module, "b", tensors["lm_head.bias" if source == "lm_head.decoder" else source + ".bias"])

    def add_norm(module, source):
        add(module, "scale", tensors[source + ".weight"])
        add(module, "offset", tensors[source + ".bias"])

    add("~/embed", "embeddings", tensors["esm.embeddings.word_embeddings.weight"])
    add("~/esm_learned_positional_embeddings/~/embed", "embeddings", tensors["esm.embeddings.position_embeddings.weight"])
    for layer in range(SHAPE["num_hidden_layers"]):
        ours, theirs = f"attention_layer_{layer}/~/", f"esm.encoder.layer.{layer}."
        for name in ("query", "key", "value"):
            add_linear(f"{ours}mha/{name}", f"{theirs}attention.self.{name}")
        add_linear(ours + "mha/mha_output", theirs + "attention.output.dense")
        add_linear(ours + "fc1", theirs + "intermediate.dense")
        add_linear(ours + "fc2", theirs + "output.dense")
        add_norm(ours + "mha_layer_norm", theirs + "attention.LayerNorm")
        add_norm(ours + "final_layer_norm", theirs + "LayerNorm")
    head = "~/esm_roberta_lm_head/~/"
    add_norm(head + "emb_layer_norm_after", "esm.encoder.emb_layer_norm_after")
    add_norm(head + "lm_head_layer_norm", "lm_head.layer_norm")
    add_linear(head + "lm_head_fc_1", "lm_head.dense")
    add_linear(head + "lm_final_fc", "lm_head.decoder")
    return dict(parameters)


def stand_in(module, name):
    """A global of this name for pickles, without the package that has it."""
    made = type(name, (), {"__module__": module})
    sys.modules.setdefault(module, types.ModuleType(module))
    setattr(sys.modules[module], name, made)
    return made


class Rebuilt:
    """What a call of a function of torch rebuilds when a pickle is read."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def torch_bytes(tensors, others=()):
    """A pytorch_model.bin of float32 tensors, and of (name, storage class, element bytes, v3 format) that are others."""
    storage_of = {name: stand_in("torch", name) for name in ("FloatStorage", "ComplexFloatStorage", "float8_e4m3fn")}
    storage_of["UntypedStorage"] = stand_in("torch.storage", "UntypedStorage")
    rebuild = {name: stand_in("torch._utils", name) for name in ("_rebuild_tensor_v2", "_rebuild_tensor_v3")}
    data, state = [], collections.OrderedDict()

    class Storage:
        def __init__(self, kind, raw, elements):
            self.kind, self.key, self.elements = kind, str(len(data)), elements
            data.append(raw)

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                return "storage", storage_of[value.kind], value.key, "cpu", value.elements
            return None

    for name, tensor in tensors.items():
        strides = tuple(stride // 4 for stride in tensor.strides)
        state[name] = Rebuilt(rebuild["_rebuild_tensor_v2"], Storage("FloatStorage", tensor.tobytes(), tensor.size), 0,
                              tensor.shape, strides, False, collections.OrderedDict())
    for name, kind, element_bytes, v3_format in others:
        arguments = [Storage(kind, bytes(2 * element_bytes), 2), 0, (2,), (1,), False, collections.OrderedDict()]
        if v3_format:
            arguments += [storage_of[v3_format], None]
        state[name] = Rebuilt(rebuild["_rebuild_tensor_v3" if v3_format else "_rebuild_tensor_v2"], *arguments)
    stream = io.BytesIO()
    Pickler(stream, 2).dump(state)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("model/data.pkl", stream.getvalue())
        for key, raw in enumerate(data):
            out.writestr(f"model/data/{key}", raw)
    return archive.getvalue()


class CheckpointTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("x.fa", GENES)

    def embedding(self, model, *words):
        output = self.path("out.npz")
        self.succeed("embed", self.fasta, "-m", model, "-o", output, "--force", "-q", *words)
        with np.load(output) as archive:
            return archive["layer_2"]

    def refuse_model(self, model, *says):
        """Every command that opens it says the same; messages are short and printable."""
        for words in (["info", "-m", model], ["embed", self.fasta, "-m", model, "-o", self.path("new.npz")],
                      ["tokenize", self.fasta, "-m", model]):
            message = self.refuse(*words, says=says)
            self.assertLess(len(message), 1000)
            self.assertTrue(message.strip().isprintable(), message)


class Files(CheckpointTest):
    def test_tell_what_stands_in_their_place(self):
        model = write_model(self.path("m"))
        for content, words in OTHERS:
            for name in ("model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json"):
                kept = (model / name).read_bytes() if (model / name).exists() else None
                self.write("m/" + name, content)
                is_text = name == "vocab.txt" and content == "Entry not found"
                self.refuse_model(model, "m/" + name, 'got "Entry not found"' if is_text else words)
                (model / name).unlink() if kept is None else (model / name).write_bytes(kept)
        self.embedding(model)
        (model / "model.safetensors").unlink()
        for name in ("pytorch_model.bin", "model.safetensors.index.json"):
            for content, words in OTHERS:
                self.write("m/" + name, content)
                self.refuse_model(model, "m/" + name, words)
            (model / name).unlink()
        self.write("m/pytorch_model.bin", safetensors_bytes(model_tensors()))
        self.refuse_model(model, "pytorch_model.bin", "got a safetensors file")
        jax = self.path("j")
        jax.mkdir()
        for name in ("hyperparams.json", "pytree_ckpt.joblib"):
            for content, words in OTHERS:
                self.write("j/hyperparams.json", json.dumps(HYPERPARAMETERS))
                self.write("j/" + name, content)
                self.refuse_model(jax, "j/" + name, words.replace("got a gzip file", "got"))

    def test_json_is_refused_with_its_line(self):
        model = write_model(self.path("m"))
        good = json.dumps(model_config())
        for text, says in ((good[:-1] + ',\n "foo": 1e999}', ["a double holds", "1e999", "line 2"]),
                           (good[:-1] + ', "hidden_size": 24}', ['"hidden_size" twice']),
                           (good[:-1] + ', "foo": ' + "9" * 5000 + "}", ["a double holds", "999..."]),
                           (good.replace("24", "99999999999999999999"), ["hidden_size", "from 1 to 1000000"]),
                           (good[:-1], ["end of the text"]), (good + "\n]", ['got "]" in line 2']),
                           (good.replace("esm", "\x1b[31mesm"), ["\\x1b[31mesm"])):
            self.write("m/config.json", text)
            self.refuse_model(model, "m/config.json: ", *says)
        self.write("m/config.json", good.encode().replace(b"esm", b"\xff\xfe"))
        self.refuse_model(model, "m/config.json: expected JSON", "\\xff\\xfe")

    def test_shards_are_those_of_the_index(self):
        tensors = model_tensors()
        name = "esm.encoder.layer.0.attention.LayerNorm.weight"
        stale = {**tensors, name: np.full_like(tensors[name], 7)}
        expected = self.embedding(write_model(self.path("whole"), weights=safetensors_bytes(tensors)))
        for overlay in ("overlay", "model-00000", "z"):
            model = write_model(self.path(overlay))
            (model / "model.safetensors").unlink()
            index = {tensor: "model.safetensors-1" for tensor in tensors} | {name: overlay + ".safetensors"}
            self.write(f"{overlay}/model.safetensors-1", safetensors_bytes(stale))
            self.write(f"{overlay}/{overlay}.safetensors", safetensors_bytes({name: tensors[name]}))
            self.write(f"{overlay}/model.safetensors.index.json", json.dumps({"metadata": {}, "weight_map": index}))
            np.testing.assert_array_equal(self.embedding(model), expected)
            self.write(f"{overlay}/{overlay}.safetensors", safetensors_bytes({"other": tensors[name]}))
            index["other"] = overlay + ".safetensors"
            self.write(f"{overlay}/model.safetensors.index.json", json.dumps({"weight_map": index}))
            self.refuse_model(model, "index.json", name, f"expected it in {model}/{overlay}.safetensors")
            (model / f"{overlay}.safetensors").unlink()
            self.refuse_model(model, "index.json", f"expected its shard {overlay}.safetensors", "no such file")

    def test_tensors_that_nobody_needs_may_be_anything(self):
        tensors = model_tensors()
        expected = self.embedding(write_model(self.path("plain")))

        def with_others(header):
            end = max(entry["data_offsets"][1] for entry in header.values())
            others = {f"extra.{dtype}": {"dtype": dtype, "shape": [0], "data_offsets": [end, end]}
                      for dtype in ("F8_E4M3", "F8_E5M2", "BOOL", "I64", "U16", "U32", "U64", "C64", "BF16", "Q4")}
            return {"__metadata__": None, **header, **others}

        odd = write_model(self.path("odd"), weights=safetensors_bytes(tensors, with_others))
        np.testing.assert_array_equal(self.embedding(odd), expected)

        def needed(header):
            header["lm_head.bias"]["dtype"] = "F8_E4M3"
            return header

        self.refuse_model(write_model(self.path("odd"), weights=safetensors_bytes(tensors, needed)),
                          "lm_head.bias: expected floating-point numbers", '"F8_E4M3"')

        (odd / "model.safetensors").unlink()
        self.write("odd/pytorch_model.bin", torch_bytes(tensors))
        np.testing.assert_array_equal(self.embedding(odd), expected)
        others = [("extra.complex", "ComplexFloatStorage", 8, None), ("extra.eight", "UntypedStorage", 1, "float8_e4m3fn")]
        self.write("odd/pytorch_model.bin", torch_bytes(tensors, others))
        np.testing.assert_array_equal(self.embedding(odd), expected)
        less = {name: tensor for name, tensor in tensors.items() if name != "lm_head.bias"}
        self.write("odd/pytorch_model.bin", torch_bytes(less, [("lm_head.bias", "ComplexFloatStorage", 8, None)]))
        self.refuse_model(odd, "lm_head.bias", "expected")

    def test_jax_folders_with_other_arrays_compute_alike(self):
        # The epsilon of the JAX code is 1e-5.
        expected = self.embedding(write_model(self.path("plain"), config=model_config(layer_norm_eps=1e-5)))
        parameters = jax_parameters(model_tensors())
        jax = self.path("j")
        jax.mkdir()
        self.write("j/hyperparams.json", json.dumps(HYPERPARAMETERS))
        for others in ({}, {"state": {"key": np.zeros(2, "<u4"), "phase": np.zeros(3, "<c8"), "names": np.array(["ab"])}}):
            self.write("j/pytree_ckpt.joblib", pickle.dumps({**parameters, **others}, 4))
            np.testing.assert_allclose(self.embedding(jax), expected, rtol=1e-4, atol=1e-5)
        for key, value in (("pre_layer_norm", False), ("layer_norm_eps", 1e-3), ("class_token_id", 7),
                           ("prepend_cls_token", False), ("append_eos_token", True), ("positional_embedding", None),
                           ("use_rotary_embedding", True), ("mask_before_attention", True)):
            self.write("j/hyperparams.json", json.dumps({**HYPERPARAMETERS, key: value}))
            self.refuse_model(jax, f"j/hyperparams.json: {key}: expected ", json.dumps(value))


class Settings(CheckpointTest):
    def test_vocabularies_are_compared(self):
        model = write_model(self.path("m"))
        expected = self.embedding(model)
        ours = "\n".join(vocabulary())
        for text in (ours, ours + "\n", ours.replace("\n", "\r\n"), "\ufeff" + ours, "\n".join(vocabulary()[:4105])):
            self.write("m/vocab.txt", text)
            np.testing.assert_array_equal(self.embedding(model), expected)
        for text, says in (("\n".join(vocabulary("ACGT")), ["vocab.txt:6:", "AAAAAT", '"AAAAAC"']),
                           ("\n".join(vocabulary()[:4000]), ["vocab.txt: expected 4107 tokens, got 4000"]),
                           (ours + "\n<sep>", ["vocab.txt:4108:", '"<sep>"']),
                           ("\n".join(["<cls>", "<pad>", "<eos>", "<unk>", *vocabulary()[4:]]), ["vocab.txt:1:", "<unk>"])):
            self.write("m/vocab.txt", text)
            self.refuse_model(model, *says)

    def test_special_tokens_are_compared(self):
        model = write_model(self.path("m"))
        for name, content, says in (("tokenizer_config.json", {"eos_token": "<eos>"}, "eos_token: expected null"),
                                    ("tokenizer_config.json", {"cls_token": "<bos>"}, "cls_token: expected <cls>"),
                                    ("special_tokens_map.json", {"mask_token": {"content": "N"}}, "mask_token: expected"),
                                    ("added_tokens.json", {"<mask>": 4107}, "expected the id 2 of token <mask>, got 4107")):
            self.write("m/" + name, json.dumps(content))
            self.refuse_model(model, name, says)
            (model / name).unlink()
        self.embedding(model)

    def test_other_forward_passes_are_refused_by_name(self):
        for changes in ({"is_decoder": True}, {"add_cross_attention": True}, {"pruned_heads": {"0": [1]}},
                        {"quantization_config": {"load_in_8bit": True}}, {"position_embedding_type": None},
                        {"cls_token_id": 0}, {"hidden_act": "relu"}):
            key, = changes
            self.refuse_model(write_model(self.path("m"), config=model_config(**changes)), f"config.json: {key}: expected")


class Adapters(CheckpointTest):
    def setUp(self):
        super().setUp()
        self.base = write_model(self.path("base"))
        random = np.random.default_rng(5)
        self.tensors = {}
        for layer in range(2):
            for module in ("query", "value"):
                name = f"base_model.model.esm.encoder.layer.{layer}.attention.self.{module}."
                self.tensors[name + "lora_A.weight"] = random.normal(size=(2, 24)).astype("<f4")
                self.tensors[name + "lora_B.weight"] = random.normal(size=(24, 2)).astype("<f4")

    def adapter(self, without="nothing", **changes):
        folder = self.path("adapter")
        folder.mkdir(exist_ok=True)
        config = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["query", "value"], **changes}
        self.write("adapter/adapter_config.json", json.dumps(config))
        kept = {name: tensor for name, tensor in self.tensors.items() if without not in name}
        self.write("adapter/adapter_model.safetensors", safetensors_bytes(kept))
        return folder

    def refuse_adapter(self, *says, **changes):
        self.refuse("embed", self.fasta, "-m", self.base, "--adapter", self.adapter(**changes), "-o", self.path("new.npz"),
                    says=says)

    def test_have_the_modules_that_peft_gives_them(self):
        # PEFT lets the tensors of a module that it leaves out be, with no more than a warning.
        queries = self.embedding(self.base, "--adapter", self.adapter(without="value", target_modules=["query"]))
        self.assertGreater(np.abs(queries - self.embedding(self.base)).max(), 1e-3)
        for changes in ({"exclude_modules": ["value"]}, {"exclude_modules": r".*\.value"},
                        {"target_modules": ".*(query|value)", "exclude_modules": ["self.value"]},
                        {"target_modules": r".*\.self\.q.*"}):
            same = self.embedding(self.base, "--adapter", self.adapter(without="value", **changes))
            np.testing.assert_array_equal(same, queries)
            self.refuse_adapter("value.lora_A.weight: expected", "exclude_modules" if "exclude_modules" in changes
                                else "target_modules", **changes)
        self.refuse_adapter("exclude_modules", "regular expression", exclude_modules=r"(?i).*VALUE")
        self.refuse_adapter("lora_A.weight is missing", without="value", exclude_modules=["key"])
        last = self.adapter(without="layer.0", layers_to_transform=[1], layers_pattern="layer")
        self.embedding(self.base, "--adapter", last)
        self.refuse_adapter("layer.0", "expected only", layers_to_transform=[1], layers_pattern="layer")
        self.refuse_adapter("layers_to_transform", target_modules=".*query", layers_to_transform=[1])

    def test_tell_what_stands_in_their_place(self):
        folder = self.adapter()
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            kept = (folder / name).read_bytes()
            for content, words in OTHERS:
                (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
                self.refuse("embed", self.fasta, "-m", self.base, "--adapter", folder, "-o", self.path("new.npz"),
                            says=[name, words])
            (folder / name).write_bytes(kept)
        (folder / "adapter_config.json").write_text('{"peft_type": "LORA", "r": 1e999}')
        self.refuse("embed", self.fasta, "-m", self.base, "--adapter", folder, "-o", self.path("new.npz"),
                    says=["adapter_config.json", "1e999"])

    def test_whole_models_are_named(self):
        self.refuse("embed", self.fasta, "--adapter", self.base, "-o", self.path("new.npz"),
                    says=["expected an adapter", f"give --model {self.base} and no adapter"])


class PretrainedFolders(PretrainTest):
    def test_the_last_checkpoint_is_named(self):
        self.succeed(*self.words("run", "--steps", 6))
        run, last = self.path("run"), f"{self.path('run') / 'step-6'} its last checkpoint"
        self.refuse("info", "-m", run, says=["run: expected a model", last])
        self.refuse("predict", run, self.path("a.fa"), says=[last])
        self.refuse(*self.words("other", "--init", run, without=("--layers", "--hidden", "--heads", "--ffn", "--max-tokens")),
                    says=[last])
        self.refuse("embed", self.path("a.fa"), "--adapter", run, "-o", self.path("x.npz"), says=["step-6", "to --model"])
        self.refuse("info", "-m", self.folder, says=[str(run / "step-3"), "is one"])
        self.refuse("info", "-m", run / "step-6" / "model.safetensors", says=["got a file", f"{run / 'step-6'} is its folder"])
        self.succeed("info", "-m", run / "step-6", "-q")


class FinetunedFolders(FinetuneTest):
    def test_the_part_that_would_do_is_named(self):
        train = self.write_binary("train.fa", 40, 1)
        for method in ("lora", "full", "probe"):
            self.succeed(*self.words(method, "--train", train, "--method", method, "--epochs", 1))
        whole = f"{self.path('full') / 'model'} is one"
        adapter = f"{self.path('lora') / 'adapter'}"
        for folder in ("lora", "lora/run", "lora/head", "lora/adapter"):
            self.refuse("info", "-m", self.path(folder), says=["expected a model", f"--adapter {adapter}"])
        for folder in ("full", "full/run", "full/head"):
            self.refuse("info", "-m", self.path(folder), says=["expected a model", whole])
        self.refuse("info", "-m", self.path("probe"), says=["expected a model", "leaves its base model as it is"])
        for folder in ("lora", "lora/run"):
            self.refuse("embed", train, "--adapter", self.path(folder), "-o", self.path("x.npz"),
                        says=["expected an adapter", f"{adapter} is one"])
        self.refuse("embed", train, "--adapter", self.path("full"), "-o", self.path("x.npz"), says=["is a whole model"])
        self.refuse("predict", self.path("lora/run"), train, says=[f"fine-tuned model {self.path('lora')}"])
        shutil.rmtree(self.path("lora/head"))
        self.refuse("info", "-m", self.path("lora"), says=[f"--adapter {adapter}"])


if __name__ == "__main__":
    unittest.main()
