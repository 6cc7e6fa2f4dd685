"""By when a partner has to send what is to count as received on its day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_missing_promises")]
    operations = [
        migrations.AddField(
            "order", "cut_off",
            models.TimeField(
                null=True,
                help_text="agreed with its sender, in the warehouse's zone: what came later counts from the next open day",
            ),
        ),
    ]  # fmt: skip
