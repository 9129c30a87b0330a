"""A worker.

It used to call https://api.anthropic.com with ANTHROPIC_API_KEY.
"""


def work(job):
    """Does a job; OPENAI_API_KEY is not read."""
    # if os.environ["OPENAI_API_KEY"]: ...
    return job  # https://api.mistral.ai
