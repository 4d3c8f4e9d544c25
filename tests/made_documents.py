"""Made-up documents of every type, small and real enough for the programs that read them."""

import zipfile
from io import BytesIO

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

DOCX_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def zipped(**files: bytes | str) -> bytes:
    """A packed file; ``__`` in a name stands for ``/``, ``_DOT_`` for a dot."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return packed.getvalue()


def word(*paragraphs: str, header: str = "", cell: str = "") -> bytes:
    """A Word document."""
    made = docx.Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    if header:
        made.sections[0].header.paragraphs[0].text = header
    if cell:
        made.add_table(1, 1).cell(0, 0).text = cell
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def pdf(text: str = "", password: str = "") -> bytes:
    """A PDF of one page; without text it is like a scan."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    if text:
        kind = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        font = DictionaryObject({NameObject(name): NameObject(value) for name, value in kind.items()})
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 10 200 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def excel(text: str = "In a cell") -> bytes:
    """An Excel workbook with one text."""
    sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    files: dict[str, bytes | str] = {
        "[Content_Types]_DOT_xml": DOCX_TYPES,
        "xl__workbook_DOT_xml": f'<workbook xmlns="{sheet}"/>',
        "xl__sharedStrings_DOT_xml": f'<sst xmlns="{sheet}"><si><t>{text}</t></si></sst>',
    }
    return zipped(**files)


def open_document(text: str = "In a paragraph", mimetype: str = "application/vnd.oasis.opendocument.text") -> bytes:
    """An OpenDocument text."""
    of_text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    content = f'<body xmlns:t="{of_text}"><t:p>{text.replace(" ", "<t:s/>", 1)}</t:p></body>'
    return zipped(mimetype=mimetype, content_DOT_xml=content)


def with_macros(content: bytes) -> bytes:
    """The same Word document with a program in it."""
    packed = BytesIO(content)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    return packed.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPG = b"\xff\xd8\xff\xe0" + bytes(20)
