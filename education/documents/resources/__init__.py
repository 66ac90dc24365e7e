"""How a book is set: what stands in it (pages), and that as PDF, Word and Excel."""
