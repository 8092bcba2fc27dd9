"""Times one SimSiam training step in PyTorch, fp32: eager and torch.compile, TF32 off and on. Writes JSON.

The time of a step is the median of measurements of several steps each, as it is on our side.
"""

import argparse
import json
import statistics
import time

import torch

from simsiam import CASES, build, optimiser_of


def synchronise(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def step_ms(case, device, compiled, seconds, batch):
    model, default_batch = build(case, device)
    batch = batch or default_batch
    optimiser = optimiser_of(model, 0.01)
    x1, x2 = (torch.randn(batch, 3, 32, 32, device=device) for _ in range(2))
    loss_of = torch.compile(model) if compiled else model

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss_of(x1, x2).backward()
        optimiser.step()

    for _ in range(3):
        step()
    synchronise(device)
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        steps = 10 if device.type == "cuda" else 1
        started = time.perf_counter()
        for _ in range(steps):
            step()
        synchronise(device)
        times.append((time.perf_counter() - started) / steps)
    return {"case": case, "batch": batch, "medianMs": 1000 * statistics.median(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--cases", nargs="*", default=list(CASES))
    parser.add_argument("--batch", type=int, help="instead of each case's own")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rows = []
    for tf32 in (False, True) if device.type == "cuda" else (False,):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        torch.backends.cudnn.benchmark = True
        for compiled in (False,) if options.no_compile else (False, True):
            for case in options.cases:
                row = {"mode": "compile" if compiled else "eager", "tf32": tf32}
                try:
                    row.update(step_ms(case, device, compiled, options.seconds, options.batch))
                except Exception as error:  # The other modes are measured even if one fails.
                    row.update({"case": case, "batch": options.batch or CASES[case]["batch"], "error": str(error)[:300]})
                print(row, flush=True)
                rows.append(row)
    name = torch.cuda.get_device_name() if device.type == "cuda" else "processor"
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"torch": torch.__version__, "device": name, "steps": rows}, file, indent=2)


if __name__ == "__main__":
    main()
