import os

from huggingface_hub import snapshot_download

snapshot_download("Qwen/Qwen3-8B", token=os.environ["HF_TOKEN"])
os.environ["GOOGLE_API_KEY"]  # for maps
URL = "http://localhost:11434/v1"
