"""Lines that wait while their order goes on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_row_types")]
    operations = [
        migrations.AddField(
            "order", "hold_rest",
            models.BooleanField(
                db_default=False, help_text="lines that nothing can be made of yet wait, and the others go on"
            ),
        ),
        migrations.AddField(
            "orderline", "held",
            models.BooleanField(
                db_default=False, help_text="waits for its blocking findings while the order goes on"
            ),
        ),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=models.Q(("held", False), models.Q(("despatched", 0), ("promised", 0), ("released_at__isnull", True)), _connector="OR"),
                name="held_stays_here",
            ),
        ),
        migrations.AddIndex(
            "orderline", models.Index(fields=["order"], condition=models.Q(("held", True)), name="line_held")
        ),
    ]  # fmt: skip
