"""Stock rows change at every reservation: leave room in their pages so that an update stays in its page."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE inventory_stock SET (fillfactor = 60); ALTER TABLE inventory_receipt SET (fillfactor = 60);",
            "ALTER TABLE inventory_stock RESET (fillfactor); ALTER TABLE inventory_receipt RESET (fillfactor);",
        )
    ]
