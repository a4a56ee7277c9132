"""Colours that keep 3:1 against a white and a dark page, each with a second cue beside it."""

from __future__ import annotations

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
GREY = "#767676"

SERIES = (BLUE, VERMILLION, GREEN, PURPLE, GREY)
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4))
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
