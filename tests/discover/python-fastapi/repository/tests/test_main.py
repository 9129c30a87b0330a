import os

os.environ["OPENAI_API_KEY"] = "test"
os.environ["MISTRAL_API_KEY"] = "never used"
