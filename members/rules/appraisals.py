"""民主评议 of members: the one kind of fact that carries its result, and the four results (教育管理条例第十八条). Pure."""

APPRAISAL = "appraisal.result"
UNQUALIFIED = "unqualified"
GRADES = (("excellent", "优秀"), ("qualified", "合格"), ("basic", "基本合格"), (UNQUALIFIED, "不合格"))
