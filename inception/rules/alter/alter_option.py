"""A table option other than ENGINE, COMMENT, AUTO_INCREMENT, character set and collation."""

from collections.abc import Iterator

from inception.rule import Level
from inception.scene import Scene
from inception.schema.actions import SetOption

LEVEL = Level.WARNING
ORDER = 720


def check(option: SetOption, scene: Scene) -> Iterator[str]:
    """Yield a finding for each."""
    if option.name not in ("engine", "comment", "auto_increment", "charset", "collation"):
        shown = option.name.upper().replace("_", " ") if option.name.endswith("directory") else option.name.upper()
        yield f"Table option {shown} is not among those that ALTER TABLE may set: '{scene.statement.changes[0].name}'."
