"""The sequence of order numbers, and a line ledger that nothing can rewrite."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE orders_number;
CREATE TRIGGER line_entry_append_only BEFORE UPDATE OR DELETE ON orders_lineentry
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();
CREATE FUNCTION orders_promise_kept_as_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'told_at' - 'is_first') IS DISTINCT FROM (to_jsonb(OLD) - 'told_at' - 'is_first') THEN
        RAISE EXCEPTION 'a promise is never changed; give a later one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promise_kept_as_given BEFORE UPDATE OR DELETE ON orders_promise
    FOR EACH ROW EXECUTE FUNCTION orders_promise_kept_as_given();
ALTER TABLE orders_orderline SET (fillfactor = 80);
ALTER TABLE orders_order SET (fillfactor = 80);
"""
BACKWARD = """
DROP TRIGGER promise_kept_as_given ON orders_promise;
DROP FUNCTION orders_promise_kept_as_given();
DROP TRIGGER line_entry_append_only ON orders_lineentry;
DROP SEQUENCE orders_number;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("core", "0002_sorted_text_and_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
