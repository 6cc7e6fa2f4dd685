"""The sequences of delivery notes and deliveries."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE fulfilment_despatch_number;
CREATE SEQUENCE fulfilment_delivery_number;
CREATE TRIGGER despatch_line_append_only BEFORE UPDATE OR DELETE ON fulfilment_despatchline
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();
CREATE TRIGGER delivery_line_append_only BEFORE UPDATE OR DELETE ON fulfilment_deliveryline
    FOR EACH ROW EXECUTE FUNCTION promesa_append_only();
"""
BACKWARD = """
DROP TRIGGER delivery_line_append_only ON fulfilment_deliveryline;
DROP TRIGGER despatch_line_append_only ON fulfilment_despatchline;
DROP SEQUENCE fulfilment_delivery_number;
DROP SEQUENCE fulfilment_despatch_number;
"""


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial"), ("core", "0002_sorted_text_and_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
