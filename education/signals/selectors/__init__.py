"""What looks worth a question, and questions as pages show them."""
