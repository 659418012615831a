"""Event counts of samples in memory, as a data set of torch."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from spikelut.training.data.batch import Batch


class SpikeDataset(Dataset[tuple[Tensor, Tensor]]):
    """Event counts x [N, T, ...] and labels y [N]; one event stands for `input_step`."""

    def __init__(self, x: Any, y: Any, *, input_step: float = 1.0) -> None:
        self.x = torch.from_numpy(x) if isinstance(x, np.ndarray) else x
        self.labels = torch.as_tensor(y).long()
        self.input_step = float(input_step)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.x[index].float() * self.input_step, self.labels[index]

    def batch(self, indices: Tensor) -> Batch:
        """These samples at once."""
        indices = indices.to(self.labels.device)
        return Batch(self.x[indices].transpose(0, 1).float() * self.input_step, self.labels[indices])
