"""torch.distributions: names on the library's distributions, constraints and transforms. Nothing here computes."""

import sys
import types

from .._bridge import _classes, run
from .._places import register
from . import constraints, transforms
from ._held import Family, with_arguments
from .constraints import Constraint
from .distribution import Distribution, ExponentialFamily
from .transforms import *  # noqa: F403
from .transforms import Transform

# The file that PyTorch has a class in, its bases here, and the classes.
FILES = {
    "bernoulli": "Bernoulli",
    "beta": "Beta",
    "binomial": "Binomial",
    "categorical": "Categorical",
    "cauchy": "Cauchy",
    "chi2": "Chi2",
    "continuous_bernoulli": "ContinuousBernoulli",
    "dirichlet": "Dirichlet",
    "exponential": "Exponential",
    "fishersnedecor": "FisherSnedecor",
    "gamma": "Gamma",
    "generalized_pareto": "GeneralizedPareto",
    "geometric": "Geometric",
    "gumbel": "Gumbel",
    "half_cauchy": "HalfCauchy",
    "half_normal": "HalfNormal",
    "independent": "Independent",
    "inverse_gamma": "InverseGamma",
    "kumaraswamy": "Kumaraswamy",
    "laplace": "Laplace",
    "lkj_cholesky": "LKJCholesky",
    "log_normal": "LogNormal",
    "logistic_normal": "LogisticNormal",
    "lowrank_multivariate_normal": "LowRankMultivariateNormal",
    "mixture_same_family": "MixtureSameFamily",
    "multinomial": "Multinomial",
    "multivariate_normal": "MultivariateNormal",
    "negative_binomial": "NegativeBinomial",
    "normal": "Normal",
    "one_hot_categorical": "OneHotCategorical OneHotCategoricalStraightThrough",
    "pareto": "Pareto",
    "poisson": "Poisson",
    "relaxed_bernoulli": "LogitRelaxedBernoulli RelaxedBernoulli",
    "relaxed_categorical": "ExpRelaxedCategorical RelaxedOneHotCategorical",
    "studentT": "StudentT",
    "transformed_distribution": "TransformedDistribution",
    "uniform": "Uniform",
    "von_mises": "VonMises",
    "weibull": "Weibull",
    "wishart": "Wishart",
}
FAMILIES = "Bernoulli Beta ContinuousBernoulli Dirichlet Exponential Gamma Normal Poisson Wishart"
TRANSFORMED = "Gumbel HalfCauchy HalfNormal InverseGamma Kumaraswamy LogNormal LogisticNormal Pareto RelaxedBernoulli RelaxedOneHotCategorical Weibull"
BASES = {
    **dict.fromkeys(FAMILIES.split(), "ExponentialFamily"),
    **dict.fromkeys(TRANSFORMED.split(), "TransformedDistribution"),
    "Chi2": "Gamma",
    "OneHotCategoricalStraightThrough": "OneHotCategorical",
}
_found = {"ExponentialFamily": ExponentialFamily, "Distribution": Distribution}


def _depending(member):
    return constraints.dependent_property(lambda self: self._of_library(member))


def _class(name):
    cls = _found.get(name)
    if cls is None:
        home = next(file for file, names in FILES.items() if name in names.split())
        members = {"_library_name": name, "__module__": f"torch.distributions.{home}"}
        for member in ("arg_constraints", "support", "has_rsample", "has_enumerate_support"):
            there, value = run("bridge.ofClass", "distribution", name, member)
            # What depends on the distribution is asked of it.
            members[member] = value if there and not constraints.is_dependent(value) else _depending(member)
        cls = _found[name] = with_arguments(Family(name, (_class(BASES.get(name, "Distribution")),), members))
        _classes["distribution." + name] = cls._held
    return cls


_hidden = "LogitRelaxedBernoulli ExpRelaxedCategorical".split()
for _file, _names in FILES.items():
    _module = types.ModuleType(f"torch.distributions.{_file}")
    for _name in _names.split():
        setattr(_module, _name, _class(_name))
        if _name not in _hidden:
            globals()[_name] = _class(_name)
    _module.__all__ = _names.split()
    register(_module.__name__, _module)
_exp_family = types.ModuleType("torch.distributions.exp_family")
_exp_family.ExponentialFamily = ExponentialFamily
register("torch.distributions.exp_family", _exp_family)

from . import constraint_registry, kl, utils  # noqa: E402
from .constraint_registry import biject_to, transform_to  # noqa: E402
from .kl import kl_divergence, register_kl  # noqa: E402
