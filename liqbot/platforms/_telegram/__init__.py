"""Telegram: chats and their addresses, what is said there, how fast, and what is asked."""
