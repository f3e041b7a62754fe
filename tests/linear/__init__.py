"""Many clients at several workers with one state: is what they saw what one worker could have answered?"""
