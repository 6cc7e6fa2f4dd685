"""E-mail: the mailboxes that are read and sent from, every message that came or went, and whose addresses are known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from promesa.exchange.models.inbox import InboxFile
from promesa.exchange.models.outgoing import OutgoingDocument
from promesa.exchange.models.partners import Partner


class Mailbox(models.Model):
    """A mailbox on an IMAP server, and the SMTP server that answers leave by.

    `secret` and `smtp_secret` name where the password is (`env:PROMESA_MAIL_NAME` or `file:NAME` in the folder `secrets`);
    the password itself is never here.
    """

    name = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=200, blank=True, default="", help_text="our own address, as others see it")
    host = models.CharField(max_length=200, blank=True, default="", help_text="IMAP server; none: nothing is fetched")
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, default="tls", help_text="tls, starttls; plain only to this machine")
    user = models.CharField(max_length=200, blank=True, default="")
    secret = models.CharField(max_length=200, blank=True, default="")
    folder = models.CharField(max_length=200, default="INBOX")
    done_folder = models.CharField(max_length=200, blank=True, default="", help_text="none: taken messages stay, seen")
    refused_folder = models.CharField(max_length=200, blank=True, default="")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="mailboxes")
    smtp_host = models.CharField(max_length=200, blank=True, default="", help_text="none: nothing is sent from here")
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, default="starttls")
    smtp_user = models.CharField(max_length=200, blank=True, default="")
    smtp_secret = models.CharField(max_length=200, blank=True, default="")
    uid_validity = models.BigIntegerField(null=True, help_text="of the folder, as the server said it last")
    last_uid = models.BigIntegerField(default=0, help_text="all messages up to it were taken")
    answers = models.BooleanField(db_default=False, help_text="tell whoever writes that their message came")
    active = models.BooleanField(default=True)
    fetched_at = models.DateTimeField(null=True)
    last_error = models.JSONField(default=dict, help_text="code and params of the sentence")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(security__in=["tls", "starttls", "plain"])
                & Q(smtp_security__in=["tls", "starttls", "plain"]),
                name="mailbox_security_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailAddress(models.Model):
    """An address that a partner writes from. Whoever writes an address may lie: only where `trusted` says so do the
    orders of its mails go on by themselves."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="mail_addresses", db_index=False)
    address = models.CharField(max_length=200, unique=True, help_text="in small letters; or @domain for all of it")
    trusted = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["partner"], name="mail_address_partner")]

    def __str__(self) -> str:
        return self.address


class MailMessage(models.Model):
    """A message that came in (`file` has its bytes) or that we sent. A thread is named by the first message known of it."""

    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False)
    outbound = models.BooleanField(default=False)
    message_id = models.CharField(max_length=300, blank=True, default="")
    body_sha256 = models.CharField(max_length=64, help_text="of what follows the headers: a second copy has the same")
    thread = models.CharField(max_length=300, blank=True, default="")
    nature = models.CharField(max_length=12)
    bulk = models.BooleanField(default=False)
    address = models.CharField(max_length=200, blank=True, default="", help_text="who wrote, or who is written to")
    subject = models.CharField(max_length=300, blank=True, default="")
    references = models.JSONField(default=list)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False)
    file = models.OneToOneField(InboxFile, null=True, on_delete=models.PROTECT, related_name="mail")
    outgoing = models.ForeignKey(
        OutgoingDocument, null=True, on_delete=models.PROTECT, related_name="mails", db_index=False
    )
    written_at = models.DateTimeField(null=True, help_text="as its writer says")
    at = models.DateTimeField(help_text="when it was taken, or sent")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_id", "body_sha256"], condition=Q(outbound=False), name="mail_taken_once"
            ),
            models.CheckConstraint(condition=Q(outbound=True) | Q(file__isnull=False), name="mail_in_has_bytes"),
        ]
        indexes = [
            models.Index(fields=["message_id"], name="mail_message_id"),
            models.Index(fields=["thread"], name="mail_thread", condition=~Q(thread="")),
            models.Index(fields=["address", "-at"], name="mail_sent_to", condition=Q(outbound=True)),
        ]

    def __str__(self) -> str:
        return self.message_id or str(self.pk)
