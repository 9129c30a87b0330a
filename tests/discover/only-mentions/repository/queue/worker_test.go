const url = "https://api.cohere.com"
