from django.urls import register_converter

BIGINT_MAX = 2**63 - 1


class SnowflakeConverter:
    """An id that fits into the database's bigint; anything else is a 404."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > BIGINT_MAX:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(SnowflakeConverter, "snowflake")
