#!/usr/bin/env bash
set -euo pipefail
# Sends the figures of the day to be put into words.
curl -sS "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent?key=$GEMINI_API_KEY" \
  -H 'Content-Type: application/json' -d @figures.json
