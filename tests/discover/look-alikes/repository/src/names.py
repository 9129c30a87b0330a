import os

A = os.environ["NOT_OPENAI_API_KEY_X"]
B = os.environ["MY_OPENAI_API_KEY"]
C = os.environ["OPENAI_API_KEY_ID"]
D = "https://api.openai.com.example.org/v1"
E = "https://fake-api.openai.com"
F = "https://example.com@api.openai.community"
G = "someone@api.openai.com"
H = "https://openai.azure.com.example.org"
I = "https://openrouter.ai/docs"
J = "client-bedrock-runtime"
K = "https://status.openai.com"
OPENAI_API_KEYS = []
