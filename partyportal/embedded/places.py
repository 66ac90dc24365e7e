"""Where the embedded servers live, and as whom they run."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from partyportal.embedded.faults import EmbeddedFault

# Bytes free without which no server is started; a first start copies programs and makes a cluster.
ROOM, FIRST_ROOM = 100_000_000, 400_000_000
CHECKOUT = Path(__file__).resolve().parents[2]
# The kernel's limit is 108 bytes with the closing zero; PostgreSQL's own name in the folder is the longest.
LONGEST_SOCKET = 106
LONGEST_NAME = len("/.s.PGSQL.5432.lock")


def home() -> Path:
    """PARTYPORTAL_HOME, else `.home/` in the checkout; root's own folder lies where the user it runs PostgreSQL as can reach it."""
    if chosen := os.environ.get("PARTYPORTAL_HOME"):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/tmp") / f"partyportal-{fingerprint(CHECKOUT)}"
    return CHECKOUT / ".home"


def fingerprint(path: Path) -> str:
    """A short name for a path, the same in every process."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


@dataclass(frozen=True)
class Account:
    """The user a server runs as: ourselves, or for root `nobody`, since PostgreSQL refuses root."""

    uid: int
    gid: int
    switched: bool

    def popen_arguments(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switched else {}

    def give(self, path: Path) -> None:
        if self.switched:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account() -> Account:
    """Who runs the servers."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, switched=True)


def make_home() -> Path:
    """Create the home with open reading rights; parents that exist keep theirs."""
    place = home()
    try:
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o755)  # whatever the umask says
    except OSError as error:
        raise EmbeddedFault(f"无法建立目录 {place}：{error.strerror}。请用 PARTYPORTAL_HOME 指定可写的目录。") from error
    found = place.lstat()
    if "PARTYPORTAL_HOME" not in os.environ and (found.st_uid != os.geteuid() or stat.S_ISLNK(found.st_mode)):
        # /var/tmp is open to all: a folder somebody else prepared there must not receive our keys.
        raise EmbeddedFault(f"目录 {place} 属于其他用户。请移走它，或用 PARTYPORTAL_HOME 另指定目录。")
    if not os.access(place, os.W_OK):
        raise EmbeddedFault(f"目录 {place} 不可写。请用 PARTYPORTAL_HOME 另指定目录。")
    return place


def lack_of_room(place: Path) -> str:
    """What to say when the home's disk is too full to start a server on; empty when it is not."""
    free, wanted = shutil.disk_usage(place).free, ROOM if any(place.glob("postgres-*")) else FIRST_ROOM
    if free >= wanted:
        return ""
    return f"{place} 所在的磁盘只剩 {free // 1_000_000} MB，至少要 {wanted // 1_000_000} MB。请清理磁盘，或用 PARTYPORTAL_HOME 指定别处的目录。"


def require_reach(path: Path, who: Account) -> None:
    """Root's servers run as another user: every folder on the way must let that user through. We never loosen one."""
    if not who.switched:
        return
    for folder in [path, *path.parents]:
        found = folder.stat()
        bit = stat.S_IXUSR if found.st_uid == who.uid else stat.S_IXOTH
        if not found.st_mode & bit:
            raise EmbeddedFault(
                f"以 root 运行时，数据库以 nobody 身份启动，但它进不了 {folder}。请用 PARTYPORTAL_HOME 指定 /var/tmp 之类的目录。"
            )


def own_folder(path: Path, who: Account) -> Path:
    """A folder for the server's user alone."""
    if not path.exists():
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
        who.give(path)
    elif who.switched and path.lstat().st_uid == 0 and not path.is_symlink():  # of a home that root has copied
        for part in (path, *path.rglob("*")):
            who.give(part)
    found = path.lstat()
    if found.st_uid != who.uid or not stat.S_ISDIR(found.st_mode):
        raise EmbeddedFault(
            f"目录 {path} 属于其他用户（可能曾以 root 运行过）。请用 PARTYPORTAL_HOME 另指定目录；里面的数据不要了，才删除它。"
        )
    path.chmod(0o700)
    return path


def socket_folder(place: Path, who: Account) -> Path:
    """`run/` in the home, or a short private folder when the home's path is too deep for a socket."""
    near = place / "run"
    if len(os.fsencode(near)) + LONGEST_NAME <= LONGEST_SOCKET:
        return own_folder(near, who)
    for base in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        far = Path(base) / f"pp-{who.uid}-{fingerprint(place)}"
        if len(os.fsencode(far)) + LONGEST_NAME <= LONGEST_SOCKET and os.access(base, os.W_OK | os.X_OK):
            require_reach(Path(base), who)
            return own_folder(far, who)
    raise EmbeddedFault(f"目录 {place} 的路径太长，放不下套接字。请用 PARTYPORTAL_HOME 指定较短的目录。")
