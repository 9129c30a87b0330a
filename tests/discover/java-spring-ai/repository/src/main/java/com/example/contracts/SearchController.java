package com.example.contracts;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Asks the model. The key is OPENAI_API_KEY, or ANTHROPIC_API_KEY one day. */
@RestController
class SearchController {
    private final ChatClient chat;

    SearchController(ChatClient.Builder builder) {
        this.chat = builder.build();
    }

    @PostMapping("/ask")
    String ask(@RequestBody String question) {
        return chat.prompt(question).call().content();
    }
}
