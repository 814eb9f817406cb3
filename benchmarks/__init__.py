"""Measurements of the hub beside other ways to do the same work; `hub bench` runs them from a checkout."""
