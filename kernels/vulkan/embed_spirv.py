"""Turns a SPIR-V module into the numbers of a C++ array, with NoContraction on every sum and product.

    embed_spirv.py frame.spv frame_spirv.inc

GLSL has no switch that forbids a driver to contract a multiply and an add; SPIR-V has a decoration for it, which is put on
here, for all devices give the same bits only without (pixel/pixel.inc).
"""
import struct
import sys

HEADER_WORDS = 5
OP_DECORATE = 71
NO_CONTRACTION = 42
ANNOTATIONS = {71, 72, 73, 74, 75}
FLOAT_ARITHMETIC = {127, 129, 131, 133, 136}  # OpFNegate, OpFAdd, OpFSub, OpFMul, OpFDiv


def instructions(words):
    """(first word's index, opcode, length) of each instruction."""
    at = HEADER_WORDS
    while at < len(words):
        length, opcode = words[at] >> 16, words[at] & 0xFFFF
        yield at, opcode, length
        at += length


def forbid_contraction(words):
    """The module with the decoration added behind its other annotations."""
    results = [words[at + 2] for at, opcode, _ in instructions(words) if opcode in FLOAT_ARITHMETIC]
    end = max(at + length for at, opcode, length in instructions(words) if opcode in ANNOTATIONS)
    added = [word for result in results for word in (3 << 16 | OP_DECORATE, result, NO_CONTRACTION)]
    return words[:end] + added + words[end:]


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    words = forbid_contraction(list(struct.unpack(f"<{len(data) // 4}I", data)))
    with open(sys.argv[2], "w") as file:
        for start in range(0, len(words), 12):
            file.write(" ".join(f"{word}u," for word in words[start:start + 12]) + "\n")


if __name__ == "__main__":
    main()
