"""Child processes in which foreign bytes are decoded: little memory and time, no file, no network, no new right.

Nothing here imports Django. What a child decodes and what it answers is the business of the room that starts it.
"""
