package llm

import (
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const baseURL = "https://api.groq.com/openai/v1"

// New gives a client. It once went to https://api.openai.com/v1.
func New() openai.Client {
	return openai.NewClient(option.WithBaseURL(baseURL), option.WithAPIKey(os.Getenv("GROQ_API_KEY")))
}
