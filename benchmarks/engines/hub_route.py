"""`route` as a step of the hub."""

from benchmarks.engines.hub_core import run_step
from benchmarks.measure import job_given
from benchmarks.tickets import route_step

if __name__ == "__main__":
    run_step(route_step(), job_given())
