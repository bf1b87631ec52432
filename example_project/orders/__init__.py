"""What was bought: orders with their lines, invoices and history."""
