"""What the Growth page says of bands, leaks and the hours of the week."""

from __future__ import annotations

NO_FAILED_ATTEMPTS = "Every attempt of the period got a price: nothing to explain."
WEEK_FIGURES = {
    "execution_utilization": "Settled in the hour, of the daily band",
    "quote_requests": "Requests",
}
LIMIT_ERRORS_TOGETHER = "**Calls refused by a limit**, all pools shown together"
LIMIT_ERRORS_ARE = (
    "Refused by a limit are failed quote calls with a limit's code and refused transactions; those"
    " that name no pool are not among them. A dash in a dashed frame is an hour nothing is known"
    " of, which is not 0."
)
BAND_OF_A_DAY = (
    "Used so far on the day, quarter by quarter of an hour. The straight line is the band."
)
BAND_OF_DAYS = (
    "Used at the end of each day, paler while the day is open. The line is the band that was in"
    " force that day."
)
DAYS_BEFORE_TOO = "The period is short, so the 14 days up to its end are shown."
OPEN_DAY = "The last day is still open, and drawn paler."


def band_resets(zone: str) -> str:
    """By which clock a day of the band runs."""
    return f"The band resets at midnight {zone}; the times here are by that clock."


def week_title(figure: str, pool: str) -> str:
    """What the grid of the week shows."""
    return f"**{WEEK_FIGURES[figure]}**, {pool}"


def busiest_only(most: int) -> str:
    """Which pools have a picture of their own where there are too many."""
    return f"The {most} pools with the most requests; choose pools in the side bar to see others."
