import OpenAI from "openai";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
export const answer = (input) => openai.responses.create({ model: "gpt-4.1", input });
