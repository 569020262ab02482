"""Functions of codes, digests and other representations of texts (MySQL 8.4 manual, 14.8, 14.13 and 14.24)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import secrets
import string
import time
import uuid
import zlib
from collections.abc import Sequence
from typing import Any, Final

from sqlglot import exp

from sockservice.collations import find_charset
from sockservice.sql import comparison as to
from sockservice.sql.collating import key_of
from sockservice.sql.errors import Refused, wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.functions.strings import told_number
from sockservice.sql.kinds import BOOLEAN, LONGEST, UNSIGNED, Kind, bytes_type, text_type, wide
from sockservice.sql.registry import for_values, function, internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sql.widths import bytes_width, text_width
from sockservice.sqltypes import SqlType

_DIGITS: Final = string.digits + string.ascii_uppercase
_ALL: Final = (1 << 64) - 1
_BASE64_LINE: Final = 76
_LONGEST_OUTPUT: Final = 64 * 1024 * 1024


def _as_bytes(arguments: Sequence[Typed]) -> SqlType:
    return SqlType("LONGBLOB" if text_width(arguments[0]) > 16_383 else "VARBINARY", text_width(arguments[0]))


@special("hex")
def _hex(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("hex")
    value = self.compile(node.expressions[0])
    if value.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE):
        return made(f"hex_of({to.as_integer(value)})", text_type(2 * text_width(value)), value, like=self.collation())
    width = text_width(value) * (8 if value.kind is Kind.TEXT else 2)
    return made(f"hex_of({to.as_binary(value)})", text_type(width), value, like=self.collation())


@internal("hex_of", 1)
@for_values
def hex_of(value: Any) -> str:
    """HEX, of a number or of bytes."""
    return str(value.hex().upper()) if isinstance(value, bytes) else f"{int(value) & _ALL:X}"


@function("unhex", "s", lambda arguments: bytes_type((bytes_width(arguments[0]) + 1) // 2), nullable=True)
def unhex(text: str) -> bytes | None:
    """UNHEX; NULL for what are no digits."""
    try:
        return binascii.unhexlify(text if len(text) % 2 == 0 else "0" + text)
    except ValueError:
        here().warn("ER_WRONG_VALUE_FOR_TYPE", "string", text[:128], "unhex")
        return None


@rule(exp.Chr)
def _char(self: Expressions, node: exp.Chr) -> Typed:
    values = [self.compile(part) for part in node.expressions]
    texts = ", ".join(map(to.as_integer, values))
    charset = node.args.get("charset")
    if not charset:
        return made(f"char_of({texts})", bytes_type(4 * len(values)), *values, nullable=True)
    found = find_charset(charset.name.lower())
    if found is None:
        raise Refused("ER_UNKNOWN_CHARACTER_SET", charset.name)
    like = Typed("", text_type(1), collation=found.default_collation, weight=to.LITERAL)
    text = f"decoded(char_of({texts}), {text_literal(found.name)})"
    return made(text, text_type(4 * len(values)), *values, nullable=True, like=like)


@internal("char_of")
def char_of(*codes: Any) -> bytes:
    """CHAR(): NULLs are left out."""
    numbers = [int(code) & 0xFFFFFFFF for code in codes if code is not None]
    return b"".join(number.to_bytes(max((number.bit_length() + 7) // 8, 1), "big") for number in numbers)


@internal("decoded", 2)
@for_values
def decoded(data: bytes, name: str) -> str | None:
    """Bytes as a text of a character set; NULL for what is none."""
    charset = find_charset(name)
    try:
        return data.decode(charset.codec) if charset is not None else None
    except UnicodeError:
        here().warn("ER_INVALID_CHARACTER_STRING", name, data.hex().upper())
        return None


@function("conv", "wii", text_type(65), nullable=True)
def convert_base(text: str, base: Any, wanted: Any) -> str | None:
    """CONV: a number in another base; a negative base to is signed."""
    source, target = abs(int(base)), abs(int(wanted))
    if not (2 <= source <= 36 and 2 <= target <= 36) or not text:
        return None
    body = text.strip()
    negative = body.startswith("-")
    allowed = _DIGITS[:source]
    digits = ""
    for letter in body.lstrip("+-").upper():
        if letter not in allowed:
            break
        digits += letter
    number = min(int(digits or "0", source), _ALL)
    if negative:
        number = -number
    if int(wanted) > 0:
        number &= _ALL
    elif number > _ALL >> 1:
        number -= _ALL + 1
    return ("-" if number < 0 else "") + _in_base(abs(number), target)


def _in_base(number: int, base: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, base)
        text = _DIGITS[digit] + text
    return text or "0"


@function("bin", "w", text_type(65), nullable=True)
def binary_digits(text: str) -> str | None:
    """BIN."""
    return convert_base(text, 10, 2)


@function("oct", "w", text_type(65), nullable=True)
def octal_digits(text: str) -> str | None:
    """OCT."""
    return convert_base(text, 10, 8)


def _base64_type(arguments: Sequence[Typed]) -> SqlType:
    length = (bytes_width(arguments[0]) + 2) // 3 * 4
    return text_type(length + max(length - 1, 0) // _BASE64_LINE)


@function("to_base64", "b", _base64_type)
def to_base64(data: bytes) -> str:
    """TO_BASE64, in lines of 76 characters."""
    text = base64.b64encode(data).decode()
    return "\n".join(text[at : at + _BASE64_LINE] for at in range(0, len(text), _BASE64_LINE))


@function("from_base64", "s", lambda arguments: bytes_type((bytes_width(arguments[0]) + 3) // 4 * 3), nullable=True)
def from_base64(text: str) -> bytes | None:
    """FROM_BASE64; NULL for what is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None


