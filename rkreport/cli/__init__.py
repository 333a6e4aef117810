"""The command line: commands, help, progress, results and exit codes. Must not know how the steps work."""
