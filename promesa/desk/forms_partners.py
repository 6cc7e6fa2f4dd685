"""Forms of partners: who they are, how they write tables, what they are sent, which addresses are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from promesa.core.errors import NotFound
from promesa.core.ui.speech import current_language
from promesa.customers.queries import id_of
from promesa.desk import sent_told
from promesa.desk.fields import CustomerField, DayField
from promesa.desk.labels import channel_word
from promesa.exchange import formats
from promesa.exchange.operations.partners import ANSWER_KINDS, CHANNELS

# The formats that are written, by how partners' settings name them.
FORMATS = (
    "edifact-d96a", "edifact-d01b", "edifact-contrl", "ubl", "cii", "facturae", "facturx", "x12-004010", "x12-005010", "json",
)  # fmt: skip
ARRIVES = ("edi", "mail", "folder", "api", "file")
MARKS = ("delimiter", "decimal", "dates", "encoding", "header_row", "sheet")
PLAIN = ("name", "identifier", "our_identifier", "channel", "tolerance", "acknowledges", "cut_off", "keys", "active_to")


def _channels() -> list[tuple[str, str]]:
    return [(one, channel_word(one, current_language())) for one in ARRIVES]


def _pairs(said: Mapping[str, Any]) -> str:
    return "\n".join(f"{ours} = {theirs}" for ours, theirs in said.items())


class PairsField(forms.CharField):
    """Lines of `ours = theirs`."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        found: dict[str, str | int] = {}
        for line in filter(None, (line.strip() for line in (super().to_python(value) or "").splitlines())):
            ours, equals, theirs = (part.strip() for part in line.partition("="))
            if not equals or not ours or not theirs:
                raise ValidationError(
                    gettext("Write each on a line of its own: ours = theirs. Not: %(line)s") % {"line": line[:60]}
                )
            found[ours] = int(theirs) if theirs.isascii() and theirs.isdecimal() and len(theirs) < 4 else theirs
        return found


class PartnerForm(forms.Form):
    """Who sends documents, and how theirs are read."""

    code = forms.RegexField(
        r"^[^/\s][^/]*$",
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Short, without a slash: MERCASUR."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    customer = CustomerField(
        required=False, help_text=gettext_lazy("Empty: it sends for many, the document says for whom.")
    )
    identifier = forms.CharField(
        label=gettext_lazy("Identifier"), max_length=60, required=False,
        help_text=gettext_lazy("Its GLN, or as its envelopes say."),
    )  # fmt: skip
    our_identifier = forms.CharField(
        label=gettext_lazy("Our identifier"), max_length=60, required=False,
        help_text=gettext_lazy("Under which it knows us, if not our own GLN."),
    )  # fmt: skip
    channel = forms.ChoiceField(label=gettext_lazy("How its documents come"), choices=_channels)
    tolerance = forms.ChoiceField(
        label=gettext_lazy("A document half of which is right"),
        choices=[
            ("all_or_nothing", gettext_lazy("waits whole")),
            ("hold_rest", gettext_lazy("goes on, the rest waits")),
        ],
    )
    acknowledges = forms.ChoiceField(
        label=gettext_lazy("Its files are acknowledged"),
        choices=[
            ("never", gettext_lazy("never")),
            ("on_request", gettext_lazy("when it asks for it")),
            ("always", gettext_lazy("always")),
        ],
    )
    cut_off = forms.TimeField(
        label=gettext_lazy("Cut-off"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Its orders that come later count from the next open day."),
    )  # fmt: skip
    keys = forms.CharField(
        label=gettext_lazy("Keys of its documents"), max_length=300, required=False,
        help_text=gettext_lazy("Where they are, for the CUFE: env:PROMESA_PARTNER_X or file:NAME."),
    )  # fmt: skip
    active_to = DayField(
        label=gettext_lazy("Partner until"), required=False, help_text=gettext_lazy("From that day on it is none.")
    )
    delimiter = forms.CharField(label=gettext_lazy("Divides columns"), max_length=5, required=False, strip=False)
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal mark"), required=False,
        choices=[("", gettext_lazy("as the file shows")), (",", gettext_lazy("comma")), (".", gettext_lazy("point"))],
    )  # fmt: skip
    dates = forms.ChoiceField(
        label=gettext_lazy("Order of dates"), required=False,
        choices=[
            ("", gettext_lazy("as the file shows")), ("dmy", gettext_lazy("day, month, year")),
            ("mdy", gettext_lazy("month, day, year")), ("ymd", gettext_lazy("year, month, day")),
        ],
    )  # fmt: skip
    encoding = forms.CharField(label=gettext_lazy("Encoding"), max_length=30, required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Row of headings"), min_value=0, max_value=999, required=False,
        help_text=gettext_lazy("0: it has none, columns go by place."),
    )  # fmt: skip
    sheet = forms.CharField(label=gettext_lazy("Sheet of the workbook"), max_length=60, required=False)
    columns = PairsField(
        label=gettext_lazy("Columns"),
        required=False,
        help_text=gettext_lazy("One a line, ours = theirs: sku = Referencia"),
    )
    constants = PairsField(
        label=gettext_lazy("What no column says"),
        required=False,
        help_text=gettext_lazy("One a line: customer = C-0017"),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["code"]

    @property
    def head_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in (*MARKS, "columns", "constants")]

    @property
    def mapping_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in (*MARKS, "columns", "constants")]

    @property
    def mapping_open(self) -> bool:
        return any(field.errors or field.value() not in (None, "", {}) for field in self.mapping_fields)

    def clean_customer(self) -> int | None:
        number = self.cleaned_data["customer"]
        try:
            return id_of(number=number) if number else None
        except NotFound as refused:
            raise ValidationError(refused.sentence(current_language())) from None

    def values(self) -> dict[str, Any]:
        """What was meant, as the operation takes it."""
        said = self.cleaned_data
        mapping = {
            name: said[name] for name in (*MARKS, "columns", "constants") if said.get(name) not in (None, "", {})
        }
        return {name: said[name] for name in PLAIN} | {"customer_id": said["customer"], "mapping": mapping}


