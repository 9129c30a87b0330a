package com.example.minutes

import com.cohere.api.Cohere
import dev.langchain4j.model.mistralai.MistralAiChatModel

val model: MistralAiChatModel = MistralAiChatModel.builder().apiKey(System.getenv("MISTRAL_API_KEY")).build()
val ranker: Cohere = Cohere.builder().token(System.getenv("COHERE_API_KEY")).build()
