#!/bin/sh
unset LANG MISTRAL_API_KEY
exec env -u GROQ_API_KEY ./server
