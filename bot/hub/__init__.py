"""Adapter to Hugging Face: one pooled client, every foreign error turned into ours."""
