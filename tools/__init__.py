"""What remakes files that are kept in the repository. No part of the program."""
