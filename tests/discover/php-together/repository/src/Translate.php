<?php
# https://api.openai.com was too slow
final class Translate
{
    private const URL = 'https://api.together.xyz/v1/chat/completions';

    public function key(): string
    {
        return getenv('TOGETHER_API_KEY') ?: '';
    }
}
