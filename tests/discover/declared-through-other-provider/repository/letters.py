from openai import OpenAI

from config import endpoint, key  # the address comes from the vault

client = OpenAI(base_url=endpoint, api_key=key)
