"""What the admin shows."""

from django.contrib import admin

from shop.models import Product, Tag


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["sku", "name", "price"]
    list_filter = ["size", "on_sale"]
    search_fields = ["name", "sku"]
    date_hierarchy = "since"
    fields = ["sku", "name", "size", "price", "tags"]


admin.site.register(Tag)
