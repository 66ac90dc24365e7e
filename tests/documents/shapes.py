"""What every office program asks of a file before it opens it: looked at without one, so that it is looked at everywhere."""

import io
import posixpath
import zipfile
from collections import Counter
from ctypes import create_string_buffer
from xml.etree import ElementTree

import pypdfium2
from pypdfium2 import raw

_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_KINDS = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_REFERS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# CT_TblPr, CT_TcPr, CT_TrPr, CT_PPr and CT_RPr are sequences: a program may refuse what stands out of order.
_ORDER = {
    "tblPr": ("tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"),
    "tcPr": ("tcW", "gridSpan", "tcBorders", "vAlign"),
    "trPr": ("cantSplit", "tblHeader"),
    "pPr": ("pStyle", "keepNext", "spacing", "jc", "rPr"),
    "rPr": ("rStyle", "rFonts", "b", "color", "sz", "szCs"),
}


def office_faults(content: bytes) -> list[str]:
    """What is wrong with a docx or xlsx as a package: parts, kinds, relationships, ids, and the order of a docx's elements."""
    faults = []
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        names = box.namelist()
        faults += [f"{name} twice" for name, count in Counter(names).items() if count > 1]
        if (broken := box.testzip()) is not None:
            faults.append(f"{broken} is damaged")
        parts = {name: box.read(name) for name in names}
    if names[0] != "[Content_Types].xml":
        faults.append("[Content_Types].xml is not first")
    trees = {}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                trees[name] = ElementTree.fromstring(part)
            except ElementTree.ParseError as fault:
                faults.append(f"{name}: {fault}")
    faults += _kind_faults(names, trees.get("[Content_Types].xml"))
    for name in names:
        if name.endswith(".rels") and name in trees:
            faults += _relation_faults(name, trees, set(names))
    for name, tree in trees.items():
        faults += _order_faults(name, tree)
    return faults


def _kind_faults(names: list[str], kinds) -> list[str]:
    if kinds is None:
        return ["no [Content_Types].xml"]
    defaults = Counter(one.get("Extension").lower() for one in kinds.iter(f"{_KINDS}Default"))
    overrides = Counter(one.get("PartName").lstrip("/") for one in kinds.iter(f"{_KINDS}Override"))
    found = [f"kind of {name} told twice" for name, count in (defaults + overrides).items() if count > 1]
    found += [f"kind of {name}, which is not there" for name in overrides if name not in names]
    return found + [
        f"{name} has no kind"
        for name in names
        if name != "[Content_Types].xml" and name not in overrides and name.rpartition(".")[2].lower() not in defaults
    ]


def _relation_faults(name: str, trees: dict, names: set[str]) -> list[str]:
    """Each id once, each target there, and each id that the part names among them."""
    folder, _, file = name.partition("_rels/")
    source = folder + file.removesuffix(".rels")
    ids = Counter(one.get("Id") for one in trees[name].iter(f"{_PACKAGE}Relationship"))
    found = [f"{name}: {key} twice" for key, count in ids.items() if count > 1]
    for one in trees[name].iter(f"{_PACKAGE}Relationship"):
        target = one.get("Target")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if one.get("TargetMode") != "External" and whole not in names:
            found.append(f"{name}: {whole} is not there")
    if source in trees:
        named = {value for element in trees[source].iter() for key, value in element.attrib.items() if key.startswith(_REFERS)}
        found += [f"{source} names {key}, which is no relationship" for key in sorted(named - set(ids))]
    return found


def _order_faults(name: str, tree) -> list[str]:
    found = []
    for holder, order in _ORDER.items():
        for element in tree.iter(_WORD + holder):
            tags = [child.tag.removeprefix(_WORD) for child in element]
            places = [order.index(tag) for tag in tags if tag in order]
            if places != sorted(places):
                found.append(f"{name}: {holder} has {tags}")
    bookmarks = Counter(one.get(f"{_WORD}id") for one in tree.iter(f"{_WORD}bookmarkStart"))
    return found + [f"{name}: bookmark {key} twice" for key, count in bookmarks.items() if count > 1]


def fonts_of_pdf(content: bytes) -> dict[str, bool]:
    """Each font a page of the PDF draws with, and whether its outlines are inside."""
    fonts: dict[str, bool] = {}
    with pypdfium2.PdfDocument(content) as book:
        for page in book:
            for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                font = raw.FPDFTextObj_GetFont(thing.raw)
                name = create_string_buffer(raw.FPDFFont_GetBaseFontName(font, None, 0))
                raw.FPDFFont_GetBaseFontName(font, name, len(name))
                fonts[name.value.decode()] = raw.FPDFFont_GetIsEmbedded(font) == 1
    return fonts
