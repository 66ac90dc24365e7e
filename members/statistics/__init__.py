"""党内统计: who the members of a subtree were on any day, and the national yearly tables.

Every number is counted by one statement from rows that have days (ADR 10 and 13): where a member belonged
(Affiliation), where the branch hung (OrganisationSpan), what the member's row said (MemberPast), 停止党籍 (Suspension), the
class, 入党 and 转正. `people` has that statement, `traits` what is told of a person, `days` asks for days, `year` for what
happened in a year, `tables` puts the national form together.
"""
