"""Promises without a foreign key to their line: they are written with it, or of lines that were locked, and nothing deletes a line.
Looking each line up again took a quarter of the look-ups of a bulk load. `promesa check` looks (I13)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_lines_that_lack'),
    ]

    operations = [
        migrations.AlterField(
            model_name='promise',
            name='line',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='orders.orderline'),
        ),
    ]
