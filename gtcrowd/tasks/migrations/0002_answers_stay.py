"""Answers are facts: the database refuses to change or delete one."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tasks_answers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an answer is a fact and is never changed or deleted'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER answers_stay BEFORE UPDATE OR DELETE ON tasks_answer
    FOR EACH ROW EXECUTE FUNCTION tasks_answers_stay();
"""

BACKWARD = """
DROP TRIGGER answers_stay ON tasks_answer;
DROP FUNCTION tasks_answers_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
