"""System checks: a production place with unsafe settings does not start quietly."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def production_is_safe(app_configs, **kwargs):
    found = []
    if settings.DEBUG:
        found.append(Error("DEBUG must be off in production.", id="portal.E001"))
    if settings.EMBEDDED:
        found.append(Warning("The embedded PostgreSQL is for trying out; production sets DATABASE_URL.", id="portal.W001"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Warning("ALLOWED_HOSTS admits every host.", id="portal.W002"))
    return found


@register(Tags.database)
def keys_open(app_configs, **kwargs):
    """The field keys parse and seal: a bad key must stop the start, not the first import."""
    from partyportal.core import crypto

    try:
        if crypto.decrypt(crypto.encrypt(b"probe")) != b"probe" or not crypto.look_up("probe", purpose="probe"):
            raise ValueError("probe did not come back")
    except Exception as fault:
        return [Error(f"FIELD_KEYS or INDEX_KEY cannot be used: {fault}", id="portal.E002")]
    return []
