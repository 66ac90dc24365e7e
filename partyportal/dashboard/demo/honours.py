"""评比表彰 of the demo county: two years decided, one honour withdrawn, and a call at each stage. All through the services.

Inside the two townships whose committees have a login: their own secretaries, or their committees, put forward; the committee or
the department reviews, so that every second step is another person's.
"""

from datetime import date, timedelta

from branches.models import Organisation
from members.models import Member
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import OTHER_BRANCH, OTHER_TOWNSHIP, SHOWCASE, TOWNSHIP
from points.honours import services
from points.honours.models import Call, Honour, Nomination
from points.services.ledger import settle_owed

DEEDS = (
    "带头种植花椒三十亩，领着八户群众一起干，户均增收六千多元。",
    "汛期连续七天在河堤值守，转移低洼处十四户群众，没有一人受伤。",
    "调解邻里纠纷十一件，都没有上交；常年照看两位独居老人。",
    "义务当夜校讲师，全年讲果树管理二十三场，带出十二名技术能手。",
    "协调修通两公里产业路，让果品车开到地头，村民少走一小时。",
)
WORDS = {
    "outstanding_member": "模范履行党员义务，在生产、工作、学习和社会生活中起先锋模范作用，群众公认。\n面向基层和一线，近三年受过处分的不推荐。",
    "outstanding_worker": "专职、兼职从事党务工作满一年，履职尽责，成绩明显。",
    "advanced_organisation": "班子团结有力，组织生活正常，各项任务完成得好，近三年没有党员受到撤销党内职务以上处分。",
}
PUBLIC_AT = "各党支部公开栏；{}组织办，电话 0938-5550101"


def honour_some(*, today: date) -> int:
    """Bring calls to each stage; returns how many honours stand."""
    _Round(today).run()
    settle_owed()
    return Honour.objects.count()


