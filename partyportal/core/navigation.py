"""The sections and phone tabs of each kind of user, in one table.

A section is shown if its page exists and the user's verbs allow it. The floor knows no posts: `settings.WHO_MAY` names
the function user → verbs (as AUTH_USER_MODEL names the user), and the kind of user is told from the verbs held.
"""

from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Place:
    """One entry: its word, the URL name it opens, the verbs of which one is needed (none: every user of the kind), its icon,
    and the URL names of pages that belong to it though their addresses begin otherwise."""

    label: str
    url_name: str
    verbs: tuple[str, ...] = ()
    icon: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A place as one request shows it."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Group:
    """Places under one heading of the page 更多."""

    title: str
    links: list[Link]


MORE = Place("更多", "core:more", icon="more")
MEMBERS = Place("党员", "members:roster", icon="people")
MEETINGS = Place("组织生活", "education:meetings", icon="book")
POINTS = Place("积分", "points:overview", icon="bars")
CARE = Place("关怀帮扶", "care:lists", ("care.see",), "person")
JOBS = Place("任务", "core:jobs", icon="clock")

# kind → (sections, phone tabs, the verbs any of which make the kind); the first kind that fits is taken
KINDS: dict[str, tuple[tuple[Place, ...], tuple[Place, ...], tuple[str, ...]]] = {
    "department": (
        (
            Place("概况", "dashboard:cockpit", ("cockpit.see",), "county"),
            Place("党组织", "branches:tree", icon="tree"),
            MEMBERS,
            MEETINGS,
            POINTS,
            Place("党费", "dues:dues", ("dues.collect",), "wallet"),
            CARE,
            Place("考核整顿", "assessments:cards", ("assessment.see",), "duties"),
            Place("报表", "dashboard:reports", icon="book"),
        ),
        (
            Place("概况", "dashboard:cockpit", ("cockpit.see",), "county"),
            Place("党组织", "branches:tree", icon="tree"),
            MEMBERS,
            MORE,
        ),
        ("points.scheme",),
    ),
    "branch": (
        (
            Place("首页", "dashboard:home", icon="duties"),
            MEMBERS,
            MEETINGS,
            POINTS,
            Place("学习", "study:courses", icon="book"),
            Place("党费", "dues:dues", ("dues.collect",), "wallet"),
            CARE,
            Place("考核", "assessments:cards", ("assessment.see",), "duties"),
        ),
        (
            Place("要办", "dashboard:home", icon="duties"),
            Place("记录", "education:meetings", ("education.record",), "pencil"),
            MEMBERS,
            MORE,
        ),
        ("duty.see",),
    ),
    "administrator": (
        (
            Place("导入", "members:batches", ("member.import",), "upload"),
            Place("账号", "branches:accounts", ("account.manage",), "person"),
            Place("授权", "branches:grants", ("grant.manage",), "key"),
            Place("审计", "branches:audit", ("audit.read",), "book"),
            Place("账本核验", "points:seals", ("ledger.verify",), "key"),
            JOBS,
            Place("设置", "core:settings", ("setting.manage",), "gear"),
        ),
        (
            Place("导入", "members:batches", ("member.import",), "upload"),
            Place("账号", "branches:accounts", ("account.manage",), "person"),
            Place("授权", "branches:grants", ("grant.manage",), "key"),
            Place("审计", "branches:audit", ("audit.read",), "book"),
            MORE,
        ),
        ("account.manage", "grant.manage", "audit.read"),
    ),
    "reader": (
        (
            Place("概况", "dashboard:cockpit", ("cockpit.see",), "county"),
            Place("党组织", "branches:tree", icon="tree"),
            MEMBERS,
            MEETINGS,
        ),
        (
            Place("概况", "dashboard:cockpit", ("cockpit.see",), "county"),
            Place("党组织", "branches:tree", icon="tree"),
            MEMBERS,
            MORE,
        ),
        ("cockpit.see",),
    ),
    "member": (
        (
            Place("我的积分", "points:mine", icon="bars"),
            Place("我的学时", "education:hours", icon="book"),
            Place("我的党费", "dues:mine", icon="wallet"),
            Place("组织生活", "education:meetings", icon="duties"),
            Place("转接", "transfers:transfers", icon="people"),
        ),
        (
            Place("积分", "points:mine", icon="bars"),
            Place("学时", "education:hours", icon="book"),
            Place("党费", "dues:mine", icon="wallet"),
            Place("我的", "core:more", icon="person"),
        ),
        (),
    ),
}

