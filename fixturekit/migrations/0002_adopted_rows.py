"""Made rows may be adopted ones, which were there before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fixturekit", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="maderows",
            name="kind",
            field=models.CharField(
                choices=[("made", "made"), ("side", "side"), ("adopted", "adopted")], default="made", max_length=8
            ),
        ),
    ]
