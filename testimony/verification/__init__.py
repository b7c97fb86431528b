"""Checking testimony: the keys of persons and what is sealed to them, files of witnesses, dossiers, what was let go."""
