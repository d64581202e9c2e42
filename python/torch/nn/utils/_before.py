"""The ways of before parametrizations: a hook computes the weight anew before every forward."""

from ... import _bridge
from ..._bridge import function
from ...autograd import no_grad
from ..functional import normalize
from ..parameter import Parameter, is_lazy
from .parametrizations import _as_matrix, _norm_except_dim, _weight_norm

_power_iterations = function("nn.utils.weights._power_iterations_before")


class WeightNorm:
    def __init__(self, name, dim):
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module):
        return _weight_norm(getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim)

    @classmethod
    def apply(cls, module, name, dim):
        _bridge.warn(
            "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
            "FutureWarning",
        )
        _assert_first(cls, module, name, "weight_norm")
        made = cls(name, dim)
        weight = getattr(module, name)
        _assert_sized(cls, weight, "weight")
        del module._parameters[name]
        module.register_parameter(name + "_g", Parameter(_norm_except_dim(weight, 2, made.dim).data))
        module.register_parameter(name + "_v", Parameter(weight.data))
        setattr(module, name, made.compute_weight(module))
        module.register_forward_pre_hook(made)
        return made

    def remove(self, module):
        weight = self.compute_weight(module)
        delattr(module, self.name)
        del module._parameters[self.name + "_g"]
        del module._parameters[self.name + "_v"]
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module))


class SpectralNorm:
    _version = 1

    def __init__(self, name="weight", n_power_iterations=1, dim=0, eps=1e-12):
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.dim, self.n_power_iterations, self.eps = name, dim, n_power_iterations, eps

    def reshape_weight_to_matrix(self, weight):
        return _as_matrix(weight, self.dim)

    def compute_weight(self, module, do_power_iteration):
        weight, u, v = (getattr(module, self.name + end) for end in ("_orig", "_u", "_v"))
        matrix = self.reshape_weight_to_matrix(weight)
        if do_power_iteration:
            _power_iterations(matrix, u, v, self.n_power_iterations, self.eps)
            # Copies: the buffers change in the next forward, before this one's backward.
            u, v = u.clone(), v.clone()
        return weight / u.dot(matrix.mv(v))

    @classmethod
    def apply(cls, module, name, n_power_iterations, dim, eps):
        _assert_first(cls, module, name, "spectral_norm")
        made = cls(name, n_power_iterations, dim, eps)
        weight = module._parameters[name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
        _assert_sized(cls, weight, "spectral")
        with no_grad():
            h, w = made.reshape_weight_to_matrix(weight).shape
            u = normalize(weight.new_empty(h).normal_(0, 1), dim=0, eps=eps)
            v = normalize(weight.new_empty(w).normal_(0, 1), dim=0, eps=eps)
        delattr(module, name)
        module.register_parameter(name + "_orig", weight)
        setattr(module, name, weight.data)
        module.register_buffer(name + "_u", u)
        module.register_buffer(name + "_v", v)
        module.register_forward_pre_hook(made)
        return made

    def remove(self, module):
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for end in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + end)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


def _assert_first(cls, module, name, called):
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, cls) and hook.name == name:
            raise RuntimeError(f"Cannot register two {called} hooks on the same parameter {name}")


def _assert_sized(cls, weight, what):
    if is_lazy(weight):
        raise ValueError(
            f"The module passed to `{cls.__name__}` can't have uninitialized parameters. Make sure to run the dummy forward before applying {what} normalization"
        )


def _remove(cls, module, name, called):
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, cls) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"{called} of '{name}' not found in {module}")


def weight_norm(module, name="weight", dim=0):
    """Has a parameter computed from lengths and directions before every forward."""
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module, name="weight"):
    return _remove(WeightNorm, module, name, "weight_norm")


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Has a parameter divided by its largest singular value before every forward."""
    from .. import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d

    if dim is None:
        dim = 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0
    SpectralNorm.apply(module, name, n_power_iterations, dim, eps)
    return module


def remove_spectral_norm(module, name="weight"):
    return _remove(SpectralNorm, module, name, "spectral_norm")
