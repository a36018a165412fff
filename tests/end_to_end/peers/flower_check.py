#!/usr/bin/env python3
"""Whether plain Flower clients' updates are in a run's models: flower_check.py STATE_DIR OUTPUT...

OUTPUT is what flower_client.py printed. Each global model has to be the average, weighted by
examples and rounded once, of what the journal says was counted, and a plain client's update its
step from the model that it was given.
"""

import json
import pathlib
import sqlite3
import struct
import sys
from fractions import Fraction

STEP, EXAMPLES, FIRST_PLAIN = 0.125, 10, 2**32  # The first two are the client's.


def rounded(number):
    return struct.unpack("<f", struct.pack("<f", float(number)))[0]


def model(state, content_id):
    """The values of a safetensors file of one block, tensor by tensor in the order of names."""
    data = (state / "blocks" / content_id[-3:-1] / content_id).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    tensors = []
    for name in sorted(header):
        begin, end = header[name]["data_offsets"]
        tensors.append(list(struct.unpack(f"<{(end - begin) // 4}f", body[begin:end])))
    return tensors


def average(updates):
    """Of (examples, tensors)."""
    total = sum(examples for examples, _ in updates)
    return [[rounded(sum(n * Fraction(x) for (n, _), x in zip(updates, values)) / total)
             for values in zip(*same)]
            for same in zip(*(tensors for _, tensors in updates))]


def by_name(call):
    """The tensors of a logistic model as they travel, weight before bias, in the order of names."""
    weight, bias = call["tensors"]
    assert (weight["shape"], bias["shape"]) == ([3, 8], [3]), call
    return [bias["values"], weight["values"]]


def counted(state, number):
    file = sqlite3.connect(state / "runs" / "1" / "journal.sqlite")
    query = "SELECT client, body FROM entry WHERE kind = 'answer' AND round = ?"
    answers = [(client, json.loads(body)) for client, body in file.execute(query, (number,))]
    assert all(answer["outcome"] == "counted" for _, answer in answers), answers
    return {client: answer for client, answer in answers if answer["phase"] == "fit"}


def check_round(state, said, history):
    answers = counted(state, history["round"])
    updates = {who: model(state, each["model"]) for who, each in answers.items()}
    fit, evaluate = said
    step = [[rounded(x + STEP) for x in tensor] for tensor in by_name(fit)]
    for who, tensors in updates.items():
        if who >= FIRST_PLAIN:
            assert tensors == step and answers[who]["num_examples"] == str(EXAMPLES), who
            assert "signature" not in answers[who], who
        else:
            assert tensors != step and "signature" in answers[who], who
    weighed = [(int(answers[who]["num_examples"]), tensors) for who, tensors in updates.items()]
    result = model(state, history["model_cid"])
    assert result == average(weighed), history
    assert by_name(evaluate) == result, history
    assert history["updates"] == len(updates) == 2 and history["failures"] == 0, history
    if all(who >= FIRST_PLAIN for who in updates):
        assert rounded(history["loss"]) == rounded(evaluate["loss"]), history
        assert history["accuracy"] == 0.5, history


def main(state, outputs):
    rounds = json.loads((state / "runs" / "1" / "history.json").read_text())["rounds"]
    for output in outputs:
        lines = [json.loads(line) for line in pathlib.Path(output).read_text().splitlines()]
        assert [line["call"] for line in lines] == ["fit", "evaluate"] * len(rounds), lines
        assert all(line["config"] == {} for line in lines), lines
        for *said, history in zip(lines[::2], lines[1::2], rounds):
            check_round(state, said, history)


main(pathlib.Path(sys.argv[1]), sys.argv[2:])
