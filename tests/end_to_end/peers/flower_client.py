#!/usr/bin/env python3
"""A plain Flower client, which knows nothing of flwr-actor: flower_client.py HOST:PORT

Fit adds STEP to every float, evaluate returns the mean of the first tensor's magnitudes as its
loss. Prints a line of JSON per call on stdout, with the tensors as they came.
"""

import json
import os
import sys

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"  # Read when flwr is imported: it would call home.
import flwr
import numpy

STEP = numpy.float32(0.125)
EXAMPLES = 10


def tell(call, parameters, config, **more):
    tensors = [{"dtype": each.dtype.str, "shape": list(each.shape), "values": each.ravel().tolist()}
               for each in parameters]
    print(json.dumps({"call": call, "config": dict(config), "tensors": tensors, **more},
                     default=repr), flush=True)


def moved(tensor):
    """Integers, such as counters, stay; the type is kept."""
    is_float = numpy.issubdtype(tensor.dtype, numpy.floating)
    return tensor + tensor.dtype.type(STEP) if is_float else tensor


class AddingClient(flwr.client.NumPyClient):
    def fit(self, parameters, config):
        tell("fit", parameters, config)
        return [moved(tensor) for tensor in parameters], EXAMPLES, {"step": float(STEP)}

    def evaluate(self, parameters, config):
        loss = float(numpy.mean(numpy.abs(parameters[0])))
        tell("evaluate", parameters, config, loss=loss)
        return loss, EXAMPLES, {"accuracy": 0.5}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: flower_client.py HOST:PORT")
    flwr.client.start_client(server_address=sys.argv[1], client=AddingClient().to_client(),
                             insecure=True)
