"""Users, brands and products through the Python client: python_brands.py ENDPOINT PICTURE."""
import sys

from reeld import Client, ReeldError


def main(endpoint: str, picture: str) -> None:
    with Client(endpoint) as client:
        ada = client.users.create("ada", "ada@example.org", "correct horse")
        assert client.users.login("ada", "correct horse")["id"] == ada["id"]
        client.users.set_password("ada", "battery staple", old_password="correct horse")
        try:
            client.users.login("ada", "correct horse")
            raise AssertionError("an old password is still good")
        except ReeldError as error:
            assert error.code == "not_found", error
        assert client.users.update("ada", is_superuser=True)["is_superuser"]
        assert client.users.set_settings("ada", default_tone="calm")["default_tone"] == "calm"
        assert client.users.settings("ada")["default_tone"] == "calm"
        assert client.users.list(count=True)["count"] == 2

        brand = client.brands.extract("Sea", [picture], colors=3, user=ada["id"])
        assert brand["status"] == "ready", brand
        request = {"reeld": 1, "scenes": [{"picture": {"file": picture}, "duration": 1}]}
        applied = client.brands.apply(brand["id"], request)
        assert applied["changes"][0]["path"] == "/output/background", applied
        assert client.brands.update(brand["id"], name="Ocean")["name"] == "Ocean"
        assert [one["id"] for one in client.brands.list(user=ada["id"])["brands"]] == [brand["id"]]

        product = client.products.add(picture, "Boat", tags=["red"])
        assert product["status"] == "ready" and product["mime_type"] == "image/jpeg", product
        assert client.products.list(tag="red", count=True)["count"] == 1
        client.products.delete(product["id"])
        client.brands.delete(brand["id"])
        client.users.delete("ada")


main(*sys.argv[1:])
