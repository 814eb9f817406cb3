"""`python -m benchmarks` is `hub bench`."""

from hub.cli.bench import bench

if __name__ == "__main__":
    bench(prog_name="python -m benchmarks")
