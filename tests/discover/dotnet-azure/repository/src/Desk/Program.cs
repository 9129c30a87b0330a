using Azure.AI.OpenAI;
using Azure.Identity;

var builder = WebApplication.CreateBuilder(args);
// Not the public one: https://api.openai.com
var endpoint = builder.Configuration["AzureOpenAI:Endpoint"] ?? Environment.GetEnvironmentVariable("AZURE_OPENAI_ENDPOINT");
builder.Services.AddSingleton(new AzureOpenAIClient(new Uri(endpoint!), new DefaultAzureCredential()));
builder.Build().Run();
