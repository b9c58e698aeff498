"""Made-up pages: forms, tables, cheques, notes and newspapers, with the box and class of every digit on them."""
