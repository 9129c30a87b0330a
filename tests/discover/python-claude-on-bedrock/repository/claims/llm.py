from anthropic import AnthropicBedrock

client = AnthropicBedrock(aws_region="eu-central-1")
