# sampled.py
# Which of many cases run in another system
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

# One case of so many.
SAMPLE = 4


def sampled(cases, suite, suites):
    """Every fourth of four cases or more, each of these suites having others; else all."""
    first = list(suites).index(suite) * SAMPLE // len(suites)
    return cases[first::SAMPLE] if len(cases) >= SAMPLE else cases
