"""Running the whole product from one command: the processes, who watches them, and how they end."""
