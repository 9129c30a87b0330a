module llm
require github.com/openai/openai-go v1.0.0
