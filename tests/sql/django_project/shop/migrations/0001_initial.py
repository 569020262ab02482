"""The first tables."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Passport",
            fields=[
                (
                    "holder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("number", models.CharField(max_length=9)),
            ],
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(db_comment="what customers read", db_index=True, max_length=80)),
                ("description", models.TextField(blank=True, default="")),
                ("size", models.CharField(choices=[("S", "Small"), ("L", "Large")], default="S", max_length=1)),
                ("price", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "discounted",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("price"), "*", models.Value(0.5)
                        ),
                        output_field=models.DecimalField(decimal_places=2, max_digits=10),
                    ),
                ),
                ("weight", models.FloatField(null=True)),
                ("stock", models.PositiveIntegerField(default=0)),
                ("rank", models.SmallIntegerField(default=-1)),
                ("views", models.PositiveBigIntegerField(default=0)),
                ("on_sale", models.BooleanField(null=True)),
                ("details", models.JSONField(default=dict)),
                ("picture", models.BinaryField(null=True)),
                ("code", models.UUIDField(null=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("lead_time", models.DurationField(null=True)),
                ("since", models.DateField(null=True)),
                ("opens", models.TimeField(null=True)),
                ("touched", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("placed", models.DateTimeField(db_index=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField(default=1)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="shop.order"
                    ),
                ),
                ("article", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="shop.article")),
            ],
            options={
                "unique_together": {("order", "article")},
            },
        ),
        migrations.AddField(
            model_name="order",
            name="products",
            field=models.ManyToManyField(through="shop.Line", to="shop.article"),
        ),
        migrations.AddField(
            model_name="article",
            name="tags",
            field=models.ManyToManyField(related_name="products", to="shop.tag"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["size", "-price"], name="by_size_and_price"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="price_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("name", "size"), name="one_of_a_size"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower("sku"), name="sku_in_any_case"),
        ),
    ]
