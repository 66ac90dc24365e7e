"""JSON as it is read: what is no text, or is nested without end, is refused as unreadable like any other broken body."""

import json

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class PlainJSONParser(JSONParser):
    """JSON may spell half of a character (a lone surrogate), which neither a database nor an answer can hold."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            said = super().parse(stream, media_type, parser_context)
            json.dumps(said, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError("请求读不懂：内容套得太深，或者里面有半个字符。") from None
        return said