# The tables of one large room, shown over every page of it.
MEMBERS_ROOM = (
    Place("名册", "members:roster"),
    Place("发展", "development:cases", ("development.record",)),
    Place("转接", "transfers:transfers", ("transfer.apply",)),
    Place("流动", "mobility:register", ("mobility.record",)),
    Place("班子", "members:offices", ("member.edit", "cockpit.see")),
    Place("三员与网格", "outreach:outreach", ("member.edit", "cockpit.see")),
    Place("名册质量", "members:quality", ("member.edit", "cockpit.see")),
    Place("历年结构", "members:statistics", ("cockpit.see",)),
    Place("查重合并", "members:duplicates", ("member.merge",)),
    Place("导入", "members:batches", ("member.import",)),
)

POINTS_ROOM = (
    Place("积分", "points:overview"),
    Place("人工认定", "points:awards"),
    Place("等次与榜单", "points:grades", ("assessment.see",)),
    Place("年终清单", "points:year_end", ("assessment.see",)),
    Place("告知书", "points:letters", ("assessment.see",)),
    Place("季度公示", "publicity:publications"),
    Place("积分异议", "publicity:objections"),
    Place("评比表彰", "honours:calls"),
    Place("积分办法", "points:schemes"),
    Place("回放", "points:replay"),
    Place("账本核验", "points:seals", ("ledger.verify",)),
)

EDUCATION_ROOM = (
    Place("会议记录", "education:meetings"),
    Place("三会一课", "education:compliance", also=("education:requirements",)),
    Place("请假", "education:leaves", ("education.record",)),
    Place("不计应到", "education:exclusions", ("education.record",)),
    Place("抽查", "education:checks", ("education.return",)),
    Place("年度计划", "planning:plan"),
    Place("主题活动", "planning:campaigns", also=("planning:templates",)),
    Place("表决", "motions:motions"),
    Place("谈心谈话", "planning:talks"),
    Place("学习", "study:courses"),
    Place("台账", "documents:books", ("education.book",)),
    Place("请核实", "signals:questions", ("education.question",)),
    Place("先进事迹", "openness:exemplars"),
    Place("亮身份", "openness:pledges"),
    Place("党务公开", "openness:disclosures", also=("openness:catalogue", "openness:comments")),
)

CARE_ROOM = (
    Place("应关怀名单", "care:lists", ("care.see",)),
    Place("走访慰问", "visits:visits", ("care.see",)),
    Place("结对帮扶", "visits:pairs", ("care.see",)),
    Place("政治生日", "visits:birthdays"),
    Place("困难救助", "aid:cases", ("care.see",)),
    Place("救助总览", "aid:overview", ("care.see",)),
    Place("去世慰问", "care:condolences", ("member.edit", "cockpit.see")),
    Place("基金与经费", "fund:books", ("fund.see",)),
    Place("服务阵地", "stations:stations"),
)

# The rooms: the section each belongs to → its places
ROOMS: dict[str, tuple[Place, ...]] = {
    "members:roster": MEMBERS_ROOM,
    "points:overview": POINTS_ROOM,
    "education:meetings": EDUCATION_ROOM,
    "care:lists": CARE_ROOM,
}

# Verbs of which every post that sees the tree holds one
LOOKING_AROUND = frozenset({"cockpit.see", "duty.see", "account.manage"})
ANY_POST = (*sorted(LOOKING_AROUND), "grant.manage", "audit.read")

# What is one's own, and what several kinds use now and then: in the menu under the name, and on the page 更多
OWN = (
    Place("我的资料", "members:mine", ("duty.see",)),
    Place("我的积分", "points:mine", ("duty.see",)),
    Place("我的学时", "education:hours", ("duty.see",)),
    Place("我的党费", "dues:mine", ("duty.see",)),
    Place("政治生日和结对", "visits:mine", ("duty.see",)),
    Place("我的关怀", "care:mine", ("duty.see",)),
    Place("提醒", "core:notices"),
    Place("报表", "dashboard:reports", ("cockpit.see",)),
    Place("任务", "core:jobs", ANY_POST),
    Place("改密码", "core:password"),
    Place("接口令牌", "core:tokens", ANY_POST),
)

