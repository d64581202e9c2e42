"""torch.utils.model_zoo: the older place of what torch.hub has."""

from ..hub import load_state_dict_from_url

load_url = load_state_dict_from_url
