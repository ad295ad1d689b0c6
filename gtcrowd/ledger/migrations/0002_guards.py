"""The database itself refuses unbalanced transactions and changed entries."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
        RAISE EXCEPTION 'the entries of transaction % do not sum to zero', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entries_sum_to_zero AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances();

CREATE FUNCTION ledger_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an entry of the ledger is never changed; post another transaction instead'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entries_stay();
"""

BACKWARD = """
DROP TRIGGER entries_stay ON ledger_entry;
DROP FUNCTION ledger_entries_stay();
DROP TRIGGER entries_sum_to_zero ON ledger_entry;
DROP FUNCTION ledger_transaction_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