# The whole of what a member without posts may open: a phone has no other way to most of it
OF_A_MEMBER = (
    (
        "我的",
        (
            Place("首页", "dashboard:home"),
            Place("提醒", "core:notices"),
            Place("我的资料", "members:mine"),
            Place("我的积分", "points:mine"),
            Place("我的学时", "education:hours"),
            Place("我的党费", "dues:mine"),
            Place("我的请假", "education:leaves"),
            Place("我的关怀", "care:mine"),
            Place("我的救助", "aid:mine"),
            Place("政治生日和结对", "visits:mine"),
            Place("组织关系转接", "transfers:transfers"),
        ),
    ),
    (
        "支部",
        (
            Place("组织生活", "education:meetings"),
            Place("表决", "motions:motions"),
            Place("学习", "study:courses"),
            Place("季度公示", "publicity:mine"),
            Place("积分办法", "points:schemes"),
            Place("评比表彰", "honours:calls"),
            Place("党务公开", "openness:disclosures"),
            Place("先进事迹", "openness:exemplars"),
            Place("亮身份", "openness:pledges"),
            Place("服务阵地", "stations:stations"),
        ),
    ),
    ("账号", (Place("改密码", "core:password"),)),
)


@cache
def _who_may():
    return import_string(settings.WHO_MAY)


@cache
def _address(url_name: str, urlconf, prefix: str) -> str:
    try:
        return reverse(url_name, urlconf)
    except NoReverseMatch:  # its feature is not built in here
        return ""


def address(url_name: str) -> str:
    """Where a place is, "" if it is not built; remembered, or twenty look-ups a page would cost more than the page."""
    return _address(url_name, get_urlconf(), get_script_prefix())


def verbs_of(user) -> frozenset[str]:
    return _who_may()(user) if user.is_authenticated else frozenset()


def kind_of(verbs: frozenset[str]) -> str:
    """The first kind one of whose telling verbs is held; without any, a member."""
    return next((kind for kind, (_, _, telling) in KINDS.items() if verbs.intersection(telling)), "member")


def _links(places: tuple[Place, ...], verbs: frozenset[str], path: str) -> list[Link]:
    """The places that exist and are allowed. Current is the one with the address that is the longest beginning of the page's."""
    allowed = (place for place in places if not place.verbs or verbs.intersection(place.verbs))
    shown = [(place, url) for place in allowed if (url := address(place.url_name))]
    begins = [(place, start) for place, url in shown for start in (url, *filter(None, map(address, place.also)))]
    fits = [(len(start), place) for place, start in begins if path == start or (start != "/" and path.startswith(start))]
    here = max(fits, key=lambda fit: fit[0], default=(0, None))[1]
    return [Link(place.label, url, place.icon, place is here) for place, url in shown]


class Navigation:
    """What the masthead and the tabs show to one request; asked only by whole pages, so a fragment costs no query."""

    def __init__(self, request):
        self._verbs = verbs_of(request.user)
        self._path = request.path
        self.kind = kind_of(self._verbs)
        self.sections = _links(KINDS[self.kind][0], self._verbs, self._path)

    @property
    def tabs(self) -> list[Link]:
        """The phone's four. What none of them holds is reached from the last, so that one is where one is."""
        tabs = _links(KINDS[self.kind][1], self._verbs, self._path)
        return tabs if any(tab.current for tab in tabs) else [*tabs[:-1], replace(tabs[-1], current=True)]

    @property
    def room(self) -> list[Link]:
        """The places of the room this page stands in, for whoever may look around the tree."""
        return next((self._room(begins) for begins in map(address, ROOMS) if begins and self._path.startswith(begins)), [])

    def _room(self, begins: str) -> list[Link]:
        """The places of the room whose section has this address; no posts, no room."""
        places = next((places for section, places in ROOMS.items() if address(section) == begins), ())
        return _links(places, self._verbs, self._path) if self._verbs & LOOKING_AROUND else []

    @property
    def everything(self) -> list[Group]:
        """All that this user may open, room by room: the page 更多."""
        if self.kind == "member":
            return [Group(title, _links(places, self._verbs, self._path)) for title, places in OF_A_MEMBER]
        rooms = [Group(place.label, self._room(place.url)) for place in self.sections if self._room(place.url)]
        within = {link.url for room in rooms for link in room.links}
        return [Group("栏目", [link for link in self.sections if link.url not in within]), *rooms, Group("我的", self.own)]

    @property
    def own(self) -> list[Link]:
        places = OF_A_MEMBER[0][1] + OF_A_MEMBER[-1][1] if self.kind == "member" else OWN
        shown = {link.url for link in self.sections}
        return [link for link in _links(places, self._verbs, self._path) if link.url not in shown]

    @property
    def search_url(self) -> str:
        """Who sees no tree has nothing to search: a member without posts, the security admin, the auditor."""
        return address("dashboard:search") if self._verbs & LOOKING_AROUND else ""
