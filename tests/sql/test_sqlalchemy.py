"""SQLAlchemy's ORM and reflection, and Alembic's migrations, on our server and on a real MariaDB."""

from __future__ import annotations

import datetime
import re
import shutil
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from installed import driver
from outcomes import Address

driver("sqlalchemy")
driver("alembic")

from alembic import command  # noqa: E402
from alembic.config import Config  # noqa: E402
from alembic.util.exc import CommandError  # noqa: E402
from shop_tables import Base, Line, Order, Product, Size, Tag  # noqa: E402
from sqlalchemy import (  # noqa: E402
    URL,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    exc,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.mysql import insert as mysql_insert  # noqa: E402
from sqlalchemy.orm import Session, joinedload, selectinload  # noqa: E402

DETAILS = {"colour": "red", "sizes": [1, 2.5], "deep": {"ü": None}}


DRIVERS = {"pymysql": "pymysql", "mysqlconnector": "mysql.connector", "mysqldb": "MySQLdb"}
"""The modules, by SQLAlchemy's names."""


@pytest.fixture(params=[*(f"ours {name}" for name in DRIVERS), "reference pymysql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The connections to an empty database."""
    server, dbapi = request.param.split()
    driver(DRIVERS[dbapi])
    address: Address = request.getfixturevalue(server)
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS alchemy")
        cursor.execute("CREATE DATABASE alchemy CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    arguments = {"collation": "utf8mb4_general_ci"} if dbapi == "mysqlconnector" else {}
    url = URL.create(f"mysql+{dbapi}", address.user, address.password, address.host, address.port, "alchemy")
    made = create_engine(url, connect_args=arguments)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session with three products, two tags and an order."""
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        red, blue = Tag(name="red"), Tag(name="blue")
        products = [Product(name=f"Product {n}", price=Decimal(n), stock=n * 10) for n in range(1, 4)]
        products[0].tags, products[1].tags = [red, blue], [red]
        lines = [Line(product=product, quantity=n) for n, product in enumerate(products[:2], 1)]
        made.add_all([*products, Order(country="DE", number=7, lines=lines)])
        made.commit()
        yield made


def count(session: Session, entity: type[Base]) -> int | None:
    return session.scalar(select(func.count()).select_from(entity))


def test_each_column_comes_back_as_it_was(session):
    values = {
        "name": "long 'text' \\ % _ ü 😀",
        "size": Size.LARGE,
        "description": "\n" * 1000,
        "price": Decimal("12345678.91"),
        "stock": -(2**31),
        "weight": 0.1,
        "on_sale": False,
        "flags": {"new", "hot"},
        "details": DETAILS,
        "picture": bytes(range(256)) * 300,
        "since": datetime.date(2024, 2, 29),
        "lasts": datetime.time(23, 59, 59, 995000),
    }
    product = Product(**values)
    session.add(product)
    session.commit()
    session.refresh(product)
    assert {name: getattr(product, name) for name in values} == values
    assert product.gross == Decimal("14691358.0") + Decimal("-0.0971")
    assert abs(product.made - product.changed) < datetime.timedelta(seconds=3)


def test_defaults_of_the_server_come_back(session):
    product = Product(name="plain")
    session.add(product)
    session.flush()
    assert (product.size, product.price, product.stock, product.on_sale) == (Size.SMALL, Decimal("1.50"), 0, True)
    assert product.id == 4


def test_relationships_are_loaded_each_way(session):
    session.expire_all()
    query = select(Order).options(selectinload(Order.lines).joinedload(Line.product).selectinload(Product.tags))
    order = session.scalars(query).one()
    assert [[tag.name for tag in line.product.tags] for line in order.lines] == [["blue", "red"], ["red"]]
    both = session.scalars(select(Product).options(joinedload(Product.lines)).order_by(Product.id)).unique().all()
    assert [len(product.lines) for product in both] == [1, 1, 0]
    assert session.scalars(select(Product).where(Product.tags.any(Tag.name == "BLUE"))).one().name == "Product 1"
    order.lines.pop()
    session.commit()
    assert count(session, Line) == 1
    session.delete(order)
    session.commit()
    assert count(session, Line) == 0


def test_queries_count_rank_and_combine(session):
    total = func.sum(Line.quantity * Product.price)
    query = select(Order.country, total).join(Order.lines).join(Line.product).group_by(Order.country).having(total > 1)
    assert session.execute(query).one() == ("DE", Decimal("5.00"))
    ranked = select(Product.name, func.rank().over(order_by=Product.price.desc()).label("place")).subquery()
    assert session.execute(select(ranked.c.name).where(ranked.c.place == 1)).scalar_one() == "Product 3"
    cte = select(Product.id.label("n")).where(Product.id == 1).cte(recursive=True)
    numbers = cte.union_all(select(cte.c.n + 1).where(cte.c.n < 5))
    assert session.scalars(select(numbers.c.n)).all() == [1, 2, 3, 4, 5]
    names = select(Tag.name).union(select(Product.name)).order_by("name").limit(2)
    assert session.scalars(names).all() == ["blue", "Product 1"]
    assert session.scalars(select(Product.name).where(Product.name.regexp_match("[23]$"))).all() == [
        "Product 2",
        "Product 3",
    ]
    session.execute(update(Product).values(details=DETAILS).where(Product.id == 2))
    assert session.scalars(select(Product.id).where(Product.details["colour"].as_string() == "red")).all() == [2]
    assert session.scalars(select(Product.details["sizes", 1].as_float()).where(Product.id == 2)).one() == 2.5


def test_bulk_statements(session):
    session.execute(insert(Tag), [{"name": f"t{number}"} for number in range(1000)])
    assert count(session, Tag) == 1002
    upsert = mysql_insert(Tag).values([{"name": "t1"}, {"name": "new"}])
    session.execute(upsert.on_duplicate_key_update(name=func.concat(upsert.inserted.name, "!")))
    assert session.scalars(select(Tag.name).where(Tag.name.in_(["t1", "t1!", "new"])).order_by(Tag.name)).all() == [
        "new",
        "t1!",
    ]
    assert session.execute(update(Tag).where(Tag.name.like("t%")).values(name=Tag.name + "x")).rowcount == 1000
    assert session.execute(delete(Tag).where(Tag.name.endswith("x", autoescape=True))).rowcount == 1000


def test_savepoints_and_rollbacks(session):
    with pytest.raises(exc.IntegrityError), session.begin_nested():
        session.add(Tag(name="red"))
    session.add(Tag(name="green"))
    with session.begin_nested() as nested:
        session.add(Tag(name="lost"))
        session.flush()
        nested.rollback()
    session.commit()
    assert session.scalars(select(Tag.name).order_by(Tag.name)).all() == ["blue", "green", "red"]
    session.add(Tag(name="never"))
    session.flush()
    session.rollback()
    assert count(session, Tag) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO product (name, price) VALUES ('cheap', -1)",
        "INSERT INTO product (name) VALUES ('Product 1')",
        "INSERT INTO product (name) VALUES (NULL)",
        "INSERT INTO line (country, number, product_id, quantity) VALUES ('DE', 8, 1, 1)",
        "DELETE FROM product WHERE id = 1",
    ],
)
def test_constraints_are_kept(session, statement):
    with pytest.raises((exc.IntegrityError, exc.OperationalError, exc.DatabaseError)) as refused:
        session.execute(text(statement))
    assert refused.value.orig.args[0] in (3819, 4025, 1062, 1048, 1452, 1451)


def test_a_locked_row_is_waited_for(session, engine):
    product = session.scalars(select(Product).where(Product.id == 1).with_for_update()).one()

    def sell() -> None:
        with Session(engine) as other:
            other.execute(update(Product).where(Product.id == 1).values(stock=Product.stock - 1))
            other.commit()

    thread = threading.Thread(target=sell)
    thread.start()
    product.stock = 5
    session.commit()
    thread.join(120)
    session.expire_all()
    assert product.stock == 4


def shown(kind: object) -> str:
    """A type without what MariaDB adds: widths of numbers, and JSON is a text there."""
    written = re.sub(r"(BIGINT|INTEGER)\(display_width=\d+(?:, )?", r"\1(", repr(kind))
    return "JSON()" if written.startswith("LONGTEXT") else written


def test_the_schema_is_reflected(session, engine):
    seen = inspect(engine)
    assert "alchemy" in seen.get_schema_names()
    assert sorted(seen.get_table_names()) == ["line", "orders", "product", "tag", "tagging"]
    columns = {column["name"]: column for column in seen.get_columns("product")}
    assert {name: shown(column["type"]) for name, column in columns.items()} == {
        "id": "BIGINT(unsigned=True)",
        "name": "VARCHAR(length=100)",
        "size": "ENUM('SMALL', 'LARGE')",
        "description": "TEXT()",
        "price": "DECIMAL(precision=10, scale=2)",
        "gross": "DECIMAL(precision=12, scale=4)",
        "stock": "INTEGER()",
        "weight": "DOUBLE(asdecimal=True)",
        "on_sale": "TINYINT(display_width=1)",
        "flags": "SET('new', 'old', 'hot')",
        "details": "JSON()",
        "picture": "MEDIUMBLOB()",
        "since": "DATE()",
        "lasts": "TIME(fsp=3)",
        "made": "DATETIME(fsp=6)",
        "changed": "TIMESTAMP()",
    }
    assert columns["name"]["comment"] == "what customers read"
    assert columns["id"]["autoincrement"] is True
    assert columns["gross"]["computed"]["persisted"] is True
    assert [name for name, column in columns.items() if not column["nullable"]] == [
        "id", "name", "size", "price", "stock", "on_sale", "made", "changed",
    ]  # fmt: skip
    assert columns["size"]["default"] == "'SMALL'"
    assert "current_timestamp" in columns["changed"]["default"].lower()
    assert seen.get_pk_constraint("tagging")["constrained_columns"] == ["product_id", "tag_id"]
    assert {index["name"]: index["column_names"] for index in seen.get_indexes("product")} == {
        "by_description": ["description"],
        "by_stock": ["stock", "price"],
        "one_of_a_size": ["name", "size"],
    }
    assert [unique["name"] for unique in seen.get_unique_constraints("product")] == ["one_of_a_size"]
    assert [check["name"] for check in seen.get_check_constraints("product")] == ["price_not_negative"]
    assert seen.get_table_comment("product") == {"text": "what is sold"}
    keys = {key["name"]: key for key in seen.get_foreign_keys("line")}
    assert keys["line_of_order"]["referred_columns"] == ["country", "number"]
    assert keys["line_of_product"]["options"] in (
        {"onupdate": "CASCADE"},
        {"onupdate": "CASCADE", "ondelete": "RESTRICT"},
    )


def test_reflected_tables_can_be_made_again(session, engine):
    found = MetaData()
    found.reflect(engine)
    session.close()
    found.drop_all(engine)
    assert inspect(engine).get_table_names() == []
    found.create_all(engine)
    again = MetaData()
    again.reflect(engine)
    for name, table in found.tables.items():
        assert [repr(column.type) for column in table.columns] == [
            repr(column.type) for column in again.tables[name].columns
        ]


@pytest.fixture
def alembic(engine: Engine, tmp_path: Path) -> Iterator[Config]:
    """A folder of migrations, none yet."""
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    config.set_main_option("path_separator", "os")
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("alembic_env.py"), tmp_path / "migrations" / "env.py")
    template = Path(config.get_template_directory()) / "generic" / "script.py.mako"
    shutil.copy(template, tmp_path / "migrations" / "script.py.mako")
    with engine.connect() as connection:
        config.attributes.update(connection=connection, metadata=Base.metadata)
        yield config


def changed_tables() -> MetaData:
    """The same tables after some time."""
    changed = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(changed)
    tag, product = changed.tables["tag"], changed.tables["product"]
    tag.append_column(Column("note", String(20), nullable=False, server_default="none", comment="new"))
    tag.append_column(Column("parent_id", ForeignKey("tag.id", name="tag_of_tag", ondelete="SET NULL")))
    tag.c.name.type = String(60)
    product.c.stock.server_default = None
    product.c.weight.nullable = False
    product.c.name.comment = "what everybody reads"
    product.indexes -= {index for index in product.indexes if index.name == "by_stock"}
    Index("by_price", product.c.price.desc(), product.c.id)
    Table("colour", changed, Column("id", Integer, primary_key=True), Column("name", String(20), index=True))
    return changed


def test_alembic_upgrades_and_downgrades(alembic, engine):
    command.revision(alembic, "first", autogenerate=True)
    command.upgrade(alembic, "head")
    command.check(alembic)
    alembic.attributes["metadata"] = changed_tables()
    command.revision(alembic, "second", autogenerate=True)
    command.upgrade(alembic, "head")
    command.check(alembic)
    assert [key["name"] for key in inspect(engine).get_foreign_keys("tag")] == ["tag_of_tag"]
    alembic.attributes["metadata"] = Base.metadata
    command.downgrade(alembic, "-1")
    with pytest.raises(CommandError, match="not up to date"):
        command.check(alembic)
    assert "colour" not in inspect(engine).get_table_names()
    command.downgrade(alembic, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
