"""What an application does with its tables; run by ``python -m django test``."""

import datetime
import uuid
from decimal import Decimal

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections, models, transaction
from django.db.models import Avg, Count, Exists, F, Max, OuterRef, Q, StdDev, Subquery, Sum, Window
from django.db.models.functions import (
    Cast,
    Coalesce,
    Concat,
    ExtractWeekDay,
    Greatest,
    JSONObject,
    Length,
    Lower,
    Now,
    Rank,
    RowNumber,
    TruncDay,
    TruncMonth,
    Upper,
)
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from shop.models import Line, Order, Passport, Product, Tag

DETAILS = {"colour": "red", "sizes": [1, 2, {"eu": 40}], "eco": True, "none": None, "deep": {"a": {"b": "ü"}}}


def product(number: int, **values: object) -> Product:
    """A product that is in the database."""
    values = {"sku": f"P{number}", "name": f"Product {number}", "price": Decimal(number), **values}
    return Product.objects.create(**values)


class TestRows(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = User.objects.create_user("ann", "ann@example.com", "secret")
        cls.products = [product(number, stock=number * 10) for number in range(1, 6)]
        cls.red, cls.blue = Tag.objects.create(name="red"), Tag.objects.create(name="blue")
        cls.products[0].tags.add(cls.red, cls.blue)
        cls.products[1].tags.add(cls.red)
        placed = datetime.datetime(2024, 2, 29, 23, 30, tzinfo=datetime.UTC)
        for day in range(3):
            order = Order.objects.create(customer=cls.user, placed=placed + datetime.timedelta(days=day))
            Line.objects.create(order=order, product=cls.products[day], quantity=day + 1)

    def test_each_field_comes_back_as_it_was(self):
        values = {
            "description": "long\n'text' \\ % _ ü 😀",
            "size": "L",
            "price": Decimal("12345678.91"),
            "weight": 0.1,
            "stock": 2**31 - 1,
            "rank": -32768,
            "views": 2**63 - 1,
            "on_sale": False,
            "details": DETAILS,
            "picture": bytes(range(256)),
            "code": uuid.uuid4(),
            "address": "2001:db8::1",
            "lead_time": datetime.timedelta(days=2, microseconds=5),
            "since": datetime.date(2024, 2, 29),
            "opens": datetime.time(23, 59, 59, 999999),
        }
        made = product(10, **values)
        found = Product.objects.get(pk=made.pk)
        self.assertEqual({name: getattr(found, name) for name in values}, values)
        self.assertEqual(found.discounted, Decimal("6172839.46"))
        self.assertEqual(found.vat, 19)
        self.assertEqual(found.changed, made.changed)

    def test_save_update_and_delete_count_their_rows(self):
        one = self.products[3]
        one.name = "renamed"
        one.save()
        self.assertEqual(Product.objects.filter(price__gt=2).update(stock=F("stock") + 1), 3)
        self.assertEqual(Product.objects.filter(price__gt=2).update(stock=F("stock")), 3)
        one.refresh_from_db()
        self.assertEqual((one.name, one.stock), ("renamed", 41))
        self.assertEqual(Product.objects.filter(pk=one.pk).delete(), (1, {"shop.Product": 1}))
        self.assertEqual(Order.objects.all().delete()[0], 6)

    def test_bulk_statements(self):
        made = Tag.objects.bulk_create([Tag(name=f"t{number}") for number in range(250)], batch_size=100)
        self.assertEqual(len(made), 250)
        Tag.objects.bulk_create([Tag(name="t1"), Tag(name="new")], ignore_conflicts=True)
        Product.objects.bulk_create(
            [Product(sku="P1", name="upserted", price=7)], update_conflicts=True, update_fields=["name", "price"]
        )
        self.assertEqual(Tag.objects.filter(name__startswith="t").count(), 250)
        self.assertEqual(Product.objects.get(sku="P1").price, 7)
        every = list(Product.objects.all())
        for one in every:
            one.rank = one.stock + 1
        self.assertEqual(Product.objects.bulk_update(every, ["rank"]), 5)
        self.assertEqual(Product.objects.filter(rank=F("stock") + 1).count(), 5)

    def test_get_or_create_and_update_or_create(self):
        self.assertFalse(Tag.objects.get_or_create(name="red")[1])
        self.assertTrue(Tag.objects.get_or_create(name="green")[1])
        self.assertFalse(Product.objects.update_or_create(sku="P1", defaults={"stock": 0})[1])

    def test_text_is_compared_as_the_look_up_says(self):
        names = Product.objects.filter
        self.assertEqual(names(name__iexact="PRODUCT 1").count(), 1)
        self.assertEqual(names(name__exact="PRODUCT 1").count(), 1)
        self.assertEqual(names(name__contains="product").count(), 0)
        self.assertEqual(names(name__icontains="product").count(), 5)
        self.assertEqual(names(name__endswith="t 1").count(), 1)
        self.assertEqual(names(name__regex=r"^Product [1-3]$").count(), 3)
        self.assertEqual(names(name__iregex=r"^product [1-3]$").count(), 3)
        self.assertEqual(names(sku__in=["P1", "P2", "P9"]).count(), 2)
        self.assertEqual(names(price__range=(2, 4)).count(), 3)
        self.assertEqual(names(code__isnull=True).exclude(sku="P1").count(), 4)

    def test_relations_are_followed(self):
        self.assertEqual(self.red.products.count(), 2)
        self.assertEqual(Product.objects.filter(tags__name="red").exclude(tags__name="blue").get(), self.products[1])
        orders = Order.objects.select_related("customer").prefetch_related("lines__product__tags").order_by("pk")
        self.assertEqual([line.product.sku for order in orders for line in order.lines.all()], ["P1", "P2", "P3"])
        self.assertEqual(orders[0].customer.username, "ann")
        Passport.objects.create(holder=self.user, number="C01X")
        self.assertEqual(User.objects.get(passport__number="C01X").passport.number, "C01X")
        self.products[0].tags.set([self.blue])
        self.assertEqual(list(self.products[0].tags.all()), [self.blue])

    def test_aggregates_and_annotations(self):
        summary = Product.objects.aggregate(Sum("price"), Avg("price"), Max("stock"), StdDev("stock"), n=Count("*"))
        self.assertEqual(summary["price__sum"], Decimal("15.00"))
        self.assertEqual(summary["price__avg"], Decimal("3"))
        self.assertEqual((summary["stock__max"], summary["n"]), (50, 5))
        self.assertAlmostEqual(summary["stock__stddev"], 14.1421, 3)
        tagged = Product.objects.annotate(n=Count("tags")).filter(n__gt=0).order_by("-n").values_list("sku", "n")
        self.assertEqual(list(tagged), [("P1", 2), ("P2", 1)])
        self.assertEqual(Product.objects.aggregate(n=Count("tags", distinct=True, filter=Q(price__lt=2)))["n"], 2)
        days = Order.objects.annotate(day=TruncDay("placed")).values("day").annotate(n=Count("pk")).order_by("day")
        self.assertEqual([(each["day"].day, each["n"]) for each in days], [(1, 1), (2, 1), (3, 1)])
        months = Order.objects.annotate(month=TruncMonth("placed")).values_list("month", flat=True).distinct()
        self.assertEqual([month.month for month in months], [3])
        self.assertEqual(Order.objects.filter(placed__date=datetime.date(2024, 3, 1)).count(), 1)
        self.assertEqual(Order.objects.filter(placed__year=2024, placed__week_day=6).count(), 1)
        self.assertEqual(Order.objects.dates("placed", "month").count(), 1)
        self.assertEqual(Order.objects.annotate(day=ExtractWeekDay("placed")).first().day, 6)

    def test_sub_queries_windows_and_sets(self):
        ordered = Product.objects.filter(Exists(Line.objects.filter(product=OuterRef("pk"), quantity__gte=2)))
        self.assertEqual([each.sku for each in ordered.order_by("sku")], ["P2", "P3"])
        latest = Line.objects.filter(product=OuterRef("pk")).order_by("-pk").values("quantity")[:1]
        quantities = (
            Product.objects.annotate(q=Coalesce(Subquery(latest), 0)).order_by("pk").values_list("q", flat=True)
        )
        self.assertEqual(list(quantities), [1, 2, 3, 0, 0])
        ranks = Product.objects.annotate(
            rank_=Window(Rank(), order_by=F("price").desc()),
            number=Window(RowNumber(), partition_by="size", order_by="price"),
            running=Window(Sum("stock"), order_by="pk"),
        ).order_by("pk")
        self.assertEqual([(one.rank_, one.number, one.running) for one in ranks][:2], [(5, 1, 10), (4, 2, 30)])
        self.assertEqual(ranks.filter(rank_=1).get().sku, "P5")
        low, high = Product.objects.filter(price__lt=3), Product.objects.filter(price__gt=1)
        self.assertEqual(low.union(high).count(), 5)
        self.assertEqual(low.intersection(high).count(), 1)
        self.assertEqual(low.difference(high).count(), 1)
        self.assertEqual([one.sku for one in Product.objects.order_by("-price")[1:3]], ["P4", "P3"])

    def test_functions(self):
        row = Product.objects.annotate(
            upper=Upper("name"),
            both=Concat("sku", models.Value("-"), "name"),
            length=Length("name"),
            most=Greatest("stock", "vat"),
            text=Cast("price", models.CharField(max_length=20)),
            now=Now(),
            json=JSONObject(sku=Lower("sku"), n="stock"),
        ).get(sku="P1")
        self.assertEqual((row.upper, row.both, row.length, row.most), ("PRODUCT 1", "P1-Product 1", 9, 19))
        self.assertEqual((row.text, row.json), ("1.00", {"sku": "p1", "n": 10}))
        self.assertLess(abs(row.now - timezone.now()), datetime.timedelta(minutes=1))

    def test_json_is_queried(self):
        product(20, details=DETAILS)
        product(21, details={"colour": "blue", "sizes": []})
        for found, filters in (
            (1, {"details__colour": "red"}),
            (2, {"details__colour__in": ["red", "blue"]}),
            (1, {"details__sizes__2__eu": 40}),
            (1, {"details__sizes__0__lte": 1}),
            (1, {"details__eco": True}),
            (1, {"details__none": None}),
            (2, {"details__has_key": "colour"}),
            (1, {"details__has_keys": ["colour", "eco"]}),
            (2, {"details__has_any_keys": ["colour", "eco"]}),
            (1, {"details__deep__a__b__icontains": "Ü"}),
            (1, {"details__colour__startswith": "r"}),
            (1, {"details__contains": {"eco": True, "sizes": [2]}}),
            (5, {"details__colour__isnull": True}),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(Product.objects.filter(**filters).count(), found)
        ordered = Product.objects.filter(details__has_key="colour").order_by("details__colour")
        self.assertEqual(list(ordered.values_list("details__colour", flat=True)), ["blue", "red"])

    def test_constraints_are_kept(self):
        for wrong in (
            lambda: product(30, price=-1),
            lambda: product(31, sku="P1"),
            lambda: product(32, name="Product 1"),
            lambda: product(33, name=None),
            lambda: Line.objects.create(order_id=Order.objects.first().pk, product=self.products[0]),
            lambda: Tag.objects.create(name="red"),
        ):
            with self.assertRaises((IntegrityError, OperationalError)), transaction.atomic():
                wrong()
        with self.assertRaises(IntegrityError), connection.cursor() as cursor, transaction.atomic():
            cursor.execute("INSERT INTO shop_line (order_id, product_id, quantity) VALUES (999, 999, 1)")
        with self.assertRaises(DatabaseError), transaction.atomic():
            product(34, name="x" * 101)
        self.assertEqual(Product.objects.count(), 5)

    def test_transactions_nest(self):
        with transaction.atomic():
            product(40)
            with self.assertRaises(ZeroDivisionError), transaction.atomic():
                product(41)
                raise ZeroDivisionError
            self.assertEqual(Product.objects.select_for_update().filter(sku__in=["P40", "P41"]).get().sku, "P40")
            self.assertEqual(Product.objects.select_for_update(nowait=True).get(sku="P1").stock, 10)
            self.assertEqual(Product.objects.select_for_update(skip_locked=True).count(), 6)
        self.assertEqual(Product.objects.filter(sku__in=["P40", "P41"]).count(), 1)

    def test_raw_statements_and_iterators(self):
        raw = Product.objects.raw("SELECT id, sku FROM shop_product WHERE price > %s ORDER BY id", [3])
        self.assertEqual([one.sku for one in raw], ["P4", "P5"])
        self.assertEqual(len(list(Product.objects.iterator(chunk_size=2))), 5)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*), %s", ["50%"])
            self.assertEqual(cursor.fetchone(), (1, "50%"))
        self.assertTrue(Product.objects.filter(pk=1).explain())

    def test_the_schema_is_read_back(self):
        inspect = connection.introspection
        with connection.cursor() as cursor:
            self.assertIn("shop_product", inspect.table_names(cursor))
            columns = {column.name: column for column in inspect.get_table_description(cursor, "shop_product")}
            constraints = inspect.get_constraints(cursor, "shop_product")
            relations = inspect.get_relations(cursor, "shop_line")
            sequences = inspect.get_sequences(cursor, "shop_line")
        self.assertEqual(columns["name"].comment, "what customers read")
        self.assertEqual((columns["price"].precision, columns["price"].scale), (10, 2))
        self.assertEqual(inspect.get_field_type(columns["details"].type_code, columns["details"]), "JSONField")
        self.assertEqual(inspect.get_field_type(columns["stock"].type_code, columns["stock"]), "PositiveIntegerField")
        self.assertTrue(constraints["price_not_negative"]["check"])
        self.assertEqual(constraints["one_of_a_size"]["columns"], ["name", "size"])
        self.assertEqual(constraints["by_size_and_price"]["orders"], ["ASC", "DESC"])
        self.assertEqual({target[1] for target in relations.values()}, {"shop_order", "shop_product"})
        self.assertEqual(sequences, [{"table": "shop_line", "column": "id"}])

    def test_permissions_are_there(self):
        self.user.user_permissions.add(Permission.objects.get(codename="change_product"))
        self.assertTrue(User.objects.get(pk=self.user.pk).has_perm("shop.change_product"))
        self.assertEqual(ContentType.objects.get_for_model(Product).app_labeled_name, "Shop | product")


class TestTransactions(TransactionTestCase):
    def test_a_second_connection_sees_what_is_committed(self):
        other = connections.create_connection("default")
        try:
            with transaction.atomic():
                product(1)
                with other.cursor() as cursor:
                    cursor.execute("SELECT COUNT(*) FROM shop_product")
                    self.assertEqual(cursor.fetchone(), (0,))
            with other.cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM shop_product")
                self.assertEqual(cursor.fetchone(), (1,))
        finally:
            other.close()

    def test_a_locked_row_is_refused_at_once_where_asked(self):
        product(1)
        other = connections.create_connection("default")
        try:
            with transaction.atomic():
                Product.objects.select_for_update().get(sku="P1")
                with self.assertRaises(DatabaseError), other.cursor() as cursor:
                    cursor.execute("SELECT id FROM shop_product WHERE sku = 'P1' FOR UPDATE NOWAIT")
        finally:
            other.close()


class TestAdmin(TestCase):
    def test_one_logs_in_and_edits(self):
        User.objects.create_superuser("root", "root@example.com", "secret")
        page = self.client.post("/admin/login/?next=/admin/", {"username": "root", "password": "secret"}, follow=True)
        self.assertContains(page, "Site administration")
        tag = Tag.objects.create(name="red")
        form = {"sku": "A", "name": "Made by hand", "size": "S", "price": "1.50", "tags": [tag.pk]}
        self.assertRedirects(self.client.post("/admin/shop/product/add/", form), "/admin/shop/product/")
        self.assertContains(self.client.get("/admin/shop/product/?q=hand&size=S"), "Made by hand")
        made = Product.objects.get()
        self.assertContains(self.client.get(f"/admin/shop/product/{made.pk}/history/"), "Added.")
        action = {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"}
        self.assertContains(self.client.post("/admin/shop/product/", action, follow=True), "Successfully deleted 1")
        self.assertFalse(Product.objects.exists())
        self.client.post("/admin/logout/")
        self.assertEqual(self.client.get("/admin/").status_code, 302)
