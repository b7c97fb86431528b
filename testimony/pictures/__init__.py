"""The pictures of a dossier: fetched through the one door, with words for how each came from its original."""
