"""Order quality at capture: ours, the customer's and the masters' kept apart."""

from __future__ import annotations

from promesa.results.rules.quality import Defect, Fault, capture_quality


def test_an_order_without_defects_passes_first_time():
    quality = capture_quality([])
    assert (quality.first_pass, quality.escaped) == (True, False)


def test_a_defect_of_ours_caught_before_release_spoils_the_first_pass_and_has_not_escaped():
    quality = capture_quality([Defect(aspect="quantity", fault=Fault.OURS)])
    assert (quality.first_pass, quality.escaped, quality.aspects) == (False, False, ("quantity",))


def test_a_defect_of_ours_that_reached_picking_has_escaped():
    quality = capture_quality([Defect(aspect="address", fault=Fault.OURS, escaped=True)])
    assert (quality.first_pass, quality.escaped) == (False, True)


def test_the_customers_own_error_is_told_and_is_not_ours():
    quality = capture_quality([Defect(aspect="quantity", fault=Fault.CUSTOMER, escaped=True)])
    assert (quality.first_pass, quality.escaped, quality.customers_error) == (True, False, True)


def test_a_mismatch_of_the_masters_is_told_and_is_not_a_capture_error():
    quality = capture_quality([Defect(aspect="reference", fault=Fault.MASTERS)])
    assert (quality.first_pass, quality.masters_error) == (True, True)


def test_a_price_of_ours_is_reported_apart():
    quality = capture_quality([Defect(aspect="price", fault=Fault.OURS)])
    assert (quality.first_pass, quality.price_defect) == (True, True)
