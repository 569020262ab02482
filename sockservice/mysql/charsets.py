"""Character sets: from a collation's number or a name to a Python codec.

A handshake names a collation by a number of one byte, ``SET NAMES`` names a character set, and a column definition
carries a collation's number again; texts are encoded and decoded in between. Only collations below 256 are
here: no handshake can name the others, and no column definition is sent with one.
"""

from __future__ import annotations

import functools
from typing import Final

import attrs

# charset, Python codec, bytes of its longest character | number:collation, the default one first.
# A collation's full name is the charset's, an underscore, and what stands here.
_TABLE: Final = """
armscii8 ascii 1 | 32:general_ci 64:bin
ascii ascii 1 | 11:general_ci 65:bin
big5 big5hkscs 2 | 1:chinese_ci 84:bin
binary utf-8 1 | 63:binary
cp1250 cp1250 1 | 26:general_ci 34:czech_cs 44:croatian_ci 66:bin 99:polish_ci
cp1251 cp1251 1 | 51:general_ci 14:bulgarian_ci 23:ukrainian_ci 50:bin 52:general_cs
cp1256 cp1256 1 | 57:general_ci 67:bin
cp1257 cp1257 1 | 59:general_ci 29:lithuanian_ci 58:bin
cp850 cp850 1 | 4:general_ci 80:bin
cp852 cp852 1 | 40:general_ci 81:bin
cp866 cp866 1 | 36:general_ci 68:bin
cp932 cp932 2 | 95:japanese_ci 96:bin
dec8 latin-1 1 | 3:swedish_ci 69:bin
eucjpms euc_jp 3 | 97:japanese_ci 98:bin
euckr euc_kr 2 | 19:korean_ci 85:bin
gb18030 gb18030 4 | 248:chinese_ci 249:bin 250:unicode_520_ci
gb2312 gb2312 2 | 24:chinese_ci 86:bin
gbk gbk 2 | 28:chinese_ci 87:bin
geostd8 ascii 1 | 92:general_ci 93:bin
greek iso8859-7 1 | 25:general_ci 70:bin
hebrew iso8859-8 1 | 16:general_ci 71:bin
hp8 hp-roman8 1 | 6:english_ci 72:bin
keybcs2 ascii 1 | 37:general_ci 73:bin
koi8r koi8-r 1 | 7:general_ci 74:bin
koi8u koi8-u 1 | 22:general_ci 75:bin
latin1 cp1252 1 | 8:swedish_ci 5:german1_ci 15:danish_ci 31:german2_ci 47:bin 48:general_ci 49:general_cs
      94:spanish_ci
latin2 iso8859-2 1 | 9:general_ci 2:czech_cs 21:hungarian_ci 27:croatian_ci 77:bin
latin5 iso8859-9 1 | 30:turkish_ci 78:bin
latin7 iso8859-13 1 | 41:general_ci 20:estonian_cs 42:general_cs 79:bin
macce mac-latin2 1 | 38:general_ci 43:bin
macroman mac-roman 1 | 39:general_ci 53:bin
sjis shift_jis 2 | 13:japanese_ci 88:bin
swe7 ascii 1 | 10:swedish_ci 82:bin
tis620 tis_620 1 | 18:thai_ci 89:bin
ucs2 utf-16-be 2 | 35:general_ci 90:bin 128:unicode_ci 129:icelandic_ci 130:latvian_ci 131:romanian_ci
      132:slovenian_ci 133:polish_ci 134:estonian_ci 135:spanish_ci 136:swedish_ci 137:turkish_ci 138:czech_ci
      139:danish_ci 140:lithuanian_ci 141:slovak_ci 142:spanish2_ci 143:roman_ci 144:persian_ci 145:esperanto_ci
      146:hungarian_ci 147:sinhala_ci 148:german2_ci 149:croatian_ci 150:unicode_520_ci 151:vietnamese_ci
      159:general_mysql500_ci
ujis euc_jp 3 | 12:japanese_ci 91:bin
utf16 utf-16-be 4 | 54:general_ci 55:bin 101:unicode_ci 102:icelandic_ci 103:latvian_ci 104:romanian_ci
      105:slovenian_ci 106:polish_ci 107:estonian_ci 108:spanish_ci 109:swedish_ci 110:turkish_ci 111:czech_ci
      112:danish_ci 113:lithuanian_ci 114:slovak_ci 115:spanish2_ci 116:roman_ci 117:persian_ci 118:esperanto_ci
      119:hungarian_ci 120:sinhala_ci 121:german2_ci 122:croatian_ci 123:unicode_520_ci 124:vietnamese_ci
utf16le utf-16-le 4 | 56:general_ci 62:bin
utf32 utf-32-be 4 | 60:general_ci 61:bin 160:unicode_ci 161:icelandic_ci 162:latvian_ci 163:romanian_ci
      164:slovenian_ci 165:polish_ci 166:estonian_ci 167:spanish_ci 168:swedish_ci 169:turkish_ci 170:czech_ci
      171:danish_ci 172:lithuanian_ci 173:slovak_ci 174:spanish2_ci 175:roman_ci 176:persian_ci 177:esperanto_ci
      178:hungarian_ci 179:sinhala_ci 180:german2_ci 181:croatian_ci 182:unicode_520_ci 183:vietnamese_ci
utf8mb3 utf-8 3 | 33:general_ci 76:tolower_ci 83:bin 192:unicode_ci 193:icelandic_ci 194:latvian_ci
      195:romanian_ci 196:slovenian_ci 197:polish_ci 198:estonian_ci 199:spanish_ci 200:swedish_ci 201:turkish_ci
      202:czech_ci 203:danish_ci 204:lithuanian_ci 205:slovak_ci 206:spanish2_ci 207:roman_ci 208:persian_ci
      209:esperanto_ci 210:hungarian_ci 211:sinhala_ci 212:german2_ci 213:croatian_ci 214:unicode_520_ci
      215:vietnamese_ci 223:general_mysql500_ci
utf8mb4 utf-8 4 | 255:0900_ai_ci 45:general_ci 46:bin 224:unicode_ci 225:icelandic_ci 226:latvian_ci
      227:romanian_ci 228:slovenian_ci 229:polish_ci 230:estonian_ci 231:spanish_ci 232:swedish_ci 233:turkish_ci
      234:czech_ci 235:danish_ci 236:lithuanian_ci 237:slovak_ci 238:spanish2_ci 239:roman_ci 240:persian_ci
      241:esperanto_ci 242:hungarian_ci 243:sinhala_ci 244:german2_ci 245:croatian_ci 246:unicode_520_ci
      247:vietnamese_ci
"""
_CONTINUED: Final = "      "
_LONG: Final = 64 * 1024
"""Bytes or characters of a text whose mistakes may be found one by one, at half a microsecond each."""
_QUICK: Final = frozenset(["utf-8", "ascii"])
"""The codecs that find any number of mistakes at once."""


