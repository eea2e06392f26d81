"""Golden batches: `<name>.sql` is submitted, `<name>.txt` is the answer. `pytest --update` writes the answers anew."""
