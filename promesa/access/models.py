"""People and keys that may use Promesa."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from promesa.access.states import Role


class User(AbstractUser):
    """A person of the company, or of one customer. The role decides what is shown and what may be done."""

    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role], default=Role.CUSTOMER_SERVICE)
    customer = models.BigIntegerField(null=True, blank=True, help_text="whose person this is; none of our own")
    language = models.CharField(max_length=5, default="es")
    theme = models.CharField(max_length=6, default="system")
    totp_secret = models.CharField(max_length=64, blank=True, default="")
    totp_confirmed_at = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0, help_text="a code serves once")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="last look at what changed")

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined,misc]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=[r.value for r in Role]), name="user_role_known"),
            models.CheckConstraint(
                condition=models.Q(role=Role.CUSTOMER, customer__isnull=False)
                | (~models.Q(role=Role.CUSTOMER) & models.Q(customer__isnull=True)),
                name="user_customer_only_of_theirs",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ApiKey(models.Model):
    """A key for another program: only its hash is kept."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of a 256-bit secret")
    scopes = models.JSONField(default=list, help_text='such as ["orders:write", "stock:read"]')
    customer = models.BigIntegerField(null=True, help_text="limits the key to what this customer may see")
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class RecoveryCode(models.Model):
    """A way in when the telephone with the second factor is lost; serves once, only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class OpenSession(models.Model):
    """Where a person is signed in, so that they can see it and end it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45)
    agent = models.CharField(max_length=200, blank=True, default="")
    signed_in_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} from {self.address}"


class SignInAttempt(models.Model):
    """A try to sign in, so that guessing is slowed down."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    succeeded = models.BooleanField()
    tried_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["username", "tried_at"], name="attempt_user"),
            models.Index(fields=["address", "tried_at"], name="attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.tried_at}"
