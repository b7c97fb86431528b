"""The whole main job on invented people and generated pictures, in a data folder and under a ledger of its own."""
