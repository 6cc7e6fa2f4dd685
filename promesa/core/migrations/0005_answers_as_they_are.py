"""Stored answers stay as they are up to a page: of some 8 kB an order of ten lines takes, compressing them took longer than
all the rest of storing them, and after 72 hours they are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_delivery_of_its_event"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE core_idempotentanswer SET (toast_tuple_target = 8160)",
            "ALTER TABLE core_idempotentanswer RESET (toast_tuple_target)",
        ),
    ]
