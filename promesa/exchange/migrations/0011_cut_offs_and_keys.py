"""By when partners send, and where the keys are that their documents are checked with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0010_troubled")]
    operations = [
        migrations.AddField(
            "partner", "cut_off",
            models.TimeField(
                null=True, help_text="in the warehouse's zone: orders that come later count as received the next open day"
            ),
        ),
        migrations.AddField(
            "partner", "keys",
            models.CharField(
                max_length=300, blank=True, default="", db_default="",
                help_text="where the keys are that its documents are checked with (DIAN): env:PROMESA_PARTNER_X or file:NAME",
            ),
        ),
    ]  # fmt: skip
