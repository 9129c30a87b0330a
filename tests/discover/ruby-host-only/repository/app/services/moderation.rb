class Moderation
  # Costs nothing.
  URL = "https://API.openai.com/v1/moderations"

  def call(text)
    Faraday.post(URL, { input: text }.to_json, "Authorization" => "Bearer #{Rails.application.credentials.moderation}")
  end
end
