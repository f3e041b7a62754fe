"""Servers in frameworks of others, with one defect each that can be switched on: how sure is the check on them?"""