@function("md5", "b", text_type(32))
def md5(data: bytes) -> str:
    """MD5."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


@function("sha1 sha", "b", text_type(40))
def sha1(data: bytes) -> str:
    """SHA1."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def _digest_type(arguments: Sequence[Typed]) -> SqlType:
    bits = told_number(arguments[1])
    if bits is None:
        return text_type(128)
    return text_type(bits // 4 if bits in (224, 384, 512) else 64)


@function("sha2", "bi", _digest_type, nullable=True)
def sha2(data: bytes, bits: Any) -> str | None:
    """SHA2; NULL for a length that there is not."""
    make = {0: hashlib.sha256, 224: hashlib.sha224, 256: hashlib.sha256, 384: hashlib.sha384, 512: hashlib.sha512}
    found = make.get(int(bits))
    return None if found is None else found(data).hexdigest()


@function("crc32", "b", SqlType("BIGINT", 10, unsigned=True))
def crc32(data: bytes) -> int:
    """CRC32."""
    return zlib.crc32(data)


def _compressed_type(arguments: Sequence[Typed]) -> SqlType:
    """What zlib needs at most, and MySQL's five bytes."""
    length = bytes_width(arguments[0])
    return bytes_type(length + (length >> 12) + (length >> 14) + (length >> 25) + 13 + 5)


@function("compress", "b", _compressed_type)
def compress(data: bytes) -> bytes:
    """COMPRESS: four bytes of length before what zlib makes."""
    return len(data).to_bytes(4, "little") + zlib.compress(data) if data else b""


@function("uncompress", "b", bytes_type(LONGEST), nullable=True)
def uncompress(data: bytes) -> bytes | None:
    """UNCOMPRESS; NULL for what was not compressed."""
    if not data:
        return b""
    try:
        return zlib.decompressobj().decompress(data[4:], _LONGEST_OUTPUT)
    except zlib.error:
        here().warn("ER_ZLIB_Z_DATA_ERROR")
        return None


@function("uncompressed_length", "b", SqlType("BIGINT", 10))
def uncompressed_length(data: bytes) -> int:
    """UNCOMPRESSED_LENGTH."""
    return int.from_bytes(data[:4], "little") & 0x3FFFFFFF if len(data) > 4 else 0


@function("soundex", "s", lambda arguments: text_type(max(text_width(arguments[0]), 4)))
def soundex(text: str) -> str:
    """SOUNDEX, as long as it takes."""
    codes = {**dict.fromkeys("BFPV", "1"), **dict.fromkeys("CGJKQSXZ", "2"), **dict.fromkeys("DT", "3")}
    codes |= {"L": "4", **dict.fromkeys("MN", "5"), "R": "6"}
    letters = [letter for letter in text.upper() if letter.isalpha()]
    if not letters:
        return ""
    told, last = letters[0], codes.get(letters[0], "")
    for letter in letters[1:]:
        code = codes.get(letter, "")
        if letter in "HW":
            continue
        if code and code != last:
            told += code
        last = code
    return told.ljust(4, "0")


@rule(exp.Soundex)
def _soundex(self: Expressions, node: exp.Soundex) -> Typed:
    value = self.compile(node.this)
    return made(f"f_soundex({to.as_text(value)})", text_type(text_width(value)), value, like=self.collation(value))


@function("inet_aton", "s", UNSIGNED, nullable=True)
def inet_aton(text: str) -> int | None:
    """INET_ATON: one to four numbers; the last one is the last byte."""
    parts = text.split(".")
    if not 1 <= len(parts) <= 4 or not all(part.isdecimal() and int(part) < 256 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    filled = [*numbers[:-1], *[0] * (4 - len(numbers)), numbers[-1]]
    return int.from_bytes(bytes(filled), "big")


@function("inet_ntoa", "i", text_type(31), nullable=True)
def inet_ntoa(number: Any) -> str | None:
    """INET_NTOA."""
    value = int(number)
    return ".".join(map(str, value.to_bytes(4, "big"))) if 0 <= value < 1 << 32 else None


@function("inet6_aton", "s", lambda _: bytes_type(16), nullable=True)
def inet6_aton(text: str) -> bytes | None:
    """INET6_ATON, of both kinds of addresses."""
    address = _address(text)
    return None if address is None else address.packed


@function("inet6_ntoa", "b", text_type(39), nullable=True)
def inet6_ntoa(data: bytes) -> str | None:
    """INET6_NTOA."""
    if len(data) not in (4, 16):
        return None
    address = ipaddress.ip_address(data)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(address) if mapped is None else f"::ffff:{mapped}"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text is, without a zone; None for what is none."""
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


@function("is_ipv4", "s", BOOLEAN, nulls=True)
def is_ipv4(text: str | None) -> int:
    """IS_IPV4."""
    return int(text is not None and isinstance(_address(text), ipaddress.IPv4Address))


@function("is_ipv6", "s", BOOLEAN, nulls=True)
def is_ipv6(text: str | None) -> int:
    """IS_IPV6."""
    return int(text is not None and isinstance(_address(text), ipaddress.IPv6Address))


@function("is_ipv4_compat", "b", BOOLEAN)
def is_ipv4_compat(data: bytes) -> int:
    """IS_IPV4_COMPAT, of what INET6_ATON gives."""
    return int(len(data) == 16 and not any(data[:12]) and any(data[12:15]))


@function("is_ipv4_mapped", "b", BOOLEAN)
def is_ipv4_mapped(data: bytes) -> int:
    """IS_IPV4_MAPPED, of what INET6_ATON gives."""
    return int(len(data) == 16 and data[:12] == bytes(10) + b"\xff\xff")


@function("load_file", "s", bytes_type(LONGEST), nullable=True)
def load_file(name: str) -> None:
    """LOAD_FILE: no file may be read."""


@function("uuid", "", text_type(36), nulls=True, pure=False)
def make_uuid() -> str:
    """UUID, of the first version."""
    return str(uuid.uuid1(clock_seq=secrets.randbits(14)))


@function("uuid_short", "", UNSIGNED, nulls=True, pure=False)
def uuid_short() -> Any:
    """UUID_SHORT: a number that grows."""
    return wide((time.time_ns() >> 4) & _ALL)


@function("is_uuid", "s", BOOLEAN)
def is_uuid(text: str) -> int:
    """IS_UUID."""
    try:
        uuid.UUID(text)
    except ValueError:
        return 0
    return int(len(text.strip("{}")) in (32, 36))


@function("uuid_to_bin", "s|i", bytes_type(16))
def uuid_to_bin(text: str, swap: Any = 0) -> bytes:
    """UUID_TO_BIN, the parts of time swapped if asked.

    Raises:
        Refused: 1411: it is none.
    """
    try:
        data = uuid.UUID(text).bytes
    except ValueError:
        raise Refused("ER_WRONG_VALUE_FOR_TYPE", "string", text, "uuid_to_bin") from None
    return data[6:8] + data[4:6] + data[:4] + data[8:] if swap else data


@function("bin_to_uuid", "b|i", text_type(36))
def bin_to_uuid(data: bytes, swap: Any = 0) -> str:
    """BIN_TO_UUID.

    Raises:
        Refused: 1411: it is none.
    """
    if len(data) != 16:
        raise Refused("ER_WRONG_VALUE_FOR_TYPE", "string", data.hex(), "bin_to_uuid")
    return str(uuid.UUID(bytes=data[4:8] + data[2:4] + data[:2] + data[8:] if swap else data))


@function("random_bytes", "i", bytes_type(1024), pure=False)
def random_bytes(count: Any) -> bytes:
    """RANDOM_BYTES.

    Raises:
        Refused: 1690: not 1 to 1024.
    """
    if not 1 <= int(count) <= 1024:
        raise Refused("ER_DATA_OUT_OF_RANGE", "length", "random_bytes")
    return secrets.token_bytes(int(count))


@function("weight_string", "s", _as_bytes, collated=True)
def weight_string(text: str, collation: str) -> bytes:
    """WEIGHT_STRING: what a text is compared by; its bytes are not MySQL's."""
    return key_of(collation)(text).encode("utf-8", "replace")
