"""The answer to ``CALL price_for(sku)``: a function of the request."""

from __future__ import annotations

from decimal import Decimal

from sockservice.answers import Answer, Error, Ok, Request, Results, table

PRICES = {"A1": Decimal("4.50"), "A2": Decimal("12.00")}


def answer(request: Request) -> Answer:
    """The price of a product, as a procedure gives it: a result set, and an OK that ends the CALL."""
    sku = str(request.params[0])
    if sku not in PRICES:
        return Error(1644, "45000", f"there is no product {sku}")
    return Results((table({"sku": "VARCHAR(20)", "price": "DECIMAL(10,2)"}, [(sku, PRICES[sku])]), Ok()))
