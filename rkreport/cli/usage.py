"""What the library for options says about a call, as a sentence of ours. Must not know any command."""

import re

from typer.exceptions import TyperException

from rkreport.sentence import Sentence

_OWN_WORDS = {  # pattern of what the library says, and what we say
    r"No such command 'rkreport'\. Did you mean 'export'\?": "rkreport stands there twice; leave one out",
    r"No such command (?P<name>'.*')\. Did you mean (?P<close>'.*')\?": "No such command {name}. Did you mean {close}?",
    r"No such command (?P<name>'.*')": "No such command {name}",
    r"No such option: (?P<name>\S+) Did you mean (?P<close>\S+)\?": "No such option: {name} Did you mean {close}?",
    r"No such option: (?P<name>\S+) \(Possible options: (?P<known>.*)\)": (
        "No such option: {name} (Possible options: {known})"
    ),
    r"No such option: (?P<name>\S+)": "No such option: {name}",
    r"Missing argument (?P<name>'.*')": "Missing argument {name}",
    r"Missing option (?P<name>'.*')": "Missing option {name}",
    r"Option (?P<name>'.*') requires an argument": "Option {name} requires an argument",
    r"Option (?P<name>'.*') does not take a value": "Option {name} does not take a value",
    r"Got unexpected extra arguments?(?:\(s\))? \((?P<extra>.*)\)": "{extra} stands where nothing is expected",
    r"Invalid value for '(?P<option>\S+)': Input should be a valid integer.*": (
        "{option}: write a whole number, such as 3"
    ),
    r"Invalid value for '(?P<option>\S+)': Input should be greater than or equal to (?P<limit>\S+)": (
        "{option}: write a whole number, at least {limit}"
    ),
    r"Invalid value for '(?P<option>\S+)': Input should be less than or equal to (?P<limit>\S+)": (
        "{option}: write a whole number, at most {limit}"
    ),
    r"Invalid value for '(?P<option>\S+)': Value error, (?P<found>'.*') is not one of (?P<known>.*)": (
        "{option}: {found} is none of {known}"
    ),
    r"Invalid value for (?P<option>\S+): (?P<why>.*)": "Invalid value for {option}: {why}",
}


def usage_sentence(error: TyperException) -> str:
    """Say what is wrong with a call, and where its help is."""
    message = (error.format_message() if hasattr(error, "format_message") else str(error)).rstrip(". ")
    for pattern, template in _OWN_WORDS.items():
        if found := re.fullmatch(pattern, message, re.DOTALL):
            message = Sentence(template, **found.groupdict())
            break
    command = getattr(getattr(error, "ctx", None), "command_path", "rkreport")
    if message.endswith("?"):
        return Sentence("{message} Say {command} --help for what there is.", message=message, command=command)
    return Sentence("{message}; say {command} --help for what there is.", message=message, command=command)
