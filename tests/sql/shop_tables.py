"""A shop as SQLAlchemy maps it: each kind of column, of key and of constraint once."""

from __future__ import annotations

import datetime
import enum
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What all tables belong to."""


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


tagging = Table(
    "tagging",
    Base.metadata,
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Product(Base):
    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("name", "size", name="one_of_a_size"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index("by_description", "description", mysql_length=20),
        Index("by_stock", "stock", "price"),
        {"comment": "what is sold", "mysql_engine": "InnoDB"},
    )

    id: Mapped[int] = mapped_column(mysql.BIGINT(unsigned=True), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), comment="what customers read")
    size: Mapped[Size] = mapped_column(Enum(Size), server_default=Size.SMALL.name)
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("'1.50'"))
    gross: Mapped[Decimal | None] = mapped_column(Numeric(12, 4), Computed("price * 1.19", persisted=True))
    stock: Mapped[int] = mapped_column(server_default="0")
    weight: Mapped[float | None] = mapped_column(mysql.DOUBLE(asdecimal=False))
    on_sale: Mapped[bool] = mapped_column(server_default=text("1"))
    flags: Mapped[set[str] | None] = mapped_column(mysql.SET("new", "old", "hot"))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    picture: Mapped[bytes | None] = mapped_column(mysql.MEDIUMBLOB)
    since: Mapped[datetime.date | None]
    lasts: Mapped[datetime.time | None] = mapped_column(mysql.TIME(fsp=3))
    made: Mapped[datetime.datetime] = mapped_column(mysql.DATETIME(fsp=6), server_default=text("CURRENT_TIMESTAMP(6)"))
    changed: Mapped[datetime.datetime] = mapped_column(
        mysql.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    )
    tags: Mapped[list[Tag]] = relationship(secondary=tagging, order_by=Tag.name)
    lines: Mapped[list[Line]] = relationship(back_populates="product")


class Order(Base):
    __tablename__ = "orders"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lines: Mapped[list[Line]] = relationship(back_populates="order", cascade="all, delete-orphan", order_by="Line.id")


class Line(Base):
    __tablename__ = "line"
    __table_args__ = (
        ForeignKeyConstraint(["country", "number"], ["orders.country", "orders.number"], name="line_of_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    product_id: Mapped[int] = mapped_column(
        ForeignKey("product.id", name="line_of_product", ondelete="RESTRICT", onupdate="CASCADE")
    )
    quantity: Mapped[int] = mapped_column(mysql.SMALLINT(unsigned=True), default=1)
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship(back_populates="lines")
