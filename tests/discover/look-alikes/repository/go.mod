module github.com/openai/openai-go

require github.com/openai/openai-go-extras v1.0.0

replace github.com/sashabaranov/go-openai => ../stub
