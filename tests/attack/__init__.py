"""Scanners, a crawl in Chromium and planted markers against the running app, first against a broken twin of it.

Started by make attack only. What does not find the faults planted in the twin counts as no evidence about the app.
"""
