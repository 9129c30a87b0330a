package llm

const other = "https://api.deepseek.com"
