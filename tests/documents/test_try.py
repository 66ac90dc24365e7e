import time
from education.documents.services.books import contents


def test_try(meeting, book, secretary):
    for form in ("pdf", "docx", "xlsx", "all"):
        t = time.time()
        b = book(form=form)
        print(form, b.size, b.files, time.time() - t)
        open(f"/tmp/out.{'zip' if form == 'all' else form}", "wb").write(b"".join(contents(b)))
        t = time.time()
        c = book(form=form)
        print(form, time.time() - t, b.digest == c.digest)
    b = book(meeting=meeting, span="meeting", form="pdf")
    open("/tmp/m.pdf", "wb").write(b"".join(contents(b)))
    b = book(meeting=meeting, span="meeting", form="docx")
    open("/tmp/m.docx", "wb").write(b"".join(contents(b)))
