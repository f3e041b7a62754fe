"""The recorded replies to a thousand requests, so that a change inside can be shown to change no byte outside."""
