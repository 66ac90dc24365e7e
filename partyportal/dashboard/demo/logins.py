"""The demo's doors: one login for each kind of user, all with one password that the demo prints."""

from dataclasses import dataclass

PASSWORD = "Qingyuan-2026"


@dataclass(frozen=True)
class Login:
    username: str
    name: str
    role: str | None
    organisation: str | None  # code
    does: str
    member: bool = False  # linked with the member of that name in the organisation


TOWNSHIP, SHOWCASE = "001006", "001006001"
OTHER_TOWNSHIP, OTHER_BRANCH = "001005", "001005001"  # 白驼镇: the other side of a transfer

LOGINS = (
    Login("secretary", "吕山东", "secretary", SHOWCASE, "支部书记：记会议、看要办的事", member=True),
    Login("deputy", "郑月", "secretary", SHOWCASE, "副书记：认定积分要第二个人", member=True),
    Login("committee", "彭海燕", "committee", TOWNSHIP, "镇党委：看所辖支部、退回会议"),
    Login("secretary2", "石大方", "secretary", OTHER_BRANCH, "另一个镇的支部书记：转接的另一边"),
    Login("committee2", "孔庆云", "committee", OTHER_TOWNSHIP, "另一个镇的党委：接收、开介绍信"),
    Login("department", "谭洁", "department", "001", "县委组织部：看全县概况"),
    Login("department2", "严晓棠", "department", "001", "组织部同事：积分办法草稿、跨年更正要第二个人"),
    Login("department3", "罗建华", "department", "001", "组织部会计：救助付款，批的、开单的、确认的是三个人"),
    Login("member", "刘明", None, SHOWCASE, "党员：看自己的积分", member=True),
    Login("sysadmin", "周丽敏", "system_admin", "001", "系统管理员：导入名册、开账号"),
    Login("secadmin", "冯建国", "security_admin", "001", "安全管理员：授权"),
    Login("secadmin2", "沈玉兰", "security_admin", "001", "安全管理员：授权要第二个人"),
    Login("auditor", "钟文平", "auditor", "001", "审计员：看审计记录"),
    Login("reader", "郭芳", "reader", "001", "查阅：只看不改"),
)
