"""torch.nn.modules.module."""

from ..module import *  # noqa: F403
from ..module import (  # noqa: F401
    Module,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_parameter_registration_hook,
)
