"""Where the database is."""

from pathlib import Path

import pytest

from promesa.config import address, home


def test_the_users_own_address_is_taken_apart() -> None:
    found = address.parsed("postgresql://ana:s%40l@db.example:5433/promesa?sslmode=require")
    assert found == {
        "NAME": "promesa",
        "USER": "ana",
        "PASSWORD": "s@l",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_an_address_may_name_a_socket_folder() -> None:
    found = address.parsed("postgresql:///promesa?host=/run/pg&user=ana")
    assert (found["HOST"], found["USER"], found["NAME"], found["PORT"]) == ("/run/pg", "ana", "promesa", "")


@pytest.mark.parametrize("url", ["mysql://ana@db/promesa", "postgresql://ana@db/", "promesa"])
def test_an_address_that_says_nothing_is_refused_with_the_right_form(url: str) -> None:
    with pytest.raises(address.BadAddress, match="postgresql://"):
        address.parsed(url)


def test_without_an_own_address_the_embedded_server_is_meant_and_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PROMESA_HOME", str(tmp_path / "home"))
    assert address.database()["HOST"] == str(home.socket_folder(tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def test_two_data_folders_never_share_a_socket_folder(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    assert home.socket_folder(long / "a") != home.socket_folder(long / "b")
    assert len(str(home.socket_folder(long / "a"))) <= home.LONGEST_SOCKET_FOLDER
