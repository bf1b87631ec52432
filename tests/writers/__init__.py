"""Tests of the writers: on whichever database the settings name."""
