"""The command itself: its help, its options, its exit codes."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from promesa.cli import main, messages, options
from promesa.cli.start import with_database
from promesa.core.errors import NotFound


def test_help_teaches_and_names_every_command_that_exists() -> None:
    answer = CliRunner().invoke(main.promesa, ["--help"])
    assert answer.exit_code == 0
    assert "promesa take-in orders/*.edi --json" in answer.output
    assert all(name in answer.output for name in main.COMMANDS if main.exists(name))


@pytest.mark.parametrize("name", [name for name in main.COMMANDS if main.exists(name)])
def test_each_command_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(main.promesa, [name, "--help"])
    assert answer.exit_code == 0
    assert "Usage:" in answer.output


def test_each_command_can_be_loaded_by_a_process_of_its_own() -> None:
    # Here Django is set up long before; a shell's process has only what the command itself sets up.
    program = (
        "from importlib import import_module\n"
        "from promesa.cli import main\n"
        "for name in main.COMMANDS:\n"
        "    if name not in main.NAME_MODELS and main.exists(name):\n"
        "        import_module(main.COMMANDS[name][0])\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "promesa.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=120, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_wrong_use_is_exit_2() -> None:
    assert CliRunner().invoke(main.promesa, ["no-such-command"]).exit_code == 2
    assert CliRunner().invoke(main.promesa, ["serve", "--port", "many"]).exit_code == 2


def test_a_refusal_is_a_sentence_on_standard_error_and_exit_1(db: None) -> None:
    @click.command()
    @options.lang_option()
    @with_database
    def refuse(lang: str) -> None:
        raise NotFound(what="P-2026-000001")

    answer = CliRunner().invoke(refuse, ["--lang", "en"])
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.strip() == NotFound(what="P-2026-000001").sentence("en")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-03-02", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T09:30", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        ("2026-03-02T09:30Z", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        ("2026-03-02T10:30+01:00", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_may_be_said_in_several_ways(given: str, meant: datetime) -> None:
    assert options.MOMENT.convert(given, None, None) == meant


@pytest.mark.parametrize("given", ["2/3/2026", "tomorrow", "2026-02-30", ""])
def test_what_is_no_moment_is_wrong_use(given: str) -> None:
    with pytest.raises(click.BadParameter):
        options.MOMENT.convert(given, None, None)


@pytest.mark.parametrize("given", ["1,5", "nan", "inf", "x"])
def test_what_is_no_number_is_wrong_use(given: str) -> None:
    with pytest.raises(click.BadParameter):
        options.NUMBER.convert(given, None, None)


def test_json_prints_decimals_as_strings_and_moments_with_their_zone(capsys: pytest.CaptureFixture[str]) -> None:
    options.print_json(
        {"a": Decimal("1E+2"), "at": datetime(2026, 3, 2, 9, tzinfo=UTC), "on": date(2026, 3, 2), "n": 3}
    )
    assert json.loads(capsys.readouterr().out) == {
        "a": "100",
        "at": "2026-03-02T09:00:00+00:00",
        "on": "2026-03-02",
        "n": 3,
    }


def test_serve_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "promesa", "serve", "--port", port]
        ended = subprocess.run(
            words, env={**os.environ, "PROMESA_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
        )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert port in ended.stderr
    assert "--port" in ended.stderr


def room_with(tmp_path: Path, page: str, po: str = "") -> Path:
    room = tmp_path / "promesa" / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "templates" / "room" / "page.html").write_text(page)
    if po:
        place = messages.po_of(room)
        place.parent.mkdir(parents=True)
        place.write_text(po)
    return room


def test_extract_finds_sentences_keeps_translations_and_drops_what_is_gone(tmp_path: Path) -> None:
    page = (
        '{% load i18n %}<h1>{% translate "Nothing like this" %}</h1>'
        "{% blocktranslate count n=n %}{{ n }} odd box{% plural %}{{ n }} odd boxes{% endblocktranslate %}"
    )
    old = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    old += 'msgid "Nothing like this"\nmsgstr "Nada así"\n\nmsgid "Gone away"\nmsgstr "Ido"\n'
    room = room_with(tmp_path, page, old)
    assert messages.untranslated(room) == ["%(n)s odd box"]
    messages.bring_up_to_date(room)
    kept = messages.catalogue_of(room)
    assert kept.get("Nothing like this").string == "Nada así"
    assert kept.get("Gone away") is None
    assert messages.untranslated(room) == ["%(n)s odd box"]
    again = messages.po_of(room).read_text()
    messages.bring_up_to_date(room)
    assert messages.po_of(room).read_text() == again
