"""Changes of tables that hold rows, each way that Django has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.RenameModel("Article", "Product"),
        migrations.RenameField("Line", "article", "product"),
        migrations.RenameField("Product", "touched", "changed"),
        migrations.AlterField(
            "Product",
            "name",
            models.CharField(max_length=100, db_index=True, db_comment="what customers read"),
        ),
        migrations.AlterField("Product", "on_sale", models.BooleanField(default=True)),
        migrations.AddField("Product", "minimum", models.IntegerField(default=1)),
        migrations.AddField("Product", "vat", models.IntegerField(db_default=19)),
        migrations.RemoveField("Product", "minimum"),
        migrations.RemoveIndex("Product", "by_size_and_price"),
        migrations.AddIndex("Product", models.Index(fields=["size", "-price"], name="by_size_and_falling_price")),
        migrations.RenameIndex("Product", "by_size_and_price", old_name="by_size_and_falling_price"),
        migrations.AlterField("Tag", "name", models.SlugField(unique=True, max_length=60)),
        migrations.AlterModelTable("Tag", "shop_labels"),
        migrations.RunSQL("ALTER TABLE shop_labels COMMENT = 'words'", "ALTER TABLE shop_labels COMMENT = ''"),
    ]
