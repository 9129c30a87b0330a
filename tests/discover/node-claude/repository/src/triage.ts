import Anthropic from "@anthropic-ai/sdk";

/* Formerly:
 *   const url = "https://api.openai.com/v1/chat/completions";
 */
const client = new Anthropic({ apiKey: process.env.ANTHROPIC_API_KEY });

export async function triage(claim: string): Promise<string> {
  const message = await client.messages.create({
    model: "claude-sonnet-4-5",
    max_tokens: 512,
    messages: [{ role: "user", content: `Which team?\n${claim}` }],
  });
  return JSON.stringify(message.content); // see https://api.openai.com for the old form
}
