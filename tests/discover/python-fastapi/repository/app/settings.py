"""Settings of the service.

OPENAI_API_KEY must be set, see README.
"""
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_key: SecretStr = Field(alias="OPENAI_API_KEY")
    model: str = "gpt-4.1"


settings = Settings()
