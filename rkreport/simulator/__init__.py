"""A made-up company behind the documented LMS API, with faults on request. Must not know how the program reads it."""