@attrs.frozen
class Charset:
    """A character set.

    Attributes:
        name: MySQL's name, for example ``latin1``.
        codec: Python's name for it, for example ``cp1252``.
        max_length: bytes of its longest character.
        default_collation_id: the number of the collation that it has where none is given.
    """

    name: str
    codec: str
    max_length: int
    default_collation_id: int

    def decode(self, data: bytes) -> str:
        """Text that a client sent.

        Bytes that are no text in this set (as in ``_binary'...'``) survive as surrogates, which :meth:`encode`
        turns back into the same bytes; the few that cannot become replacement characters. Of a long text with
        such bytes only what is ASCII is read, so that it takes no longer than any other.
        """
        long = len(data) > _LONG and self.codec not in _QUICK
        try:
            return data.decode(self.codec, "strict" if long else "surrogateescape")
        except UnicodeError:
            return data.decode("ascii", "surrogateescape") if long else data.decode(self.codec, "replace")

    def encode(self, text: str) -> bytes:
        """Text for a client. As MySQL does, a character that the set does not have becomes ``?``."""
        long = len(text) > _LONG and self.codec not in _QUICK
        try:
            return text.encode(self.codec, "strict" if long else "surrogateescape")
        except UnicodeError:
            return self._encode_long(text) if long else text.encode(self.codec, "replace")

    def _encode_long(self, text: str) -> bytes:
        try:
            return text.encode("ascii", "surrogateescape")  # what decode() made of it
        except UnicodeError:
            without_surrogates = text.encode("utf-8", "replace").decode("utf-8")
            return without_surrogates.encode(self.codec, "replace")


@attrs.frozen
class Collation:
    """A collation.

    Attributes:
        collation_id: its number.
        name: for example ``utf8mb4_0900_ai_ci``.
        charset: what it orders.
    """

    collation_id: int
    name: str
    charset: Charset


@functools.cache
def _tables() -> tuple[dict[str, Charset], dict[int, Collation]]:
    charsets: dict[str, Charset] = {}
    collations: dict[int, Collation] = {}
    for line in _TABLE.strip().replace("\n" + _CONTINUED, " ").splitlines():
        head, tail = line.split(" | ")
        name, codec, length = head.split()
        entries = [(int(number), short) for number, short in (entry.split(":") for entry in tail.split())]
        charset = charsets[name] = Charset(name, codec, int(length), entries[0][0])
        for number, short in entries:
            collations[number] = Collation(number, name if short == name else f"{name}_{short}", charset)
    charsets["utf8"] = charsets["utf8mb3"]
    return charsets, collations


def charset(name: object) -> Charset | None:
    """The character set of this name, whatever its case; None where MySQL has none."""
    return _tables()[0].get(str(name).lower())


def collation(collation_id: int) -> Collation:
    """The collation of this number; MySQL's default one for a number that stands for none, as MySQL does."""
    known = _tables()[1]
    return known.get(collation_id) or known[DEFAULT_COLLATION_ID]


def client_collation(collation_id: int) -> Collation:
    """The collation that a handshake names, or the default one where it may not: statements are not in UTF-16."""
    known = collation(collation_id)
    return collation(DEFAULT_COLLATION_ID) if known.charset.codec.startswith(("utf-16", "utf-32")) else known


DEFAULT_COLLATION_ID: Final = 255
"""``utf8mb4_0900_ai_ci``, the default of MySQL 8."""

UTF8MB4: Final = collation(DEFAULT_COLLATION_ID).charset
BINARY_ID: Final = 63
"""The collation of what is no text: numbers, dates, BLOBs."""
