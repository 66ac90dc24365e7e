"""Model fields of the floor."""

from django.db import models

from partyportal.core import crypto


class EncryptedTextField(models.BinaryField):
    """Text sealed at rest. Python sees str, the database sees bytes; it can be neither searched nor sorted.

    Look-ups go through a neighbouring HMAC column (`crypto.look_up`).
    """

    description = "Encrypted text"

    def __init__(self, *args, **kwargs):
        kwargs["editable"] = kwargs.get("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "partyportal.core.fields.EncryptedTextField", args, kwargs

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, str):
            value = crypto.encrypt(value.encode())
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value, expression, connection):
        return None if value is None else crypto.decrypt(bytes(value)).decode()

    def get_lookup(self, lookup_name):
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj):
        raise TypeError("encrypted fields are not serialised")


class PathField(models.TextField):
    """A materialised path such as `/1/4/17/`, compared byte by byte so that a prefix is an index range."""

    def __init__(self, *args, **kwargs):
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("db_collation", None)
        return name, "partyportal.core.fields.PathField", args, kwargs
