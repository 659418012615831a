"""ReckOn's learning in integers: stochastic leak, error, learning signal and weight update of its e-prop.

```pycon
>>> error = quant.reckon.output_error(torch.tensor([500, 1500]), torch.tensor([2048, 0]), "none")
>>> error, quant.reckon.learning_signal(error, torch.tensor([100, -20]), scale=2)
(tensor([ 1548, -1500]), tensor(180))
```
"""

from spikelut.quant.chips.reckon.chip import Chip as Chip
from spikelut.quant.chips.reckon.chip import Curve as Curve
from spikelut.quant.chips.reckon.functions import eligibility_product as eligibility_product
from spikelut.quant.chips.reckon.functions import learning_signal as learning_signal
from spikelut.quant.chips.reckon.functions import output_error as output_error
from spikelut.quant.chips.reckon.functions import stochastic_leak as stochastic_leak
from spikelut.quant.chips.reckon.functions import stochastic_update as stochastic_update
from spikelut.quant.chips.reckon.registers import Registers as Registers
from spikelut.quant.chips.reckon.sample import Recorded as Recorded
from spikelut.quant.chips.reckon.sample import Sample as Sample
from spikelut.quant.chips.reckon.sample import run as run
from spikelut.quant.chips.reckon.sample import sent as sent
