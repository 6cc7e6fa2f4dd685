"""The project's own files, parsed once for all tests of the house's law."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "promesa"


@dataclass(frozen=True)
class Source:
    """One Python file: where it is, its lines, its tree."""

    path: str
    lines: int
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.split("/")[1] if self.path.startswith("promesa/") else ""

    @property
    def is_test(self) -> bool:
        return "/tests/" in f"/{self.path}" or self.path.endswith("conftest.py")


@cache
def python_files() -> tuple[Source, ...]:
    """Every Python file of the project but migrations, which Django writes."""
    folders = [PACKAGE, ROOT / "tests"]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))] + [ROOT / "conftest.py"]
    return tuple(_parsed(path) for path in paths if "migrations" not in path.parts and "__pycache__" not in path.parts)


def _parsed(path: Path) -> Source:
    text = path.read_text()
    return Source(str(path.relative_to(ROOT)), len(text.splitlines()), ast.parse(text, str(path)))


def program_files() -> Iterator[Source]:
    """The program without its tests."""
    return (source for source in python_files() if source.path.startswith("promesa/") and not source.is_test)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, methods and inner ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def templates() -> tuple[Path, ...]:
    """Every page and fragment."""
    return tuple(
        sorted(path for path in PACKAGE.rglob("*.html") if "templates" in path.parts and "tests" not in path.parts)
    )


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep; of a copy without git, every file that is not made by a tool."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if found.returncode:
        made = {".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.parts))
    names = found.stdout.decode().split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
