//! Summaries of calls. Needs OPENAI_API_KEY.

use llm::Client;

fn pick<'a>(first: &'a str, second: &'a str) -> &'a str { // not api.openai.com, don't
    if first.is_empty() { second } else { first }
}

#[tokio::main]
async fn main() {
    let _client = Client::new();
    println!("{}", pick("", "bedrock"));
}
