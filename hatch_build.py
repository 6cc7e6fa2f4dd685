"""Compile the translations when the package is built."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class Translations(BuildHookInterface):
    """Adds the compiled catalogues."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # The package itself is not installed yet: load the one file that compiles.
        spec = importlib.util.spec_from_file_location("catalogues", ROOT / "promesa" / "config" / "catalogues.py")
        assert spec is not None
        assert spec.loader is not None
        catalogues = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(catalogues)
        catalogues.compile_catalogues(ROOT / "promesa")
