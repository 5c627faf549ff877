"""What is embedded and how it is found again: forms of the secret, sealing, the container."""

from underpaint_common.payload.capacity import CapacityRow as CapacityRow
from underpaint_common.payload.capacity import capacity as capacity
from underpaint_common.payload.capacity import expected_psnr as expected_psnr
from underpaint_common.payload.cautions import cautions as cautions
from underpaint_common.payload.choosing import choose_mode as choose_mode
from underpaint_common.payload.detectability import expected_error as expected_error
from underpaint_common.payload.detectability import reported_error as reported_error
from underpaint_common.payload.hiding import Hidden as Hidden
from underpaint_common.payload.hiding import HideReport as HideReport
from underpaint_common.payload.hiding import SecretFile as SecretFile
from underpaint_common.payload.hiding import hide as hide
from underpaint_common.payload.modes import DEFAULT_EFFORT as DEFAULT_EFFORT
from underpaint_common.payload.modes import EFFORTS as EFFORTS
from underpaint_common.payload.modes import Cost as Cost
from underpaint_common.payload.modes import Form as Form
from underpaint_common.payload.modes import Mode as Mode
from underpaint_common.payload.names import safe_name as safe_name
from underpaint_common.payload.ranking import Ranked as Ranked
from underpaint_common.payload.ranking import Score as Score
from underpaint_common.payload.ranking import by_expected_error as by_expected_error
from underpaint_common.payload.ranking import rank as rank
from underpaint_common.payload.revealing import Revealed as Revealed
from underpaint_common.payload.revealing import reveal as reveal
