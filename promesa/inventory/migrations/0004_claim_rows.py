"""The claims that a promise sends: read as a row type they cost a third of what they cost as JSON."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_fewer_indexes")]
    operations = [
        migrations.RunSQL(
            """CREATE TYPE inventory_claimrow AS (
                   line bigint, stock bigint, receipt bigint, qty numeric, strength text);""",
            "DROP TYPE inventory_claimrow;",
        )
    ]
