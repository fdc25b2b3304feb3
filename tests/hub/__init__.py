"""The adapter to Hugging Face, against the stand-in and against rarer answers made by hand."""
