from fastapi import FastAPI
from openai import AsyncOpenAI

from app.settings import settings

app = FastAPI()
client = AsyncOpenAI(api_key=settings.openai_key.get_secret_value())


@app.post("/reply")
async def reply(ticket: dict) -> dict:
    # The address https://api.openai.com/v1 is the default of the client.
    answer = await client.responses.create(model=settings.model, input=ticket["body"], store=False)
    return {"draft": answer.output_text}
