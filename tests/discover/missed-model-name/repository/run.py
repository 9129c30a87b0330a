from litellm import completion

print(completion(model="gpt-4.1", messages=[{"role": "user", "content": open("mail.txt").read()}]))
