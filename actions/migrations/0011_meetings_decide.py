import actions.choices
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from scr_tracker.append_only import guard


def begin_history(apps, schema_editor):
    """Give each meeting that is there already the first line of its history."""
    meetings, lines = apps.get_model("actions", "Meeting"), apps.get_model("actions", "HistoricalMeeting")
    kept = ("id", "partnership_id", "name", "date", "papers_close_on", "present", "decisions", "agenda_kinds")
    lines.objects.bulk_create(
        lines(
            **{name: getattr(meeting, name) for name in kept},
            history_date=timezone.now(),
            history_type="+",
            history_change_reason="Entered before the history of meetings began",
        )
        for meeting in meetings.objects.iterator()
    )


class Migration(migrations.Migration):
    """The history of meetings, their agendas, and what they decide on single items."""

    dependencies = [
        ('actions', '0010_files_of_issued_reports'),
        ('reviews', '0005_review_level'),
        ('scr_tracker', '0008_changed_files_and_viruses_in_the_audit_log'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('why', models.JSONField(blank=True, default=list)),
                ('by_hand', models.BooleanField(default=False, verbose_name='added by hand')),
                ('dropped', models.BooleanField(default=False, verbose_name='left out')),
            ],
            options={
                'ordering': ['place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalMeeting',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('date', models.DateField()),
                ('papers_close_on', models.DateField(blank=True, null=True)),
                ('present', models.TextField(blank=True, verbose_name='who was present')),
                ('decisions', models.TextField(blank=True)),
                ('agenda_kinds', models.JSONField(blank=True, default=actions.choices.every_agenda_kind)),
                ('prepared_at', models.DateTimeField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical meeting',
                'verbose_name_plural': 'historical meetings',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMeeting_agenda_reviews',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'HistoricalMeeting_agenda_reviews',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMeeting_attended',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'HistoricalMeeting_attended',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='MeetingDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('decision', 'Decided'), ('noted', 'Noted'), ('challenge', 'Challenged'), ('date_agreed', 'Later date agreed'), ('date_refused', 'Later date refused'), ('date_set', 'New target date set'), ('signed_off', 'Signed off'), ('returned', 'Returned')], max_length=12)),
                ('text', models.TextField(blank=True)),
                ('who', models.CharField(blank=True, max_length=200, verbose_name='who is to do it')),
                ('by_when', models.DateField(blank=True, null=True)),
                ('new_date', models.DateField(blank=True, null=True, verbose_name='new target date')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='meeting',
            name='agenda_kinds',
            field=models.JSONField(blank=True, default=actions.choices.every_agenda_kind),
        ),
        migrations.AddField(
            model_name='meeting',
            name='agenda_reviews',
            field=models.ManyToManyField(blank=True, related_name='on_agendas', to='reviews.review'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='attended',
            field=models.ManyToManyField(blank=True, related_name='meetings_attended', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='meeting',
            name='prepared_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='meeting',
            name='prepared_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agendas_prepared', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('prepared_at__isnull', False), ('prepared_by__isnull', False)), models.Q(('prepared_at__isnull', True), ('prepared_by__isnull', True)), _connector='OR'), name='meeting_agenda_says_who_prepared_it_when'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agenda_items', to='actions.action'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agenda_items', to='actions.meeting'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='recommendation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agenda_items', to='reviews.recommendation'),
        ),
        migrations.AddField(
            model_name='historicalmeeting',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmeeting',
            name='partnership',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scr_tracker.partnership'),
        ),
        migrations.AddField(
            model_name='historicalmeeting',
            name='prepared_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmeeting_agenda_reviews',
            name='history',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='actions.historicalmeeting'),
        ),
        migrations.AddField(
            model_name='historicalmeeting_agenda_reviews',
            name='meeting',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='actions.meeting'),
        ),
        migrations.AddField(
            model_name='historicalmeeting_agenda_reviews',
            name='review',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='reviews.review'),
        ),
        migrations.AddField(
            model_name='historicalmeeting_attended',
            name='history',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='actions.historicalmeeting'),
        ),
        migrations.AddField(
            model_name='historicalmeeting_attended',
            name='meeting',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='actions.meeting'),
        ),
        migrations.AddField(
            model_name='historicalmeeting_attended',
            name='user',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='meetingdecision',
            name='action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meeting_decisions', to='actions.action'),
        ),
        migrations.AddField(
            model_name='meetingdecision',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meeting_decisions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='meetingdecision',
            name='corrects',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='actions.meetingdecision'),
        ),
        migrations.AddField(
            model_name='meetingdecision',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items_decided', to='actions.meeting'),
        ),
        migrations.AddField(
            model_name='meetingdecision',
            name='recommendation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meeting_decisions', to='reviews.recommendation'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action__isnull', False), ('recommendation__isnull', True)), models.Q(('action__isnull', True), ('recommendation__isnull', False)), _connector='OR'), name='agenda_item_is_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(condition=models.Q(('action__isnull', False)), fields=('meeting', 'action'), name='agenda_item_names_an_action_once'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(condition=models.Q(('recommendation__isnull', False)), fields=('meeting', 'recommendation'), name='agenda_item_names_a_recommendation_once'),
        ),
        migrations.AddConstraint(
            model_name='meetingdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action__isnull', False), ('recommendation__isnull', True)), models.Q(('action__isnull', True), ('recommendation__isnull', False)), _connector='OR'), name='meeting_decision_is_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='meetingdecision',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['decision', 'noted', 'challenge', 'date_agreed', 'date_refused', 'date_set', 'signed_off', 'returned'])), name='meeting_decision_outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='meetingdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), ('outcome__in', ['noted', 'date_agreed', 'signed_off']), _connector='OR'), name='meeting_decision_says_what_was_decided'),
        ),
        migrations.AddConstraint(
            model_name='meetingdecision',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn', False), models.Q(('corrects__isnull', False), models.Q(('text', ''), _negated=True)), _connector='OR'), name='meeting_decision_is_withdrawn_by_a_correction'),
        ),
        migrations.AddConstraint(
            model_name='meetingdecision',
            constraint=models.CheckConstraint(condition=models.Q(('corrects__isnull', True), models.Q(('corrects', models.F('pk')), _negated=True), _connector='OR'), name='meeting_decision_does_not_correct_itself'),
        ),
        migrations.RunPython(begin_history, migrations.RunPython.noop),
        guard(
            "actions_historicalmeeting",
            "actions_historicalmeeting_agenda_reviews",
            "actions_historicalmeeting_attended",
            "actions_meetingdecision",
        ),
    ]
