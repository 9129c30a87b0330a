import boto3


def client(region: str):
    return boto3.client("bedrock-runtime", region_name=region)


def endpoint(region: str) -> str:
    return f"https://bedrock-runtime.{region}.amazonaws.com"
