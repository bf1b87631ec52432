"""The ledger: applied recipes and the rows that they made."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AppliedRecipe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("app_label", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=200)),
                ("document", models.BinaryField()),
                ("checksum", models.CharField(max_length=64)),
                ("file_checksum", models.CharField(blank=True, max_length=64)),
                ("engine", models.PositiveIntegerField()),
                ("scale", models.FloatField(default=1.0)),
                ("faked", models.BooleanField(default=False)),
                ("versions", models.JSONField(blank=True, default=dict)),
                ("digests", models.JSONField(blank=True, default=dict)),
                ("applied_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "applied recipe",
                "verbose_name_plural": "applied recipes",
                "constraints": [models.UniqueConstraint(fields=("app_label", "name"), name="fixturekit_applied_once")],
            },
        ),
        migrations.CreateModel(
            name="MadeRows",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=200)),
                ("batch", models.CharField(max_length=500)),
                ("model", models.CharField(max_length=255)),
                ("kind", models.CharField(choices=[("made", "made"), ("side", "side")], default="made", max_length=4)),
                ("position", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("first", models.BigIntegerField(null=True)),
                ("keys", models.BinaryField(null=True)),
                (
                    "applied",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="made", to="fixturekit.appliedrecipe"
                    ),
                ),
            ],
            options={
                "verbose_name": "made rows",
                "verbose_name_plural": "made rows",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("applied", "batch", "position"), name="fixturekit_made_rows_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first__isnull", False), ("keys__isnull", True)),
                            models.Q(("first__isnull", True), ("keys__isnull", False)),
                            _connector="OR",
                        ),
                        name="fixturekit_made_rows_first_or_keys",
                    ),
                ],
            },
        ),
    ]
