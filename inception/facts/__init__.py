"""What several rules need to know: of types, defaults, indexes, names, and of what ALTER TABLE asks and costs. Pure."""
