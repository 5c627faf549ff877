"""`completion`: the script that lets a shell complete a command's words, one for both commands."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


def completion_command(program: str) -> click.Command:
    """Return the command that prints a program's completion script.

    The script asks the program itself, through a variable that click looks at before anything
    else, so it never needs to be renewed.
    """
    epilog = (
        "\b\nExample, in ~/.bashrc, ~/.zshrc, or ~/.config/fish/config.fish:\n"
        f'  eval "$({program} completion bash)"\n'
        f'  eval "$({program} completion zsh)"\n'
        f"  {program} completion fish | source"
    )

    @click.command("completion", short_help="Print a completion script.", epilog=epilog)
    @click.argument("shell", type=click.Choice(SHELLS))
    @click.pass_context
    def completion(context: click.Context, shell: str) -> None:
        """Print the script that makes SHELL complete commands, options, files and names."""
        from click.shell_completion import ShellComplete, get_completion_class

        kind = get_completion_class(shell)
        if kind is None:
            raise RuntimeError(f"click has no completion for {shell}")
        variable = f"_{program.upper()}_COMPLETE"
        # bash's own method starts a bash first, to see how old it is: the script works without.
        script = ShellComplete.source(kind(context.find_root().command, {}, program, variable))
        click.echo(script)

    return completion
