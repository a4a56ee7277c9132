"""What a review pack rests on: its scope, its figures, its evidence, its sources and its journal.

Each question is a module; `figures.read_figures` asks them all of one build.
"""
