"""Rows of a run without foreign keys: one COPY writes what was read in one snapshot of rows that nothing deletes, and looking each of
their million references up again took longer than sharing. `promesa check` looks (I20)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('allocation', '0003_ready_on'),
        ('catalog', '0002_substitution'),
        ('inventory', '0006_guarded_supply'),
        ('orders', '0010_lines_that_lack'),
    ]

    operations = [
        migrations.AlterField(
            model_name='runline',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='run_lines', to='orders.orderline'),
        ),
        migrations.AlterField(
            model_name='runline',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='run_lines', to='allocation.run'),
        ),
        migrations.AlterField(
            model_name='runshare',
            name='receipt',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.receipt'),
        ),
        migrations.AlterField(
            model_name='runshare',
            name='run_line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='allocation.runline'),
        ),
        migrations.AlterField(
            model_name='runshare',
            name='stock',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.stock'),
        ),
        migrations.AlterField(
            model_name='runsupply',
            name='item',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.item'),
        ),
        migrations.AlterField(
            model_name='runsupply',
            name='receipt',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.receipt'),
        ),
        migrations.AlterField(
            model_name='runsupply',
            name='run',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='supply', to='allocation.run'),
        ),
        migrations.AlterField(
            model_name='runsupply',
            name='stock',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.stock'),
        ),
    ]
