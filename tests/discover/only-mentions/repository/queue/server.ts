/**
 * @see https://api.openai.com/v1
 */
export const port = 8080; // process.env.GROQ_API_KEY