def partner_initial(partner: Any) -> dict[str, Any]:
    """A stored partner as its form shows it."""
    mapping: Mapping[str, Any] = partner.mapping or {}
    shown = {name: mapping[name] for name in MARKS if name in mapping}
    shown |= {name: _pairs(mapping.get(name) or {}) for name in ("columns", "constants")}
    number = partner.customer.number if partner.customer else ""
    return {name: getattr(partner, name) for name in PLAIN} | {"customer": number} | shown


class AnswerForm(forms.Form):
    """What a partner is sent: documents of one kind."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    channel = forms.ChoiceField(label=gettext_lazy("How they go"))
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, required=False,
        help_text=gettext_lazy("A URL, an email address, or a folder of its outbox."),
    )  # fmt: skip
    acknowledge_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes within which they acknowledge"), min_value=1, max_value=60 * 24 * 90, required=False,
        help_text=gettext_lazy("Empty: they do not."),
    )  # fmt: skip
    secret = forms.CharField(
        label=gettext_lazy("Where the secret is"), max_length=300, required=False,
        help_text=gettext_lazy("Its place, never the secret itself: env:PROMESA_PARTNER_NAME or file:NAME."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, stored: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = current_language()
        fits = [one for one in FORMATS if one != "edifact-contrl" or kind == "acknowledgement"]
        written = [one for one in fits if formats.can_write(kind, format_=one)]
        if stored and stored not in written:
            written.append(stored)
        self.fields["format"].choices = [(one, sent_told.format_word(one)) for one in written]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [(one, channel_word(one, lang)) for one in CHANNELS]  # type: ignore[attr-defined]


class AddressForm(forms.Form):
    """An address that a partner writes from."""

    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, help_text=gettext_lazy("ana@buyer.example, or @buyer.example for all of it."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )  # fmt: skip
    trusted = forms.BooleanField(
        label=gettext_lazy("Trusted: its orders go on by themselves"), required=False,
    )  # fmt: skip


def answer_kinds(lang: str) -> list[tuple[str, str]]:
    return [(kind, sent_told.kind_word(kind, lang)) for kind in ANSWER_KINDS]
