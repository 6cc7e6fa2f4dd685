"""What the house never does."""

import ast

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.architecture.sources import Source, functions, program_files, python_files


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{source.path}:{node.lineno}"
        for source in python_files()
        for function in functions(source.tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_no_signal_is_received_behind_the_readers_back() -> None:
    found = [
        f"{source.path}:{function.lineno}"
        for source in program_files()
        for function in functions(source.tree)
        for decorator in function.decorator_list
        if "receiver" in ast.unparse(decorator)
    ]
    assert found == []


def test_no_model_hides_rules_in_save() -> None:
    found = [
        f"{source.path}:{node.lineno} {node.name}.{function.name}"
        for source in program_files()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        for function in node.body
        if isinstance(function, ast.FunctionDef) and function.name == "save" and "forms" not in source.path
    ]
    assert found == []


def own_models() -> list[type[models.Model]]:
    return [model for room in settings.ROOMS for model in apps.get_app_config(room).get_models()]


def test_no_column_is_a_float() -> None:
    fields = [(model, field) for model in own_models() for field in model._meta.get_fields()]
    assert [str(field) for _, field in fields if isinstance(field, models.FloatField)] == []


def test_no_foreign_key_points_anywhere() -> None:
    assert [model.__name__ for model in own_models() if model._meta.private_fields] == []


def test_every_amount_has_room_for_its_cents_and_every_price_for_its_parts() -> None:
    shapes = {"_amount": {2}, "_quantity": {6}, "_price": {6}}
    wrong = [
        f"{model.__name__}.{field.name}: {field.decimal_places}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.DecimalField)
        for ending, places in shapes.items()
        if field.name.endswith(ending) and field.decimal_places not in places
    ]
    assert wrong == []


# Rules and operations get the moment from the door.
CLOCKS = {"datetime.now", "datetime.utcnow", "timezone.now", "date.today", "datetime.today", "time.time"}


def clock_readers(source: Source) -> list[str]:
    calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return [f"{source.path}:{call.lineno}" for call in calls if ast.unparse(call.func) in CLOCKS]


def test_rules_and_verbs_never_read_the_clock() -> None:
    kinds = ("rules", "operations", "states", "events", "models")
    sources = [source for source in program_files() if {*source.path.removesuffix(".py").split("/")} & {*kinds}]
    assert len(sources) > 20
    assert [place for source in sources for place in clock_readers(source)] == []


def public_verbs(source: Source) -> list[ast.FunctionDef]:
    return [node for node in source.tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def operations() -> list[Source]:
    return [source for source in program_files() if "/operations" in source.path]


def test_every_public_operation_says_what_it_will_do() -> None:
    silent = [
        f"{source.path}:{verb.lineno} {verb.name}"
        for source in operations()
        for verb in public_verbs(source)
        if not ast.get_docstring(verb)
    ]
    assert silent == []


def test_every_verb_takes_its_parameters_by_name() -> None:
    positional = [
        f"{source.path}:{verb.lineno} {verb.name}"
        for source in operations()
        for verb in public_verbs(source)
        if any("verb" in ast.unparse(decorator) for decorator in verb.decorator_list) and verb.args.args
    ]
    assert positional == []


@pytest.mark.parametrize("word", ["manager", "helper", "util", "utils", "common", "misc"])
def test_no_file_has_a_name_that_says_nothing(word: str) -> None:
    assert [source.path for source in python_files() if source.path.split("/")[-1].removesuffix(".py") == word] == []


def test_every_test_name_is_a_sentence() -> None:
    short = [
        f"{source.path}:{function.lineno} {function.name}"
        for source in python_files()
        if source.is_test
        for function in functions(source.tree)
        if function.name.startswith("test_") and function.name.count("_") < 3
    ]
    assert short == []
