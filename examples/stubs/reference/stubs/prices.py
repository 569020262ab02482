"""The answer to ``CALL price_for(sku)``: a function of the request."""

from __future__ import annotations

from decimal import Decimal

from sockservice.answers import Answer, Ok, Request, Results, table
from sockservice.error_codes import error

PRICES = {"A1": Decimal("4.50"), "A2": Decimal("12.00")}


def answer(request: Request) -> Answer:
    """The price of a product, as a procedure gives it: a result set, and an OK that ends the CALL."""
    inside = request.text.partition("(")[2].rpartition(")")[0].strip().strip("'\"")
    sku = str(request.params[0]) if request.params else inside
    if sku not in PRICES:
        return error("ER_SIGNAL_EXCEPTION")
    return Results((table({"sku": "VARCHAR(20)", "price": "DECIMAL(10,2)"}, [(sku, PRICES[sku])]), Ok()))
