"""Which file system a folder lies on, as the mount table tells it."""

import os
import re
from pathlib import Path

NETWORK_TYPES = frozenset(
    {
        "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.davfs2",
        "fuse.gcsfuse", "fuse.glusterfs", "fuse.juicefs", "fuse.mount.ossfs", "fuse.rclone",
        "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4",
        "ocfs2", "orangefs", "panfs", "pvfs2", "smb3", "smbfs",
    }
)  # fmt: skip
"""File systems that several machines may share. SQLite's write-ahead log needs memory that is
shared by all processes, which these do not give (https://sqlite.org/wal.html)."""

_MOUNT_TABLE = Path("/proc/self/mountinfo")
_ESCAPE = re.compile(r"\\([0-7]{3})")


def file_system_type(folder: Path, mount_table: Path = _MOUNT_TABLE) -> str | None:
    """Return the type of the file system that a folder lies on, such as ``ext4``.

    Parameters
    ----------
    folder
        Need not exist; symbolic links are followed as far as it does.
    mount_table
        File in the form of ``/proc/self/mountinfo`` (proc(5)).

    Returns
    -------
    str | None
        Null where the system has no such table.
    """
    if not mount_table.exists():
        return None
    path = Path(os.path.realpath(folder))
    found, found_depth = None, -1
    for line in mount_table.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        mount_point = Path(_ESCAPE.sub(lambda match: chr(int(match[1], 8)), before.split()[4]))
        depth = len(mount_point.parts)
        # A later line covers an earlier one at the same place.
        if depth >= found_depth and path.is_relative_to(mount_point):
            found, found_depth = after.split()[0], depth
    return found
