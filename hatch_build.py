"""Compiles the native modules when the hub is installed; without a C compiler Python does their work."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "src" / "hub"


class NativeModules(BuildHookInterface):  # type: ignore[misc]
    """Puts each compiled module beside its source, for wheels and for editable installs alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; a failure is told, and Python does the work."""
        if self.target_name != "wheel":
            return
        try:
            built = [compile_beside(source) for source in sorted(SOURCES.rglob("*.pyx"))]
        except Exception as trouble:
            sys.stderr.write(f"hub: native modules were not built, Python takes their place: {trouble}\n")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version != "editable":
            build_data["force_include"].update(
                {str(one): str(one.relative_to(ROOT / "src")) for one in built}
            )


def compile_beside(source: Path) -> Path:
    """Compile a Cython module; the shared library, in the folder of its source."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    with tempfile.TemporaryDirectory() as folder:
        package = ".".join(source.resolve().parent.relative_to(ROOT / "src").parts)
        extension = Extension(f"{package}.{source.stem}", [str(source)])
        modules = cythonize([extension], build_dir=folder, quiet=True)
        command = build_ext(Distribution({"name": "hub", "ext_modules": modules}))
        command.build_temp = folder
        command.build_lib = folder
        command.ensure_finalized()
        command.run()
        made = Path(command.get_ext_fullpath(extension.name))
        target = source.with_name(made.name)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(made.read_bytes())
        fresh.replace(target)  # whoever runs with the old one keeps it: written in place it would kill them
        return target


if __name__ == "__main__":
    for one in sorted(SOURCES.rglob("*.pyx")):
        print(compile_beside(one))
