from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="gpt-4.1", base_url="https://eu.api.openai.com/v1")
