import os

os.environ.pop("OPENAI_API_KEY", None)
