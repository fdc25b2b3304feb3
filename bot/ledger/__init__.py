"""Adapter to the database: queue, books and outbox on SQLAlchemy Core."""
