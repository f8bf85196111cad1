"""The account PostgreSQL runs as when we are root, since it refuses to run as root.

If that account cannot reach a folder (a checkout below `/root`), the folder is made elsewhere and
linked to. Nothing outside our own folders is created, chowned or given more permissions.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from gamesched.local.errors import LocalError
from gamesched.local.processes import is_root

OUTSIDE = Path("/var/lib/gamesched")


def service_account() -> str | None:
    """Return the account PostgreSQL runs as; None means our own."""
    return "nobody" if is_root() else None


def can_use(path: Path) -> bool:
    """Return whether the service account may read and enter (or execute) `path`."""
    account = service_account()
    if account is None:
        return True
    command = ["test", "-r", str(path), "-a", "-x", str(path)]
    try:
        return subprocess.run(command, user=account, cwd="/", check=False).returncode == 0
    except OSError as error:
        raise LocalError(f"PostgreSQL cannot run as {account}: {error}.") from error


def make_usable_folder(folder: Path, *, durable: bool) -> Path:
    """Make `folder`, or a link to one that the service account can reach; return the real path.

    The link leads to /var/lib if the data is `durable`, else to the folder for temporary files.
    """
    if folder.is_symlink() and not folder.exists():
        if durable:
            raise LocalError(f"{folder} points to {folder.readlink()}, which is gone.")
        folder.unlink()
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    if can_use(real := folder.resolve()):
        return real
    if any(folder.iterdir()):
        raise LocalError(
            f"PostgreSQL, which runs as {service_account()} for root, cannot reach its data in"
            f" {folder}: move the checkout to where others may look, or run as an ordinary user."
        )
    folder.rmdir()
    outside = _make_outside(folder, durable=durable)
    folder.symlink_to(outside)
    return outside


def copy_usable(source: Path, name: str) -> Path:
    """Return a copy of the folder `source` that the service account can read, made once."""
    target = OUTSIDE / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=OUTSIDE) as partial:
            copy = shutil.copytree(source, Path(partial) / source.name, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", copy, *target.parents[:-3]], check=True)
            copy.rename(target)
    return target


def _make_outside(folder: Path, *, durable: bool) -> Path:
    parent = OUTSIDE if durable else Path(tempfile.gettempdir())
    parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    outside = Path(tempfile.mkdtemp(prefix=f"gamesched-{folder.name}-", dir=parent))
    outside.chmod(0o755)
    if not can_use(outside):
        raise LocalError(f"The account {service_account()} cannot reach {outside}.")
    return outside
