"""How the use of limits moves: within a day, from day to day, by the hour of the week."""
