#!/usr/bin/env python3
"""A client of plain Flower's wire that breaks the protocol: hostile_client.py HOST:PORT MISDEED

It answers as it should until it is told to fit for the first time; "unasked" can't wait that long.
"""
import io
import queue
import sys

import grpc
import numpy
from flwr.proto import transport_pb2 as wire

target, misdeed = sys.argv[1:]
outbox = queue.Queue()


def npy(array):
    file = io.BytesIO()
    numpy.save(file, array, allow_pickle=False)
    return file.getvalue()


def fitted(tensors, examples=10):
    """A fit_res, whose tensors are any bytes."""
    message = wire.ClientMessage()
    message.fit_res.parameters.tensors.extend(tensors)
    message.fit_res.parameters.tensor_type = "numpy.ndarray"
    message.fit_res.num_examples = examples
    return message.SerializeToString()


def tested(loss):
    message = wire.ClientMessage()
    message.evaluate_res.loss = loss
    message.evaluate_res.num_examples = 10
    return message.SerializeToString()


def answers_to_fit(tensors):
    """What is sent instead of the one right answer."""
    arrays = [numpy.load(io.BytesIO(each)) for each in tensors]
    first, rest = arrays[0], list(tensors[1:])
    return {
        "junk": lambda: [fitted([b"\x93NUMPY, or so it says", *rest])],
        "shape": lambda: [fitted([npy(first.reshape(-1)[:1]), *rest])],
        "dtype": lambda: [fitted([npy(first.astype("float64")), *rest])],
        "count": lambda: [fitted(tensors[:-1])],
        "nan": lambda: [fitted([npy(first * numpy.float32("nan")), *rest])],
        "infinite": lambda: [fitted([npy(first + numpy.float32("inf")), *rest])],
        "examples": lambda: [fitted(tensors, examples=0)],
        "wrong type": lambda: [tested(1.0)],
        "empty": lambda: [b""],
        "bytes": lambda: [b"\xff" * 100],
        "twice": lambda: [fitted(tensors)] * 2,
        "nan loss": lambda: [fitted(tensors)],
        "unasked": lambda: [fitted(tensors)],
    }[misdeed]()


if misdeed == "unasked":
    outbox.put(fitted([]))
with grpc.insecure_channel(target) as channel:
    join = channel.stream_stream("/flwr.proto.FlowerService/Join",
                                 response_deserializer=wire.ServerMessage.FromString)
    behaves = False
    for told in join(iter(outbox.get, None)):
        if told.HasField("fit_ins"):
            tensors = list(told.fit_ins.parameters.tensors)
            for each in [fitted(tensors)] if behaves else answers_to_fit(tensors):
                outbox.put(each)
            behaves = misdeed != "nan loss"
        elif told.HasField("evaluate_ins"):
            outbox.put(tested(float("nan") if misdeed == "nan loss" else 1.0))
        elif told.HasField("reconnect_ins"):
            break
