# SPDX-License-Identifier: Apache-2.0
"""A peer as one of several processes that take turns; contestant.cc is ours and has the tasks and the protocol.

    python contestant.py KIND MODEL THREADS SEQUENCES WORK

KIND: hugging_face-fp32, hugging_face-bf16, onnxruntime-fp32, onnxruntime-int8, openvino-fp32, openvino-bf16,
openvino-int8, openvino-weights8. Converted models are kept in the folder WORK. Each library is set up as its manual
says is fastest for one request at a time.
"""

import pathlib
import sys
import time

import numpy as np
import torch
import transformers

from turns import has

BATCH = 8
TOKENS = 1024
LEAST_TURN = 0.5  # seconds: short work is done again until they have gone by, as in contestant.cc
CALIBRATION_WINDOWS = 4


class HuggingFace:
    def __init__(self, folder, threads, sequences, work, precision):
        torch.set_num_threads(threads)
        self.tokenizer = transformers.EsmTokenizer.from_pretrained(folder)
        self.model = load_torch(folder, torch.bfloat16 if precision == "bf16" else torch.float32)
        self.sequences = sequences
        self.tokens = self.tokenizer(sequences, return_tensors="pt", padding=True)["input_ids"]

    def run(self, task):
        with torch.inference_mode():
            if task == "tokenize":
                return np.concatenate([np.array(ids, np.int32) for ids in self.tokenizer(self.sequences)["input_ids"]])
            if task == "embed":
                return np.concatenate([self.means(self.sequences[at:at + BATCH])
                                       for at in range(0, len(self.sequences), BATCH)])
            return self.model(self.tokens).logits.float().numpy()  # of equal lengths: no mask is the fastest way

    def means(self, sequences):
        """The last layer's mean over each sequence's tokens, <cls> and padding left out."""
        batch = self.tokenizer(sequences, return_tensors="pt", padding=True)
        hidden = self.model.esm(**batch).last_hidden_state
        mask = batch["attention_mask"].clone()
        mask[:, 0] = 0
        return ((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()


class OnnxRuntime:
    def __init__(self, folder, threads, sequences, work, precision):
        import onnx_graph

        path = work / f"{pathlib.Path(folder).name}.onnx"
        if not path.exists():
            onnx_graph.write_fp32(folder, path)
        if precision == "int8":
            fp32, path = path, path.with_suffix(".int8.onnx")
            if not path.exists():
                onnx_graph.write_int8(fp32, path, saturates=not (has("avx512_vnni") or has("avx_vnni")))
        self.session = onnx_graph.open_session(path, threads)
        self.tokens = tokenize(folder, sequences)

    def run(self, task):
        return self.session.run(["logits"], {"tokens": self.tokens})[0]


class OpenVino:
    def __init__(self, folder, threads, sequences, work, precision):
        import openvino

        stored = "fp32" if precision == "bf16" else precision
        path = work / f"{pathlib.Path(folder).name}.{stored}.xml"
        if not path.exists():
            write_openvino(folder, path, stored)
        # What is not in int8 is in bf16, where the processor has it, by OpenVINO's own default.
        between = "bf16" if precision != "fp32" and has("avx512_bf16") else "f32"
        self.model = openvino.Core().compile_model(path, "CPU", {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": between})
        self.tokens = tokenize(folder, sequences)

    def run(self, task):
        return self.model(self.tokens)[0]


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens):
        return self.model(tokens).logits


def write_openvino(folder, path, precision):
    """fp32; int8 (weights and activations, calibrated on random 6-mers) or weights8 (weights only, by NNCF)."""
    import openvino

    generator = torch.Generator().manual_seed(1)
    windows = [torch.randint(4, 4100, (1, TOKENS), generator=generator) for _ in range(CALIBRATION_WINDOWS)]
    model = openvino.convert_model(Logits(load_torch(folder)), example_input=windows[0])
    if precision != "fp32":
        import nncf

        if precision == "int8":
            model = nncf.quantize(model, nncf.Dataset(windows, lambda window: window.numpy()),
                                  model_type=nncf.ModelType.TRANSFORMER, subset_size=CALIBRATION_WINDOWS)
        else:
            model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    openvino.save_model(model, path, compress_to_fp16=False)


def load_torch(folder, dtype=torch.float32):
    return transformers.EsmForMaskedLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa").eval()


def tokenize(folder, sequences):
    return np.array(transformers.EsmTokenizer.from_pretrained(folder)(sequences)["input_ids"])


def make(kind, folder, threads, sequences, work):
    library, precision = kind.split("-")
    peer = {"hugging_face": HuggingFace, "onnxruntime": OnnxRuntime, "openvino": OpenVino}[library]
    return peer(folder, threads, sequences, work, precision)


def main():
    kind, folder, threads, sequences, work = sys.argv[1:]
    replies, sys.stdout = sys.stdout, sys.stderr  # whatever the libraries print is not part of the protocol
    transformers.logging.set_verbosity_error()
    contestant = make(kind, folder, int(threads), pathlib.Path(sequences).read_text().split(), pathlib.Path(work))
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        task, *output = line.split()
        start, seconds, passes = time.perf_counter(), 0, 0
        while seconds < LEAST_TURN:
            result = contestant.run(task)
            seconds = time.perf_counter() - start
            passes += 1
        if output:
            result.tofile(output[0])
        print(seconds / passes, file=replies, flush=True)


if __name__ == "__main__":
    main()
