// bedrock:InvokeModel
/* "https://api.x.ai" */
resource "null_resource" "queue" {} # GEMINI_API_KEY
