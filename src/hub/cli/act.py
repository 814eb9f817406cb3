"""`hub act`: a clerk of a unit acts on a case, and reads what came of it."""

from __future__ import annotations

import click

from hub.cli.answers import ANSWERS, await_answer, publish_action
from hub.cli.saying import action_of, id_of, said_by, signal_of
from hub.cli.terminal import harmless
from hub.cli.terms import terms_of, with_terms
from hub.contracts.feeds import ActionKind
from hub.runtime.cluster import brokers_of
from hub.runtime.publisher import Publisher
from hub.runtime.reader import Follower
from hub.settings import load_settings

EXIT_REFUSED = 1

EXAMPLES = """
\b
Examples:
  hub act 110101001-3f2a sign_for --unit water-works
  hub act 110101001-3f2a resolve --unit water-works --note "pipe replaced"
  hub act 110101001-3f2a close_signal --unit hotline --signal hotline-12345/t-77
  hub act gw-12/level-1/high/3 ack_alarm --unit water-works
  hub act 110101001-3f2a object --unit water-works --grounds not_our_duty
  hub act 110101001-3f2a rule --unit hotline-12345 --ruling uphold --to-unit gas-works
  hub act 110101001-3f2a whistle --unit 110101001 --units gas-works,fire --hours 2 --quorum 2
  hub act 110101001-3f2a callback --unit hotline-12345 --reached yes --solved yes --satisfied no

The same action again has the same id and is ignored; --id makes it another one.
Exit code 0: done, 1: refused, with the reason, 2: no answer or a wrong call.
"""


@click.command(epilog=EXAMPLES)
@click.argument("case", metavar="CASE")
@click.argument(
    "action",
    metavar="ACTION",
    type=click.Choice([k.value for k in ActionKind if k is not ActionKind.UNKNOWN]),
)
@click.option("--unit", required=True, help="Unit that acts.")
@click.option("--note", help="Note of the unit; stays on the restricted topic.")
@click.option("--signal", metavar="SOURCE/ID", help="Signal that close_signal closes.")
@with_terms
@click.option("--id", "action_id", help="Number of the action.  [default: made of all that it says]")
@click.option("--source", default="hub-act", show_default=True, help="Who publishes the action.")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    help="Seconds to wait for the answer; 0 does not wait.",
)
def act(
    case: str,
    action: str,
    unit: str,
    note: str | None,
    signal: str | None,
    action_id: str | None,
    source: str,
    wait: float,
    **terms: object,
) -> None:
    """Act on CASE for a unit; the table of moves in docs/generated/moves.md says who may do what, and when.

    CASE is the case's id, or the alarm's for ack_alarm. Waits for the hub's answer and prints it.
    """
    said = said_by(case, ActionKind(action), unit, note, signal_of(signal), terms_of(terms))
    body = action_of({**said, "source": source, "id": action_id or id_of(said)})
    settings = load_settings()
    brokers, prefix = brokers_of(settings), settings.topic_prefix
    # Listening begins before the action is sent, so that no answer is missed.
    with Follower(brokers, ANSWERS, prefix=prefix) as follower:
        with Publisher(brokers, prefix=prefix) as publisher:
            publish_action(publisher, body)
        if not wait:
            click.echo(f"sent {body.id}")
            return
        answer = await_answer(follower, body, wait)
    click.secho(harmless(answer.text), fg="red" if answer.refused else "green")
    click.get_current_context().exit(EXIT_REFUSED if answer.refused else 0)
