"""The desk as web pages: who is asked, decides, answers and watches, signed in, from a link in a letter."""
