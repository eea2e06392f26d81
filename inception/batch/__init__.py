"""From the submitted text to statements."""
