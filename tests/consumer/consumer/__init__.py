"""What a user of the library writes, in a project of its own."""
