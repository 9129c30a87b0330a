# Was: api.anthropic.com
data "aws_iam_policy_document" "invoke" {
  statement {
    actions   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    resources = ["arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-*"]
  }
}
