"""Rows that a migration makes."""

from django.db import migrations


def fill(apps, _schema_editor):
    apps.get_model("shop", "Tag").objects.create(name="made-by-a-migration")


def empty(apps, _schema_editor):
    apps.get_model("shop", "Tag").objects.filter(name="made-by-a-migration").delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_products")]

    operations = [migrations.RunPython(fill, empty)]
