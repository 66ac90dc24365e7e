"""The demo county 清源县: invented, deterministic, and made set-based so that even 40,000 members take minutes.

`county` plans the tree, `people` fills it, `life` holds a year of meetings and posts what they are worth,
`logins` opens the doors. A test compares the set-based facts with those the services would have recorded.
"""
