"""A shop: each kind of field and of constraint once."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Tag(models.Model):
    name = models.SlugField(unique=True, max_length=60)

    class Meta:
        db_table = "shop_labels"


class Product(models.Model):
    class Size(models.TextChoices):
        SMALL = "S"
        LARGE = "L"

    sku = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100, db_index=True, db_comment="what customers read")
    description = models.TextField(blank=True, default="")
    size = models.CharField(max_length=1, choices=Size, default=Size.SMALL)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    discounted = models.GeneratedField(
        expression=models.F("price") * models.Value(0.5),
        output_field=models.DecimalField(max_digits=10, decimal_places=2),
        db_persist=True,
    )
    weight = models.FloatField(null=True)
    stock = models.PositiveIntegerField(default=0)
    rank = models.SmallIntegerField(default=-1)
    views = models.PositiveBigIntegerField(default=0)
    vat = models.IntegerField(db_default=19)
    on_sale = models.BooleanField(default=True)
    details = models.JSONField(default=dict)
    picture = models.BinaryField(null=True)
    code = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    lead_time = models.DurationField(null=True)
    since = models.DateField(null=True)
    opens = models.TimeField(null=True)
    changed = models.DateTimeField(auto_now=True)
    tags = models.ManyToManyField(Tag, related_name="products")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="price_not_negative"),
            models.UniqueConstraint(fields=["name", "size"], name="one_of_a_size"),
            models.UniqueConstraint(Lower("sku"), name="sku_in_any_case"),
        ]
        indexes = [models.Index(fields=["size", "-price"], name="by_size_and_price")]


class Order(models.Model):
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)
    placed = models.DateTimeField(db_index=True)
    products = models.ManyToManyField(Product, through="Line")


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveSmallIntegerField(default=1)

    class Meta:
        unique_together = [("order", "product")]


class Passport(models.Model):
    holder = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    number = models.CharField(max_length=9)
