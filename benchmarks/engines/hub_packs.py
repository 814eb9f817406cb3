"""`packs` by the hub's sensing step."""

from benchmarks.engines.hub_core import run_step
from benchmarks.measure import job_given
from benchmarks.packs_input import sensing_step

if __name__ == "__main__":
    run_step(sensing_step(), job_given())