class _Round:
    """Who acts, and whom nobody has put forward yet."""

    def __init__(self, today: date):
        names = ("secretary", "deputy", "committee", "secretary2", "committee2", "department")
        self.today, self.users = today, {user.username: user for user in User.objects.filter(username__in=names)}
        self.places = {one.code: one for one in Organisation.objects.select_related("parent")}
        self.town, self.other, self.county = self.places[TOWNSHIP], self.places[OTHER_TOWNSHIP], self.places["001"]
        self.branches = sorted(
            (one for one in self.places.values() if one.is_branch and one.parent in (self.town, self.other)), key=lambda one: one.code
        )
        self.seen: set[int] = set()

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def run(self) -> None:
        july = date(self.today.year - (self.today < date(self.today.year, 7, 1)), 7, 1)
        self._seven_one(july.replace(year=july.year - 1), members=5, organisations=2)
        self._seven_one(july, members=8, organisations=3)
        first = Honour.objects.filter(year=july.year - 1, member__isnull=False).order_by("id").first()
        services.withdraw_honour(
            first,
            day=july - timedelta(days=60),
            document_number=f"清委〔{july.year}〕9号",
            reason="申报的增收数字不实",
            by=self.users["department"],
            today=july - timedelta(days=60),
        )
        self._running()
        self._use(july)

    def _seven_one(self, july: date, *, members: int, organisations: int) -> None:
        """七一表彰: called in May, decided in the last days of June."""
        year = july.year
        for kind, title, count in (
            ("outstanding_member", "全县优秀共产党员", members),
            ("advanced_organisation", "全县先进基层党组织", organisations),
        ):
            call = self._issue(
                self.county,
                kind,
                title,
                number=f"清组通〔{year}〕{18 if kind == 'outstanding_member' else 19}号",
                issued=july - timedelta(days=56),
                closes=july - timedelta(days=33),
                quota=count + 2,
                shares=[(self.town, count - count // 2 + 1), (self.other, count // 2 + 1)],
                today=july - timedelta(days=56),
            )
            for at in range(count):
                among = self.branches_of(self.other if at % 2 else self.town)  # by turns, so that neither share runs out
                branch = among[(at * 5 + year) % len(among)] if at else self.places[SHOWCASE]
                self._approved(call, branch, at, on=july - timedelta(days=40), reviewed=july - timedelta(days=32))
            services.publicise(
                call,
                start=july - timedelta(days=28),
                workdays=5,
                public_at=PUBLIC_AT.format("县委"),
                by=self.users["department"],
                today=july - timedelta(days=28),
            )
            day = july - timedelta(days=4)
            services.decide(
                call, decision_number=f"清委〔{year}〕{12 if call.is_of_members else 13}号", day=day, by=self.users["department"], today=day
            )

    def _running(self) -> None:
        """One near the end of its window, one being reviewed, one in public with an objection, one that waits for its decision."""
        year, committee = self.today.year, self.users["committee"]
        near = self._issue(
            self.town,
            "outstanding_worker",
            "山门镇优秀党务工作者",
            number=f"山党发〔{year}〕41号",
            issued=self.ago(12),
            closes=self.ago(-5),
            quota=4,
            points_year=year,
        )
        self._nominated(near, self.branches_of(self.town)[1], 1, on=self.ago(6))
        over = self._issue(
            self.county,
            "outstanding_worker",
            "全县优秀党务工作者",
            number=f"清组通〔{year}〕52号",
            issued=self.ago(30),
            closes=self.ago(-9),
            quota=6,
            shares=[(self.town, 2), (self.other, 2)],
        )
        self._nominated(over, self.places[OTHER_BRANCH], 2, on=self.ago(9))
        reviewing = self._issue(
            self.town,
            "advanced_organisation",
            "山门镇先进党支部",
            number=f"山党发〔{year}〕36号",
            issued=self.ago(30),
            closes=self.ago(4),
            quota=3,
        )
        for at, branch in enumerate(self.branches_of(self.town)[:3]):
            row = self._nominated(reviewing, branch, at, on=self.ago(8))
            if at == 1:
                services.approve(row, by=self.users["department"], today=self.ago(3))
        public = self._issue(
            self.town,
            "outstanding_member",
            "山门镇优秀共产党员",
            number=f"山党发〔{year}〕33号",
            issued=self.ago(40),
            closes=self.ago(12),
            quota=4,
        )
        rows = [
            self._approved(public, branch, at, on=self.ago(20), reviewed=self.ago(10))
            for at, branch in enumerate(self.branches_of(self.town)[:4])
        ]
        services.publicise(public, start=self.ago(2), workdays=5, public_at=PUBLIC_AT.format("山门镇党委"), by=committee, today=self.ago(2))
        services.note_objection(
            rows[3], content="反映去年承包地流转的账没有公开。", received_on=self.ago(1), by=committee, today=self.ago(1)
        )
        due = self._issue(
            self.other,
            "outstanding_member",
            "白驼镇优秀共产党员",
            number=f"白党发〔{year}〕28号",
            issued=self.ago(60),
            closes=self.ago(36),
            quota=3,
        )
        for at, branch in enumerate(self.branches_of(self.other)[1:3]):
            self._approved(due, branch, at, on=self.ago(40), reviewed=self.ago(35))
        services.publicise(
            due, start=self.ago(30), workdays=5, public_at=PUBLIC_AT.format("白驼镇党委"), by=self.users["committee2"], today=self.ago(30)
        )

    def branches_of(self, town: Organisation) -> list[Organisation]:
        return [one for one in self.branches if one.parent_id == town.pk]

    def _issue(self, organiser, kind, title, *, number, issued, closes, quota, shares=(), today=None, points_year=None) -> Call:
        return services.issue(
            organiser=organiser,
            kind=kind,
            title=title,
            year=issued.year,
            document_number=number,
            issued_on=issued,
            words=WORDS[kind],
            opens_on=issued + timedelta(days=2),
            closes_on=closes,
            quota=quota,
            shares=shares,
            points_year=points_year,
            by=self.users["department"],
            today=today or issued,
        )

    def _nominated(self, call: Call, branch: Organisation, at: int, *, on: date) -> Nomination:
        entitled = branch.members.filter(left_on=None, category=Member.Category.FULL).count()
        committee = "committee" if branch.parent_id == self.town.pk else "committee2"
        own = {SHOWCASE: "secretary", OTHER_BRANCH: "secretary2"}.get(branch.code, committee)
        whom = {"member": self._person(branch, on)} if call.is_of_members else {"organisation": branch}
        return services.nominate(
            call,
            **whom,
            deeds=DEEDS[at % len(DEEDS)],
            materials="推荐表、党员大会记录，存镇组织办",
            meeting=Nomination.Meeting.ASSEMBLY,
            met_on=on - timedelta(days=1),
            entitled=entitled,
            present=entitled - entitled // 6,
            in_favour=entitled - entitled // 5,
            by=self.users[own],
            today=on,
        )

    def _approved(self, call: Call, branch: Organisation, at: int, *, on: date, reviewed: date) -> Nomination:
        return services.approve(
            self._nominated(call, branch, at, on=on), by=self.users["department"], today=reviewed, note="事迹属实，同意"
        )

    def _person(self, branch: Organisation, on: date) -> Member:
        """A full member at home then, without a login of their own, not put forward before."""
        fit = branch.members.filter(
            category=Member.Category.FULL, left_on=None, standing=Member.Standing.NORMAL, is_mobile=False, is_lost=False
        )
        fit = fit.filter(
            full_on__lt=on - timedelta(days=365),
            user=None,
            affiliations__start__lt=on - timedelta(days=30),
            affiliations__organisation=branch,
        )
        person = fit.exclude(pk__in=self.seen).order_by("-birth_on", "pk").first()
        self.seen.add(person.pk)
        return person

    def _use(self, july: date) -> None:
        """What last year's results were used for: an honour for a post, talks after a yellow list, a branch set right and one helped."""
        year = july.year - 1
        near = self.branches_of(self.town)
        honour = Honour.objects.filter(year=year, member__isnull=False, end=None).order_by("id").first()
        day = july + timedelta(days=20) if july + timedelta(days=20) <= self.today else self.today
        department, committee, secretary = (self.users[name] for name in ("department", "committee", "secretary"))
        said = {"year": year, "today": self.today, "day": day}
        services.record_use(
            member=honour.member,
            honour=honour,
            result="honour",
            outcome=honour.title,
            purpose="promotion",
            document_number=f"清组任〔{july.year}〕21号",
            note="列为村级后备干部",
            by=department,
            **said,
        )
        for at, (outcome, purpose, note) in enumerate(
            (("黄榜", "talk", "支部书记谈话，讲清差在哪里"), ("黄榜", "help", "与致富能手结对"), ("优秀", "honour", "推荐为镇优秀党员"))
        ):
            number = "" if purpose in {"talk", "help"} else f"山党发〔{july.year}〕15号"
            person = self._person(self.places[SHOWCASE] if at < 2 else near[1], day)
            services.record_use(
                member=person,
                result="yellow" if outcome == "黄榜" else "grade",
                outcome=outcome,
                purpose=purpose,
                document_number=number,
                note=note,
                by=secretary if at < 2 else committee,
                **said,
            )
        services.record_use(
            organisation=near[4],
            result="star",
            outcome="二星",
            purpose="rectify",
            document_number=f"山党发〔{july.year}〕18号",
            note="三个月内补齐组织生活记录",
            by=committee,
            **said,
        )
        services.record_use(
            organisation=near[2],
            result="star",
            outcome="五星",
            purpose="support",
            document_number=f"清财农〔{july.year}〕30号",
            note="优先安排产业路项目",
            by=department,
            **said,
        )
        mistaken = services.record_use(
            organisation=near[3],
            result="star",
            outcome="五星",
            purpose="support",
            document_number=f"清财农〔{july.year}〕30号",
            by=department,
            **said,
        )
        services.void_use(mistaken, reason="登错了支部", by=department, today=self.today)
