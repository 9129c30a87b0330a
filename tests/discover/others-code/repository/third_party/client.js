const url = "https://api.openai.com";
