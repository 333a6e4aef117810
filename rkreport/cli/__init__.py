"""The admin's face: commands, help, progress, results and exit codes. Knows no step's inside."""
