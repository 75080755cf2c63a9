"""Styles of brands and pictures of products: docs/protocol/brands.md."""
from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypedDict, cast

from .types import ErrorBody

Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]
Status = Literal["pending", "ready", "failed"]
Path = str | os.PathLike[str]
POLL_S = 0.05


class Brand(TypedDict):
    id: str
    user: str
    name: str
    description: str | None
    status: Status
    error: ErrorBody | None
    style_data: Mapping[str, Any]
    extraction: Mapping[str, Any] | None
    image_folder_path: str | None
    sample_images: Sequence[str]
    created_at: str
    updated_at: str


class BrandList(TypedDict):
    brands: Sequence[Brand]
    next: str | None
    count: int | None


# "from" is a word of Python's own.
Change = TypedDict("Change", {"path": str, "from": Any, "to": Any})


class Left(TypedDict):
    path: str
    why: str


class Applied(TypedDict):
    request: dict[str, Any]
    changes: Sequence[Change]
    left: Sequence[Left]


class Product(TypedDict):
    id: str
    user: str
    name: str
    description: str | None
    status: Status
    error: ErrorBody | None
    image_path: str | None
    file_size_bytes: int | None
    image_width: int | None
    image_height: int | None
    mime_type: str | None
    category: str | None
    tags: Sequence[str]
    source_path: str | None
    created_at: str


class ProductList(TypedDict):
    products: Sequence[Product]
    next: str | None
    count: int | None


class Brands:
    """Made by Client as `client.brands`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def extract(self, name: str, pictures: Iterable[Path] | Path, wait: bool = True, **more: Any) -> Brand:
        """Of pictures, or of one folder of them; `more` is description, colors, theme_by and user.

        Waits until it is ready or failed, unless told not to: look at its `status`.
        """
        params: dict[str, Any] = {"name": name, **more}
        if isinstance(pictures, (str, os.PathLike)):
            params["folder"] = os.path.abspath(pictures)
        else:
            params["pictures"] = [os.path.abspath(picture) for picture in pictures]
        brand = self._brand("brand_extract", params)
        while wait and brand["status"] == "pending":
            time.sleep(POLL_S)
            brand = self.show(brand["id"])
        return brand

    def create(self, name: str, style_data: Mapping[str, Any], **more: Any) -> Brand:
        """Of a style that is given; `more` is description and user."""
        return self._brand("brand_create", {"name": name, "style_data": dict(style_data), **more})

    def show(self, brand: str) -> Brand:
        return self._brand("brand_show", {"brand": brand})

    def list(self, **params: Any) -> BrandList:
        """A page of them, with the filters and the paging of the protocol."""
        return cast(BrandList, self._call("brand_list", params))

    def update(self, brand: str, **changes: Any) -> Brand:
        """Changes name, description or style_data."""
        return self._brand("brand_update", {"brand": brand, **changes})

    def delete(self, brand: str) -> None:
        self._call("brand_delete", {"brand": brand})

    def apply(self, brand: str, request: Mapping[str, Any]) -> Applied:
        """The request in the brand's style, and what was changed."""
        return cast(Applied, self._call("brand_apply", {"brand": brand, "request": dict(request)}))

    def _brand(self, method: str, params: Mapping[str, Any]) -> Brand:
        return cast(Brand, self._call(method, params)["brand"])


class Products:
    """Made by Client as `client.products`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def add(self, file: Path, name: str, wait: bool = True, **more: Any) -> Product:
        """Keeps a picture; `more` is description, category, tags and user.

        Waits until it is ready or failed, unless told not to: look at its `status`.
        """
        product = self._product("product_add", {"file": os.path.abspath(file), "name": name, **more})
        while wait and product["status"] == "pending":
            time.sleep(POLL_S)
            product = self.show(product["id"])
        return product

    def show(self, product: str) -> Product:
        return self._product("product_show", {"product": product})

    def list(self, **params: Any) -> ProductList:
        """A page of them, with the filters and the paging of the protocol."""
        return cast(ProductList, self._call("product_list", params))

    def update(self, product: str, **changes: Any) -> Product:
        """Changes name, description, category or tags."""
        return self._product("product_update", {"product": product, **changes})

    def delete(self, product: str) -> None:
        self._call("product_delete", {"product": product})

    def _product(self, method: str, params: Mapping[str, Any]) -> Product:
        return cast(Product, self._call(method, params)["product"])
