"""Issued documents that nothing can rewrite, lines that add up, and the sequence of payments."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE billing_payment_number;
CREATE FUNCTION billing_invoice_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'disputed_at' - 'dispute_reason')
            IS DISTINCT FROM (to_jsonb(OLD) - 'disputed_at' - 'dispute_reason') THEN
        RAISE EXCEPTION 'an issued invoice is never changed; issue a credit note' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_final BEFORE UPDATE OR DELETE ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_invoice_final();
CREATE TRIGGER invoice_line_final BEFORE UPDATE OR DELETE ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();
CREATE TRIGGER invoice_tax_final BEFORE UPDATE OR DELETE ON billing_invoicetax
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();
CREATE TRIGGER payment_final BEFORE UPDATE OR DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();
CREATE TRIGGER application_final BEFORE UPDATE OR DELETE ON billing_application
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();

CREATE FUNCTION billing_lines_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM billing_invoice i WHERE i.id IN (SELECT invoice_id FROM added) AND i.net_amount IS DISTINCT FROM (
            SELECT sum(l.net_amount) FROM billing_invoiceline l WHERE l.invoice_id = i.id)) THEN
        RAISE EXCEPTION 'the lines of an invoice add up to its net amount' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_lines_add_up AFTER INSERT ON billing_invoiceline REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION billing_lines_add_up();
CREATE FUNCTION billing_taxes_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM billing_invoice i WHERE i.id IN (SELECT invoice_id FROM added) AND i.tax_amount IS DISTINCT FROM (
            SELECT sum(t.tax_amount) FROM billing_invoicetax t WHERE t.invoice_id = i.id)) THEN
        RAISE EXCEPTION 'the taxes of an invoice add up to its tax amount' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_taxes_add_up AFTER INSERT ON billing_invoicetax REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION billing_taxes_add_up();
"""
BACKWARD = """
DROP TRIGGER invoice_taxes_add_up ON billing_invoicetax;
DROP FUNCTION billing_taxes_add_up();
DROP TRIGGER invoice_lines_add_up ON billing_invoiceline;
DROP FUNCTION billing_lines_add_up();
DROP TRIGGER application_final ON billing_application;
DROP TRIGGER payment_final ON billing_payment;
DROP TRIGGER invoice_tax_final ON billing_invoicetax;
DROP TRIGGER invoice_line_final ON billing_invoiceline;
DROP TRIGGER invoice_final ON billing_invoice;
DROP FUNCTION billing_invoice_final();
DROP SEQUENCE billing_payment_number;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("core", "0002_sorted_text_and_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
