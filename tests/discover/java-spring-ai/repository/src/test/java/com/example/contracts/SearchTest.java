class SearchTest {
    String other = "https://api.mistral.ai/v1";
}
