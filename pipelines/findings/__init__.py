"""What a partner should look at: rules over the stored parts, and states that follow from them.

A rule is data (`catalogue`). Its condition is judged at every quarter of an hour of the past, all
pools at once, so that since when it holds is computed and never remembered.
"""
