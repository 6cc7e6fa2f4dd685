"""What is committed speaks of the project alone."""

import re
import tomllib

from tests.architecture.sources import ROOT, committed_files, templates

# Written in two halves, so that this file does not find itself.
PLACES = [
    r"/wo" + r"rk/(main|shared|\.)",
    r"/tm" + r"p/(?!other\b)",
    r"/ro" + r"ot/",
    r"/ho" + r"me/\w",
    r"/op" + r"t/py",
    r"index[-_]url\s*=|--index" + r"-url ",
    r"files\.python" + r"hosted",
    r"(?<!emit-)find-li" + r"nks[ =]",
]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in committed_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match}" for match in re.findall("|".join(PLACES), text)]
    assert found == []


def test_every_dependency_is_locked_with_its_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", lock, flags=re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = {re.split(r"[\[<>=~! ]", text)[0].lower() for text in project["project"]["dependencies"]}
    asked = {
        re.split(r"[\[<>=~! ]", line)[0].lower()
        for line in (ROOT / "requirements.in").read_text().splitlines()
        if line[:1].isalpha()
    }
    assert sorted((named | asked) - set(pinned)) == []
    assert sorted(named - asked) == []
    blocks = re.split(r"\n(?=[a-z0-9])", lock)
    assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_no_page_carries_script_or_style_of_its_own() -> None:
    """The content policy would refuse it, and the page would be broken in silence."""
    found = []
    for path in templates():
        text = path.read_text()
        found += [
            f"{path.name}: {match}"
            for match in re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>", text)
        ]
        found += [
            f"{path.name}: {match}"
            for match in re.findall(r"<style\b|\sstyle=|\son(?:click|change|submit|load|input)=|javascript:", text)
        ]
    assert found == []


def test_nothing_is_loaded_from_another_host() -> None:
    pattern = re.compile(r"(?:src|href|action)=[\"']https?://|url\([\"']?https?://|@import\s+[\"']?http")
    pages = [
        path
        for path in committed_files()
        if (path.suffix in {".html", ".css", ".js"} and "static" in path.parts) or path in templates()
    ]
    assert [str(path.relative_to(ROOT)) for path in pages if pattern.search(path.read_text())] == []
