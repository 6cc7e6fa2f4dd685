"""Deliveries without a foreign key to their event: the statement that writes an event writes its deliveries, and what is
in the journal can't be deleted (0002). Checking each of them again took three of an order's forty-eight look-ups."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_fewer_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="eventdelivery",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="core.event",
            ),
        ),
    ]
