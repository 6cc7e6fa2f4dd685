"""Mailboxes that tell whoever writes that their message came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0011_cut_offs_and_keys")]
    operations = [
        migrations.AddField(
            "mailbox", "answers",
            models.BooleanField(db_default=False, help_text="tell whoever writes that their message came"),
        ),
    ]  # fmt: skip
