"""What leaves the program as text: tables for people, JSON for programs. Pure: values in, text out."""
