"""Makes tiny ONNX networks in the folder given: they see 16 x 8 pictures, and what they say can be worked out by hand."""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = sys.argv[1]


def write(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs],
        [numpy_helper.from_array(np.asarray(values, dtype=np.float32), n) for n, values in constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)])
    model.ir_version = 7
    onnx.checker.check_model(model)
    onnx.save(model, f"{FOLDER}/{name}.onnx")


PICTURE = [("picture", TensorProto.FLOAT, [1, 3, 8, 16])]
POOLED = [
    helper.make_node("GlobalAveragePool", ["picture"], ["pooled"]),
    helper.make_node("Flatten", ["pooled"], ["flat"]),
]


def gemm(weights):
    return helper.make_node("Gemm", ["flat", weights], ["out"], transB=1)


# The channels' means: a direction of three numbers.
write("colour", [*POOLED[:1], helper.make_node("Flatten", ["pooled"], ["out"])], PICTURE, [("out", [1, 3])])
# The first channel's mean.
write("first_channel", [*POOLED, gemm("w")], PICTURE, [("out", [1, 1])], [("w", [[1, 0, 0]])])
# How likely the picture is of each of two kinds: softmax of ten times the first two channels' means.
write(
    "kinds",
    [*POOLED, helper.make_node("Gemm", ["flat", "w"], ["raw"], transB=1), helper.make_node("Softmax", ["raw"], ["out"], axis=1)],
    PICTURE,
    [("out", [1, 2])],
    [("w", [[10, 0, 0], [0, 10, 0]])],
)
# The difference of two channels' means, whatever they are: 0 for a grey picture, which is no direction.
write("no_direction", [*POOLED, gemm("w")], PICTURE, [("out", [1, 1])], [("w", [[1, -1, 0]])])
# Texts of six tokens into the space of `colour`: red by the first token after the start, blue by the last one, which short
# texts do not reach.
write(
    "text",
    [helper.make_node("Cast", ["tokens"], ["flat"], to=TensorProto.FLOAT), gemm("w")],
    [("tokens", TensorProto.INT64, [1, 6])],
    [("out", [1, 3])],
    [("w", [[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]])],
)
