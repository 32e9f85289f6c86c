# SPDX-License-Identifier: Apache-2.0
"""AgroNT as an ONNX graph, the way ONNX Runtime runs it fastest.

torch.onnx.export gives a graph of small operators of which ONNX Runtime's optimizer fuses only a part. So the graph is
written here with ONNX Runtime's own fused operators: queries, keys and values in one product, MultiHeadAttention
(no T x T matrix), SkipLayerNormalization (residual and norm in one), BiasGelu.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

FUSED = "com.microsoft"
FIRST_POSITION = 2


class GraphBuilder:
    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.initializers = []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def add(self, op, inputs, outputs=1, domain="", **attributes):
        names = [f"{op}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def product(self, x, names):
        """x W^T of one or several linear layers side by side, without the bias."""
        joined = np.concatenate([self.weights[f"{name}.weight"] for name in names])
        return self.add("MatMul", [x, self.constant(f"{'+'.join(names)}.transposed", joined.T)])

    def bias(self, names):
        joined = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        return self.constant(f"{'+'.join(names)}.bias", joined)

    def linear(self, x, *names):
        return self.add("Add", [self.product(x, names), self.bias(names)])

    def norm_weights(self, name):
        return [self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]


def write_fp32(folder, path):
    """Writes the model of a Hugging Face folder (one safetensors file): tokens [1, T] to logits [1, T, V]."""
    folder = pathlib.Path(folder)
    config = json.loads((folder / "config.json").read_text())
    epsilon, heads, hidden = config["layer_norm_eps"], config["num_attention_heads"], config["hidden_size"]
    graph = GraphBuilder(load_file(folder / "model.safetensors"))

    words = graph.add("Gather", [graph.weight("esm.embeddings.word_embeddings.weight"), "tokens"])
    first = graph.constant("first", np.array([FIRST_POSITION]))
    length = graph.add("Shape", ["tokens"], start=1, end=2)
    places = graph.add("Slice", [graph.weight("esm.embeddings.position_embeddings.weight"), first,
                                 graph.add("Add", [length, first]), graph.constant("rows", np.array([0]))])
    residual = graph.add("Add", [words, places])
    layers = [f"esm.encoder.layer.{number}" for number in range(config["num_hidden_layers"])]
    norms = [f"{layer}.attention.LayerNorm" for layer in layers[1:]] + ["esm.encoder.emb_layer_norm_after"]
    x = graph.add("LayerNormalization", [residual, *graph.norm_weights(f"{layers[0]}.attention.LayerNorm")],
                  epsilon=epsilon, axis=-1)
    for layer, next_norm in zip(layers, norms):
        projections = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        parts = graph.add("Split", [graph.product(x, projections),
                                    graph.constant(f"{layer}.parts", np.full(3, hidden, np.int64))], outputs=3, axis=-1)
        attended = graph.add("MultiHeadAttention", [*parts, graph.bias(projections)], domain=FUSED, num_heads=heads)
        x, residual = skip_norm(graph, residual, attended, f"{layer}.attention.output.dense", f"{layer}.LayerNorm",
                                epsilon)
        inner = graph.add("BiasGelu", [graph.product(x, [f"{layer}.intermediate.dense"]),
                                       graph.bias([f"{layer}.intermediate.dense"])], domain=FUSED)
        x, residual = skip_norm(graph, residual, inner, f"{layer}.output.dense", next_norm, epsilon)

    x = graph.add("BiasGelu", [graph.product(x, ["lm_head.dense"]), graph.bias(["lm_head.dense"])], domain=FUSED)
    x = graph.add("LayerNormalization", [x, *graph.norm_weights("lm_head.layer_norm")], epsilon=epsilon, axis=-1)
    graph.nodes.append(helper.make_node("Add", [graph.product(x, ["lm_head.decoder"]), graph.weight("lm_head.bias")],
                                        ["logits"]))
    inputs = [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "tokens"])]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "tokens", config["vocab_size"]])]
    model = helper.make_model(helper.make_graph(graph.nodes, "agront", inputs, outputs, graph.initializers),
                              opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)], ir_version=8)
    onnx.save(model, path, save_as_external_data=True, location=f"{pathlib.Path(path).name}.data")


def skip_norm(graph, residual, x, linear, norm, epsilon):
    """The norm of residual + linear(x), and that sum."""
    normed, sum_name = f"{norm}.out", f"{norm}.residual"
    inputs = [graph.product(x, [linear]), residual, *graph.norm_weights(norm), graph.bias([linear])]
    graph.nodes.append(helper.make_node("SkipLayerNormalization", inputs, [normed, "", "", sum_name], domain=FUSED,
                                        epsilon=epsilon))
    return normed, sum_name


def write_int8(fp32, path, saturates):
    """Dynamic quantization, a scale for each output channel. Where the processor adds pairs of products in 16 bits
    (`saturates`: no VNNI), weights have 7 bits, as ONNX Runtime's manual says."""
    quantize_dynamic(fp32, path, per_channel=True, reduce_range=saturates, weight_type=QuantType.QInt8,
                     use_external_data_format=True,
                     extra_options={"DefaultTensorType": TensorProto.FLOAT})  # of the fused operators' outputs


def open_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.force_spinning_stop", "1")  # between turns, for the others' sake
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
