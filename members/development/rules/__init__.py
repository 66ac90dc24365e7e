"""What 中国共产党发展党员工作细则 says, pure: no clock, no database. Numbers come from the version a case runs under."""
