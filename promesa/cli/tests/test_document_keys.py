"""`promesa document show` with the keys of DIAN."""

from click.testing import CliRunner

from promesa.cli.documents import show
from promesa.exchange.tests.test_dian import KEY, invoice


def test_a_file_is_shown_checked_with_the_key_that_is_given(tmp_path):
    file = tmp_path / "fe.xml"
    file.write_bytes(invoice())
    plain, keyed_, other = (
        CliRunner().invoke(show, [str(file), "--json", *more]).output
        for more in ([], ["--technical-key", KEY], ["--software-pin", "75315"])
    )
    assert ["cufe_not_checked" in plain, "cufe" in keyed_.partition('"faults"')[2], "cufe_wrong" in other] == [
        True,
        False,
        True,
    ]
