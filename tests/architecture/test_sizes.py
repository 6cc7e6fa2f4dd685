"""What is small can be read whole."""

from tests.architecture.sources import ROOT, functions, python_files, templates

FILE, FUNCTION, TEMPLATE = 500, 60, 150


def test_no_file_is_longer_than_can_be_read_in_one_go() -> None:
    assert [f"{source.path}: {source.lines}" for source in python_files() if source.lines > FILE] == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{source.path}:{function.lineno} {function.name}: {length}"
        for source in python_files()
        for function in functions(source.tree)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION
    ]
    assert long == []


def test_no_page_is_longer_than_its_budget() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in templates()}
    assert {path: lines for path, lines in long.items() if lines > TEMPLATE} == {}
