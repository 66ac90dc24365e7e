"""The REST API's roof: addresses, problem details, throttles, the schema. Each app's endpoints are its own `api.py`."""
