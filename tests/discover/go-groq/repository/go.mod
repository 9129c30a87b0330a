module example.com/chat-relay

go 1.24

require (
	github.com/go-chi/chi/v5 v5.2.0
	github.com/openai/openai-go/v3 v3.2.0 // speaks to Groq
)

require (
	github.com/anthropics/anthropic-sdk-go v1.19.0 // indirect
	github.com/tidwall/gjson v1.18.0 // indirect
)
