"""Reading the directory from its file."""

from pathlib import Path

from domain.directory import Directory, DirectoryFault, parse_directory


def read_directory(path: Path) -> Directory:
    """The directory. Raises ``DirectoryFault`` with every fault on a line of its own."""
    try:
        return parse_directory(path.read_text("utf-8"))
    except OSError as error:
        raise DirectoryFault(f"the directory {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DirectoryFault(f"the directory {path} is not UTF-8 text") from None
