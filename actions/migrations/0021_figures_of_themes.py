import django.db.models.deletion
from django.db import migrations, models


def forget_the_day(apps, schema_editor):
    """Have all figures found anew: those of themes, where the others are of today."""
    apps.get_model("actions", "Standing").objects.update(day=None)


class Migration(migrations.Migration):
    """Keep the figures of themes of each review, and their sums of each partnership."""

    dependencies = [
        ('actions', '0020_undoing_goes_on'),
        ('reviews', '0006_themes_and_links_with_history'),
        ('scr_tracker', '0010_logo_of_partnerships'),
    ]

    operations = [
        migrations.CreateModel(
            name='ThemesSummed',
            fields=[
                ('partnership', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='themes_summed', serialize=False, to='scr_tracker.partnership')),
                ('day', models.DateField(null=True)),
                ('without_theme', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='standing',
            name='without_theme',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='ChangedThemes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scr_tracker.partnership')),
            ],
        ),
        migrations.CreateModel(
            name='ThemeStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('red', models.PositiveIntegerField(default=0)),
                ('amber', models.PositiveIntegerField(default=0)),
                ('green', models.PositiveIntegerField(default=0)),
                ('blue', models.PositiveIntegerField(default=0)),
                ('grey', models.PositiveIntegerField(default=0)),
                ('recommendations', models.PositiveIntegerField(default=0)),
                ('no_action', models.PositiveIntegerField(default=0)),
                ('held', models.PositiveIntegerField(default=0)),
                ('not_held', models.PositiveIntegerField(default=0)),
                ('repeats', models.PositiveIntegerField(default=0)),
                ('restricted', models.BooleanField()),
                ('dated', models.DateField()),
                ('repeats_elsewhere', models.PositiveIntegerField(default=0)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scr_tracker.partnership')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='theme_standings', to='reviews.review')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='standings', to='reviews.theme')),
            ],
            options={
                'indexes': [models.Index(fields=['theme', '-dated', 'review'], name='theme_standing_by_date'), models.Index(condition=models.Q(('repeats_elsewhere__gt', 0)), fields=['review'], name='theme_standing_elsewhere')],
                'constraints': [models.UniqueConstraint(fields=('review', 'theme'), name='theme_standing_is_kept_once')],
            },
        ),
        migrations.CreateModel(
            name='ThemeSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('red', models.PositiveIntegerField(default=0)),
                ('amber', models.PositiveIntegerField(default=0)),
                ('green', models.PositiveIntegerField(default=0)),
                ('blue', models.PositiveIntegerField(default=0)),
                ('grey', models.PositiveIntegerField(default=0)),
                ('recommendations', models.PositiveIntegerField(default=0)),
                ('no_action', models.PositiveIntegerField(default=0)),
                ('held', models.PositiveIntegerField(default=0)),
                ('not_held', models.PositiveIntegerField(default=0)),
                ('repeats', models.PositiveIntegerField(default=0)),
                ('repeats_elsewhere', models.PositiveIntegerField(default=0)),
                ('restricted', models.BooleanField()),
                ('reviews', models.PositiveIntegerField(default=0)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='theme_sums', to='scr_tracker.partnership')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sums', to='reviews.theme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('partnership', 'theme', 'restricted'), name='theme_sum_is_kept_once')],
            },
        ),
        migrations.RunPython(forget_the_day, migrations.RunPython.noop),
    ]
