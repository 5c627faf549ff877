"""The protocol without I/O: addresses, records, messages and the session over them.

A shell of any kind puts received bytes where `Session.get_buffer` says, tells
`Session.buffer_updated`, acts on the events, and writes what the session's other methods
return.
"""

from underpaint_common.wire.address import DEFAULT_PORT as DEFAULT_PORT
from underpaint_common.wire.address import Address as Address
from underpaint_common.wire.events import Closed as Closed
from underpaint_common.wire.events import DataReceived as DataReceived
from underpaint_common.wire.events import Established as Established
from underpaint_common.wire.events import Event as Event
from underpaint_common.wire.events import MessageReceived as MessageReceived
from underpaint_common.wire.events import Outgoing as Outgoing
from underpaint_common.wire.messages import NOTHING_SHA256 as NOTHING_SHA256
from underpaint_common.wire.messages import ClientMessage as ClientMessage
from underpaint_common.wire.messages import Ping as Ping
from underpaint_common.wire.messages import Pong as Pong
from underpaint_common.wire.messages import Push as Push
from underpaint_common.wire.messages import PushAccepted as PushAccepted
from underpaint_common.wire.messages import PushEnd as PushEnd
from underpaint_common.wire.messages import Receipt as Receipt
from underpaint_common.wire.messages import Refusal as Refusal
from underpaint_common.wire.messages import ServerMessage as ServerMessage
from underpaint_common.wire.preamble import PREAMBLE as PREAMBLE
from underpaint_common.wire.records import LEAST_RECORD as LEAST_RECORD
from underpaint_common.wire.records import MAX_RECORD as MAX_RECORD
from underpaint_common.wire.records import RecordLimits as RecordLimits
from underpaint_common.wire.session import Session as Session
from underpaint_common.wire.states import WrongState as WrongState
